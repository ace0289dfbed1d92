import Foundation
import GraphTestSupport
import SystemPackage
import Testing
@testable import GraphImaging

@Suite struct PNGWriterTests {
    let folder: TemporaryFolder

    init() throws { folder = TemporaryFolder() }

    func picture(_ width: Int, _ height: Int) -> Picture {
        Picture(width: width, height: height, pixels: (0..<3 * width * height).map { UInt8(($0 * $0 >> 3) & 255) })
    }

    @Test("What is written is read back", arguments: [(1, 1), (7, 3), (200, 100)])
    func roundTrip(width: Int, height: Int) throws {
        let path = folder.file("out.png")
        try picture(width, height).writePNG(to: path)
        #expect(try Picture(contentsOf: path) == picture(width, height))
        #expect(folder.names == ["out.png"])
    }

    @Test("The bytes are the same each time")
    func sameBytes() throws {
        try picture(50, 40).writePNG(to: folder.file("a.png"))
        try picture(50, 40).writePNG(to: folder.file("b.png"))
        #expect(FileManager.default.contentsEqual(atPath: folder.file("a.png").string, andPath: folder.file("b.png").string))
    }

    @Test("A file in memory has the same bytes", arguments: [(1, 1), (7, 3), (200, 100)])
    func inMemory(width: Int, height: Int) throws {
        let path = folder.file("out.png")
        try picture(width, height).writePNG(to: path)
        let bytes = try picture(width, height).pngBytes()
        #expect(FileManager.default.contents(atPath: path.string) == Data(bytes))
        #expect(try Picture(file: bytes) == picture(width, height))
    }

    @Test("A picture that is not finished leaves the old file as it was")
    func unfinished() throws {
        let path = folder.file("out.png", holding: [1, 2, 3])
        do {
            let writer = try PNGWriter(to: .file(path), width: 2, height: 2)
            try [UInt8](repeating: 9, count: 6).withUnsafeBufferPointer { try writer.writeRow(UnsafeRawBufferPointer($0)) }
            #expect(folder.names.count == 2)
        }
        #expect(folder.names == ["out.png"])
        #expect(FileManager.default.contents(atPath: path.string) == Data([1, 2, 3]))
    }

    @Test("After a failed write every further call fails the same way")
    func fullDisk() throws {
        let writer = try PNGWriter(to: .file("/dev/full"), width: 100, height: 4000)
        var random = SeededRandom(seed: 1)
        var errors: [ImageError] = []
        for _ in 0..<4000 {
            let row = (0..<300).map { _ in UInt8.random(in: 0...255, using: &random) }
            do throws(ImageError) {
                try row.withUnsafeBufferPointer { (row) throws(ImageError) in try writer.writeRow(UnsafeRawBufferPointer(row)) }
            } catch {
                errors.append(error)
            }
            if errors.count == 3 { break }
        }
        #expect(errors.count == 3 && Set(errors).count == 1)
        #expect(errors.first?.problem.contains("No space left on device") == true)
    }

    @Test func replacesThroughALink() throws {
        let path = folder.file("real.png", holding: [1])
        let link = folder.file("link.png")
        try FileManager.default.createSymbolicLink(atPath: link.string, withDestinationPath: "real.png")
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path.string)
        try picture(4, 4).writePNG(to: link)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.string) == "real.png")
        #expect(try Picture(contentsOf: path) == picture(4, 4))
        #expect(try FileManager.default.attributesOfItem(atPath: path.string)[.posixPermissions] as? Int == 0o640)
        #expect(folder.names == ["link.png", "real.png"])
    }

    @Test func places() throws {
        func problem(_ path: FilePath) -> String? {
            do throws(ImageError) {
                try picture(4, 4).writePNG(to: path)
                return nil
            } catch {
                return error.problem
            }
        }
        #expect(problem(folder.path) == "cannot be written: it is a folder; name a file inside it")
        #expect(
            problem(folder.file("none/out.png"))
                == "cannot be written: there is no folder '\(folder.file("none"))'; make it first")
        #expect(problem("") == "cannot be written: the name is empty")
        #expect(problem("/proc/out.png")?.hasPrefix("cannot be written: ") == true)
        #expect(problem("/dev/null") == nil)
        var status = stat()
        #expect(stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
        #expect(
            problem("/dev/full")
                == "cannot be written: No space left on device; free some space or write elsewhere")
        #expect(folder.names == [])
    }
}
