import Glibc
import SystemPackage
@testable import GraphFiles
@testable import GraphImaging
@testable import GraphTraining

/// Where the folder stands while it is read: in memory, where the system has a folder there.
private let place: FilePath = {
    var template =
        Array((access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp").utf8CString.dropLast()) + "/fuzz-XXXXXX".utf8CString
    precondition(mkdtemp(&template) != nil, "no folder can be made")
    return FilePath(platformString: template)
}()

private let folders = ["", "DIV2K_train_HR", "DIV2K_valid_HR", "DIV2K_train_LR_bicubic/X2", "HR", "LR_bicubic/X2", "a"]
private let names = [
    "0001.png", "0002.png", "0001x2.png", "0002x2.png", "a b.PNG", "\u{1}.png", ".hidden.png", "notes.txt", "x2",
]

/// Files one after another: a byte for the folder, one for the name, two for the length, contents. Files of no length are
/// folders, of length 1 links to themselves.
func takeFolder(_ bytes: [UInt8]) {
    var made: [FilePath] = []
    defer { for path in made.reversed() { _ = path.withPlatformString { remove($0) } } }
    func makeFolder(_ path: FilePath) {
        if path.withPlatformString({ mkdir($0, 0o755) }) == 0 { made.append(path) }
    }
    var rest = bytes[...]
    while rest.count >= 4, made.count < 24 {
        let header = Array(rest.prefix(4))
        let content = rest.dropFirst(4).prefix(Int(header[2]) | Int(header[3]) << 8)
        rest = rest.dropFirst(4 + content.count)
        var folder = place
        for part in folders[Int(header[0]) % folders.count].split(separator: "/") {
            folder.append(String(part))
            makeFolder(folder)
        }
        let path = folder.appending(names[Int(header[1]) % names.count])
        switch content.count {
        case 0: makeFolder(path)
        case 1: if path.withPlatformString({ symlink($0, $0) }) == 0 { made.append(path) }
        default:
            guard let file = path.withPlatformString({ fopen($0, "wx") }) else { continue }
            _ = content.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
            fclose(file)
            made.append(path)
        }
    }
    let data = try? DataFolder(place, scale: 2)
    let evaluation = try? DataFolder.forEvaluation(place, scale: 2)
    for files in (data?.training ?? []) + (data?.validation ?? []) + (evaluation ?? []) {
        guard let pair = try? PicturePair(files, scale: 2) else { continue }
        precondition(pair.truth.width == 2 * pair.reduced.width, "a pair is not of its scale")
    }
}

func folderSeeds() throws -> [String: [UInt8]] {
    let large = Picture(width: 8, height: 6, pixels: (0..<144).map { UInt8($0) })
    let small = Picture(width: 4, height: 3, pixels: (0..<36).map { UInt8($0) })
    func file(_ folder: UInt8, _ name: UInt8, _ content: [UInt8]) -> [UInt8] {
        [folder, name, UInt8(content.count & 255), UInt8(content.count >> 8)] + content
    }
    let truth = try large.pngBytes(), reduced = try small.pngBytes()
    return [
        "plain": file(0, 0, truth) + file(0, 1, truth) + file(0, 6, [1, 2]),
        "div2k": file(1, 0, truth) + file(1, 1, truth) + file(3, 2, reduced) + file(3, 3, reduced) + file(2, 4, truth),
        "benchmark": file(4, 0, truth) + file(5, 2, reduced) + file(4, 1, []) + file(4, 5, [1]),
    ]
}
