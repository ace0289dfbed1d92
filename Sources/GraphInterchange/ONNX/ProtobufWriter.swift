/// Writes messages in protobuf's wire format.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    mutating func number(_ field: Int, _ number: Int) {
        tag(field, 0)
        varint(UInt64(bitPattern: Int64(number)))
    }

    mutating func float(_ field: Int, _ number: Float) {
        tag(field, 5)
        bytes.appendLittleEndian(number.bitPattern)
    }

    mutating func text(_ field: Int, _ text: String) { self.bytes(field, Array(text.utf8)) }

    mutating func bytes(_ field: Int, _ content: [UInt8]) {
        tag(field, 2)
        varint(UInt64(content.count))
        bytes += content
    }

    mutating func message(_ field: Int, _ write: (inout ProtobufWriter) -> Void) {
        var inner = ProtobufWriter()
        write(&inner)
        bytes(field, inner.bytes)
    }

    private mutating func tag(_ field: Int, _ type: UInt64) { varint(UInt64(field) << 3 | type) }

    private mutating func varint(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
