import Foundation
import GraphFiles
import SystemPackage
import Testing

/// Paths as texts that give every byte back.
@Suite struct PathTextTests {
    static let names: [[UInt8]] = [
        Array("photo.png".utf8), Array("é\n".utf8), Array("e\u{301}".utf8), Array("\u{301}".utf8), [0x61, 0xE9], [0xC3],
        [0xFF, 0x0A],
        Array("\u{10F7E9}".utf8), Array("\u{10F700}a".utf8) + [0x80], Array(1...46) + Array(48...255),
    ]

    @Test(arguments: names)
    func nothingIsLost(_ name: [UInt8]) {
        let path = FilePath(bytes: name)
        #expect(path.bytes == name)
        #expect(FilePath(text: path.text) == path)
    }

    @Test func whatIsTextStaysIt() {
        for text in ["photo.png", "é\n", "e\u{301}"] { #expect(FilePath(text).text.utf8.elementsEqual(text.utf8)) }
    }

    @Test func differentNamesAreDifferentTexts() {
        #expect(Set(Self.names.map { Array(FilePath(bytes: $0).text.utf8) }).count == Self.names.count)
    }

    @Test func json() throws {
        #expect(FilePath("a\"\n\u{1B}\u{85}é").json == "\"a\\\"\\u000a\\u001b\\u0085é\"")
        #expect(FilePath(bytes: [0x61, 0xE9]).json == "\"a\\udce9\"")
        #expect(FilePath("\u{301}").json.unicodeScalars.elementsEqual("\"\u{301}\"".unicodeScalars))
    }

    @Test func textsAreShownAsNames() {
        #expect(
            ByteScalars.shown(in: "unknown option '\(ByteScalars.text(of: Array("--x=".utf8) + [0xE9, 0x0A]))'")
                == "unknown option '--x=\\xe9\\n'")
        #expect(ByteScalars.shown(in: ByteScalars.text(of: "été".utf8)) == "été")
    }
}
