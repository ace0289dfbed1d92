import Foundation

/// A folder that is removed with all its files when the test lets go of it.
public final class TemporaryFolder: Sendable {
    public let path: String

    public init() {
        let parent = FileManager.default.temporaryDirectory.path
        var template = Array("\(parent)/graphc-tests-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
    }

    deinit {
        keepPacks(of: path)
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Names of all files, hidden ones too, sorted.
    public var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

    public func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file as it is, and returns its path.
    public func file(_ name: String, holding bytes: [UInt8]) -> String {
        precondition(FileManager.default.createFile(atPath: file(name), contents: Data(bytes)), "tests can write their files")
        return file(name)
    }
}

/// All bytes of a file.
public func fileBytes(_ path: String) -> [UInt8] {
    Array(FileManager.default.contents(atPath: path) ?? Data())
}
