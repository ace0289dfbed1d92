// Floats are read and written as they lie in memory.
#if !_endian(little)
    #error("packs are little-endian, and so must the machine be")
#endif

extension [UInt8] {
    package mutating func appendLittleEndian<Number: FixedWidthInteger>(_ number: Number) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }

    /// - Requires: the array reaches to the end of the number.
    package func littleEndian<Number: FixedWidthInteger>(at offset: Int, as type: Number.Type) -> Number {
        withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: type)) }
    }
}

/// Takes numbers and strings from the front of some bytes; nil where they run out or cannot be.
package struct ByteCursor {
    package let bytes: [UInt8]
    package private(set) var offset = 0

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package var remaining: Int { bytes.count - offset }

    package mutating func take<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
        guard remaining >= MemoryLayout<Number>.size else { return nil }
        defer { offset += MemoryLayout<Number>.size }
        return bytes.littleEndian(at: offset, as: type)
    }

    /// A 64-bit size that fits an `Int`.
    package mutating func takeSize() -> Int? { take(UInt64.self).flatMap(Int.init(exactly:)) }

    package mutating func takeText(byteCount: Int) -> String? {
        takeBytes(count: byteCount).flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// False where fewer bytes are left.
    package mutating func skip(_ count: Int) -> Bool {
        guard remaining >= count else { return false }
        offset += count
        return true
    }

    package mutating func takeBytes(count: Int) -> [UInt8]? {
        guard remaining >= count else { return nil }
        defer { offset += count }
        return Array(bytes[offset..<offset + count])
    }
}
