import GraphFiles
import SystemPackage
import Testing

/// What messages and lists show of names.
@Suite struct ShownNameTests {
    @Test(arguments: [
        ("photo.png", "photo.png"), ("Übung 1/été.png", "Übung 1/été.png"), ("e\u{301}.png", "e\u{301}.png"),
        ("👩‍👩‍👧.png", "👩‍👩‍👧.png"), ("a\\n", "a\\n"), ("", ""), ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("no\u{1B}[31msuch", "no\\x1b[31msuch"), ("\u{7F}\u{1}", "\\x7f\\x01"), ("a\u{85}b", "a\\u{85}b"),
        ("gnp.\u{202E}exe", "gnp.\\u{202e}exe"), ("a\u{2028}b", "a\\u{2028}b"),
        ("\u{301}a", "\\u{301}a"), ("b/\u{301}a", "b/\\u{301}a"), ("\n\u{301}", "\\n\\u{301}"), ("\u{200D}a", "\\u{200d}a"),
        ("\u{10F7E9}", "\\u{10f7e9}"),
    ])
    func texts(_ text: String, _ shown: String) {
        #expect(FilePath(text).shown.unicodeScalars.elementsEqual(shown.unicodeScalars))
        #expect("'\(FilePath(text))': no".unicodeScalars.elementsEqual("'\(shown)': no".unicodeScalars))
    }

    @Test(
        arguments: [
            ([0x61, 0xE9, 0x62], "a\\xe9b"), ([0xC3, 0xA9, 0xC3], "é\\xc3"), ([0xF0, 0x9F, 0x98, 0x2E], "\\xf0\\x9f\\x98."),
            ([0xED, 0xA0, 0x80], "\\xed\\xa0\\x80"), ([0xE9, 0xCC, 0x81], "\\xe9\\u{301}"), ([0xC0, 0xAF], "\\xc0\\xaf"),
        ] as [([UInt8], String)])
    func bytesThatAreNoText(_ bytes: [UInt8], _ shown: String) {
        #expect(FilePath(bytes: bytes).shown == shown)
        #expect("\(FileError.unreadable(path: FilePath(bytes: bytes), .isNotText))" == "\(shown): is not UTF-8 text")
    }

    @Test func componentsAndLists() {
        #expect("\(FilePath.Component("a\nb"))" == "a\\nb")
        #expect(["a\n", "b"].map { FilePath($0) }.shown == "a\\n, b")
    }
}
