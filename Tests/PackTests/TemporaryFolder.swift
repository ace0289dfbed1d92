import Foundation
import GoldenSupport
import Testing

@testable import Pack

/// A folder that is removed with all its files when the test lets go of it.
final class TemporaryFolder {
    let path: String

    init() {
        let parent = FileManager.default.temporaryDirectory.path
        var template = Array("\(parent)/pack-tests-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
    }

    deinit {
        keepPacks(of: path)
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Names of all files, hidden ones too, sorted.
    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file as it is, and returns its path.
    func file(_ name: String, holding bytes: [UInt8]) -> String {
        let descriptor = open(file(name), O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        defer { close(descriptor) }
        #expect(write(descriptor, bytes, bytes.count) == bytes.count)
        return file(name)
    }
}

/// All bytes of a file.
func fileBytes(_ path: String) -> [UInt8] {
    Array(FileManager.default.contents(atPath: path) ?? Data())
}

/// The error that a body throws, after the file's name.
func message(_ body: () throws -> Void) -> String {
    do {
        try body()
        return "no error"
    } catch {
        return (error as? PackError)?.message ?? (error as? FormatProblem)?.message ?? "\(error)"
    }
}
