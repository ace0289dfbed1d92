/// The tags of an XML text in UTF-8, one after the other, with the places of their parts.
///
/// It is a reader for finding places, no validating one: names of opening and closing tags are not compared.
///
/// Source: XML 1.0, fifth edition, sections 2.3 to 3.1.
struct XMLTags {
    /// Places of what stands between the quotation marks, and of the name before.
    struct Attribute {
        let name: Range<Int>
        let value: Range<Int>
    }

    enum Tag {
        /// - Parameter isEmpty: the element ends with this tag.
        case opening(name: Range<Int>, attributes: [Attribute], isEmpty: Bool)
        case closing
    }

    /// The text is no XML, or has a document type, which XMP does not allow.
    struct Fault: Error {}

    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The next tag; nil at the end. Texts, comments, instructions and sections of characters are passed over.
    mutating func next() throws(Fault) -> Tag? {
        while let start = bytes[place...].firstIndex(of: UInt8(ascii: "<")) {
            place = start
            if skip("<!--") {
                try skip(through: "-->")
            } else if skip("<![CDATA[") {
                try skip(through: "]]>")
            } else if skip("<?") {
                try skip(through: "?>")
            } else if skip("</") {
                try skip(through: ">")
                return .closing
            } else {
                place += 1
                return try opening()
            }
        }
        place = bytes.count
        return nil
    }

    /// The text from behind the last tag on, without spaces around it, where a closing tag ends it; else nil.
    func textBeforeClosingTag() -> Range<Int>? {
        guard let end = bytes[place...].firstIndex(of: UInt8(ascii: "<")), starts("</", at: end) else { return nil }
        return trimmed(place..<end)
    }

    /// A range without spaces around it.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        guard let first = range.first(where: { !Self.isSpace(bytes[$0]) }),
            let last = range.last(where: { !Self.isSpace(bytes[$0]) })
        else { return range }
        return first..<last + 1
    }

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}

extension XMLTags {
    /// What follows `<`.
    private mutating func opening() throws(Fault) -> Tag {
        let name = try takeName()
        var attributes: [Attribute] = []
        while true {
            skipSpaces()
            if skip("/>") { return .opening(name: name, attributes: attributes, isEmpty: true) }
            if skip(">") { return .opening(name: name, attributes: attributes, isEmpty: false) }
            let name = try takeName()
            skipSpaces()
            guard skip("=") else { throw Fault() }
            skipSpaces()
            guard place < bytes.count else { throw Fault() }
            let mark = bytes[place]
            guard mark == UInt8(ascii: "\"") || mark == UInt8(ascii: "'"),
                let end = bytes[(place + 1)...].firstIndex(where: { $0 == mark || $0 == UInt8(ascii: "<") }),
                bytes[end] == mark
            else { throw Fault() }
            attributes.append(Attribute(name: name, value: place + 1..<end))
            place = end + 1
        }
    }

    private static let spaces = Set(" \t\r\n".utf8)
    /// What no name holds, so that each of them ends one.
    private static let marks = spaces.union("=/><\"'!?&".utf8)

    private static func isSpace(_ byte: UInt8) -> Bool { spaces.contains(byte) }

    private mutating func takeName() throws(Fault) -> Range<Int> {
        let end = bytes[place...].firstIndex { Self.marks.contains($0) } ?? bytes.count
        guard end > place else { throw Fault() }
        defer { place = end }
        return place..<end
    }

    private mutating func skipSpaces() {
        place = bytes[place...].firstIndex { !Self.isSpace($0) } ?? bytes.count
    }

    private func starts(_ word: String, at place: Int) -> Bool {
        bytes[place...].starts(with: word.utf8)
    }

    /// Whether a word stands here, which is then passed.
    private mutating func skip(_ word: String) -> Bool {
        guard starts(word, at: place) else { return false }
        place += word.utf8.count
        return true
    }

    private mutating func skip(through word: String) throws(Fault) {
        while place < bytes.count {
            if skip(word) { return }
            place += 1
        }
        throw Fault()
    }
}
