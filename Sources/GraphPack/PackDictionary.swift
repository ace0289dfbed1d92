/// How a section holds words by key: their number, then each key and value in the order of the keys' bytes,
/// every number and length in 32 bits, every text in UTF-8.
enum PackDictionary {
    static func encoded(_ dictionary: [String: String]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(UInt32(dictionary.count))
        for (key, value) in dictionary.sorted(by: { $0.key.precedesInBytes($1.key) }) {
            for text in [key, value] {
                bytes.appendLittleEndian(UInt32(clamping: text.utf8.count))
                bytes += text.utf8
            }
        }
        return bytes
    }

    /// Nil for anything that ``encoded(_:)`` does not make.
    static func decoded(_ bytes: [UInt8]) -> [String: String]? {
        var cursor = ByteCursor(bytes)
        guard let count = cursor.take(UInt32.self) else { return nil }
        var dictionary: [String: String] = [:]
        var previous: String?
        for _ in 0..<count {
            guard let keyByteCount = cursor.take(UInt32.self),
                let key = cursor.takeText(byteCount: Int(keyByteCount)),
                let valueByteCount = cursor.take(UInt32.self),
                let value = cursor.takeText(byteCount: Int(valueByteCount)),
                previous?.precedesInBytes(key) ?? true,
                dictionary.updateValue(value, forKey: key) == nil
            else { return nil }
            previous = key
        }
        return cursor.remaining == 0 ? dictionary : nil
    }
}
