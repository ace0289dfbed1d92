import Foundation
import SystemPackage

/// A folder that is removed with all its files when the test lets go of it.
public final class TemporaryFolder: Sendable {
    public let path: FilePath

    public init() {
        let parent = FileManager.default.temporaryDirectory.path
        var template = Array("\(parent)/graphc-tests-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { FilePath(platformString: mkdtemp($0.baseAddress!)) }
    }

    deinit {
        keepPacks(of: path)
        try? FileManager.default.removeItem(atPath: path.string)
    }

    /// Names of all files, hidden ones too, sorted.
    public var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path.string)) ?? []).sorted() }

    public func file(_ name: String) -> FilePath { path.appending(name) }

    /// The path of a file with these bytes as its name.
    public func file(named bytes: [UInt8]) -> FilePath {
        path.appending(FilePath(platformString: bytes.map(CChar.init(bitPattern:)) + [0]).components)
    }

    /// Writes a file as it is, and returns its path.
    public func file(_ name: String, holding bytes: [UInt8]) -> FilePath {
        precondition(
            FileManager.default.createFile(atPath: file(name).string, contents: Data(bytes)), "tests can write their files")
        return file(name)
    }
}

/// All bytes of a file; none of one that cannot be read.
public func fileBytes(_ path: FilePath) -> [UInt8] {
    var bytes: [UInt8] = []
    guard let file = try? FileDescriptor.open(path, .readOnly) else { return bytes }
    defer { try? file.close() }
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while let count = try? part.withUnsafeMutableBytes({ try file.read(into: $0) }), count > 0 { bytes += part[..<count] }
    return bytes
}
