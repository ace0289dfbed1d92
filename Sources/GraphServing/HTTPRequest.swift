/// The head of a request: RFC 9112, as far as browsers use it. What could be read in two ways is refused.
struct HTTPRequest: Hashable, Sendable {
    var method: String
    /// From its first slash to the question mark, as it was sent.
    var path: String
    /// What follows the question mark, decoded.
    var query: [String: String] = [:]
    /// Fields by their names in small letters.
    var fields: [String: String] = [:]
    /// Bytes that follow the head.
    var bodyByteCount = 0
    /// Whether the connection stays open for another request.
    var keepsConnection: Bool

    /// Whether the client waits for a word before it sends the body.
    var waitsToSend: Bool { fields["expect"]?.lowercased() == "100-continue" }

    /// Bytes that a head may have.
    static let byteLimit = 16 << 10

    /// - Parameter head: what stands before the empty line.
    /// - Throws: how it is answered.
    init(_ head: some Collection<UInt8>) throws(HTTPStatus) {
        var lines = head.split(separator: 0x0A, omittingEmptySubsequences: false).map { Array($0) }
        // Each line but the last ends in CR LF. No other control character, and nothing beyond ASCII, belongs in a head.
        for index in lines.indices {
            if index < lines.count - 1, lines[index].popLast() != 0x0D { throw .badRequest }
            guard lines[index].allSatisfy({ $0 == 0x09 || 0x20...0x7E ~= $0 }) else { throw .badRequest }
        }
        let texts = lines.map { String(decoding: $0, as: UTF8.self) }
        let words = texts[0].split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 3, words[1].hasPrefix("/"), ["HTTP/1.0", "HTTP/1.1"].contains(words[2]) else { throw .badRequest }
        method = words[0]
        let target = words[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(target[0])
        keepsConnection = words[2] == "HTTP/1.1"
        for text in texts.dropFirst() {
            guard let colon = text.firstIndex(of: ":") else { throw .badRequest }
            let name = text[..<colon].lowercased()
            guard !name.isEmpty, !name.contains(where: { $0 == " " || $0 == "\t" }) else { throw .badRequest }
            let value = text[text.index(after: colon)...].trimmed
            // Of lists nothing is read here; twice the same field is what one party may read otherwise than another.
            guard fields.updateValue(value, forKey: name) == nil || !Self.singleFields.contains(name) else { throw .badRequest }
        }
        guard fields["transfer-encoding"] == nil else { throw .lengthRequired }
        if let length = fields["content-length"] {
            guard length.count <= 18, let count = Int(length), length.allSatisfy(\.isNumber) else { throw .badRequest }
            bodyByteCount = count
        }
        if fields["connection"]?.lowercased() == "close" { keepsConnection = false }
        if target.count > 1 { query = Self.parts(of: target[1]) }
    }

    private static let singleFields: Set = ["host", "content-length", "transfer-encoding", "origin", "sec-fetch-site"]

    private static func parts(of query: Substring) -> [String: String] {
        var parts: [String: String] = [:]
        for part in query.split(separator: "&") {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            parts[String(sides[0])] = sides.count > 1 ? decoded(sides[1]) : ""
        }
        return parts
    }

    /// A text whose bytes may stand as `%` and two digits.
    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2, let code = UInt8(String(Substring(rest.prefix(2))), radix: 16) {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Substring {
    /// Without spaces at both ends.
    fileprivate var trimmed: String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        guard let end = lastIndex(where: { !isSpace($0) }) else { return "" }
        return String(self[...end].drop(while: isSpace))
    }
}
