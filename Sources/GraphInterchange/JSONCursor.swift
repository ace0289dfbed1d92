import GraphPack

/// Takes values of known kinds from the front of a JSON text (RFC 8259).
///
/// The caller says what must come next, so nothing nests deeper than the caller asks for. Foundation's decoder
/// would not tell that a name stands twice, of which it keeps one value; a header must not be read in two ways.
struct JSONCursor {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func fault(_ found: FormatFault.JSON) -> FormatFault { FormatFault(.header, .json(found, byte: offset)) }

    /// Takes an object and calls `member` at each of its values.
    mutating func takeObject(
        _ member: (inout JSONCursor, String) throws(FormatFault) -> Void
    ) throws(FormatFault) {
        try expect("{")
        if takes("}") { return }
        repeat {
            let name = try takeString()
            try expect(":")
            try member(&self, name)
        } while takes(",")
        try expect("}")
    }

    /// Takes an array of whole numbers that are not negative.
    mutating func takeIntegers() throws(FormatFault) -> [Int] {
        try expect("[")
        if takes("]") { return [] }
        var integers: [Int] = []
        repeat { integers.append(try takeInteger()) } while takes(",")
        try expect("]")
        return integers
    }

    private mutating func takeInteger() throws(FormatFault) -> Int {
        skipSpace()
        let digits = bytes[offset...].prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        guard let number = Int(String(decoding: digits.prefix(20), as: UTF8.self)), digits.count < 20,
            digits.count == 1 || digits.first != UInt8(ascii: "0")
        else { throw fault(.noWholeNumber) }
        offset = digits.endIndex
        return number
    }

    mutating func takeString() throws(FormatFault) -> String {
        try expect("\"")
        var text: [UInt8] = []
        while true {
            guard offset < bytes.count, bytes[offset] >= 0x20 else { throw fault(.endlessString) }
            let byte = bytes[offset]
            offset += 1
            if byte == UInt8(ascii: "\"") { break }
            if byte == UInt8(ascii: "\\") { text += try takeEscape().utf8 } else { text.append(byte) }
        }
        guard let string = String(validating: text, as: UTF8.self) else { throw fault(.stringIsNotUTF8) }
        return string
    }

    /// What follows a backslash.
    private mutating func takeEscape() throws(FormatFault) -> String {
        guard offset < bytes.count else { throw fault(.endlessString) }
        let byte = bytes[offset]
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return String(UnicodeScalar(byte))
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            var units = [try takeCodeUnit()]
            if UTF16.isLeadSurrogate(units[0]), bytes[offset...].starts(with: Array("\\u".utf8)) {
                offset += 2
                units.append(try takeCodeUnit())
            }
            guard let text = String(validating: units, as: UTF16.self) else { throw fault(.halfSurrogatePair) }
            return text
        default: throw fault(.unknownEscape)
        }
    }

    private mutating func takeCodeUnit() throws(FormatFault) -> UInt16 {
        let digits = bytes[offset...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ UnicodeScalar($0).properties.isASCIIHexDigit }),
            let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw fault(.unknownEscape) }
        offset += 4
        return unit
    }

    mutating func expectEnd() throws(FormatFault) {
        skipSpace()
        guard offset == bytes.count else { throw fault(.secondValue) }
    }

    private mutating func expect(_ token: UnicodeScalar) throws(FormatFault) {
        guard takes(token) else { throw fault(.no(token)) }
    }

    private mutating func takes(_ token: UnicodeScalar) -> Bool {
        skipSpace()
        guard offset < bytes.count, bytes[offset] == UInt8(ascii: token) else { return false }
        offset += 1
        return true
    }

    private mutating func skipSpace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x09, 0x0A, 0x0D: offset += 1
            default: return
            }
        }
    }
}
