import Glibc
import GraphFiles
import GraphTestSupport
import SystemPackage
import Testing

/// Files of all names appear whole or not at all, and none takes the place of another.
@Suite struct AtomicFileNameTests {
    let folder = TemporaryFolder()

    private static let longNames: [[UInt8]] =
        [246, 247, 255].map { Array(String(repeating: "q", count: $0 - 4).utf8) + Array(".png".utf8) } + [
            Array((String(repeating: "\u{1F600}", count: 61) + ".png").utf8), Array(String(repeating: "é", count: 127).utf8),
            [UInt8](repeating: 0xE9, count: 255), [UInt8](repeating: 0x80, count: 255),
        ]

    @Test(arguments: longNames)
    func longNamesAreWritten(_ name: [UInt8]) throws {
        let path = folder.file(named: name)
        try AtomicFile.write("text", to: path)
        #expect(try Folder(folder.path).names.map(\.bytes) == [name])
        #expect(fileBytes(path) == Array("text".utf8))
    }

    @Test(arguments: longNames)
    func whatAKilledWriterLeftIsRemoved(_ name: [UInt8]) throws {
        let path = folder.file(named: name)
        let left = try FileDescriptor.open(path.partial, .writeOnly, options: .create, permissions: .ownerReadWrite)
        try left.close()
        #expect(try Folder(folder.path).names.count == 1)
        try AtomicFile.write("text", to: path)
        #expect(try Folder(folder.path).names.map(\.bytes) == [name])
    }

    @Test func partialNames() {
        #expect(FilePath("a/photo.png").partial == "a/.photo.png.partial")
        #expect(FilePath("photo.png").partial == "./.photo.png.partial")
        let long = Self.longNames.suffix(5).map { FilePath(bytes: $0).partial }
        #expect(long.allSatisfy { ($0.lastComponent?.bytes.count ?? 256) <= 255 } && Set(long).count == long.count)
        // Names that differ at their end alone.
        let ends = ["a", "b"].map { FilePath(String(repeating: "q", count: 254) + $0).partial }
        #expect(ends[0] != ends[1])
        #expect(String(validating: FilePath(bytes: Self.longNames[3]).partial.bytes, as: UTF8.self) != nil)
    }

    @Test func namesThatUnicodeCallsEqualAreTwo() throws {
        try AtomicFile.write("composed", to: folder.file("\u{E9}"))
        try AtomicFile.write("decomposed", to: folder.file("e\u{301}"))
        try AtomicFile.write("mark", to: folder.file("\u{301}"))
        let names = try Folder(folder.path).names
        #expect(names.map(\.bytes) == [Array("e\u{301}".utf8), [0xC3, 0xA9], [0xCC, 0x81]] && Set(names).count == 3)
        #expect(fileBytes(folder.file("\u{E9}")) == Array("composed".utf8))
    }

    @Test func aFileThatMayNotBeWrittenIsNotReplaced() throws {
        let path = folder.file("a", holding: [7])
        var calls = FileCalls.system
        calls.permitWriting = { _ in
            errno = EACCES
            return -1
        }
        let text = errorText { _ = try AtomicFile(path: path, calls: calls) }
        #expect(
            text == "\(path): cannot be written: what is there may not be changed: Permission denied; write to another file "
                + "or change its permissions")
        #expect(folder.names == ["a"] && fileBytes(path) == [7])
        _ = try AtomicFile(path: folder.file("new"), calls: calls)
    }
}
