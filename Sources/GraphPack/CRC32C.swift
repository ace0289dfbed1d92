import GraphPackInstructions

/// The CRC-32C checksum (Castagnoli's polynomial, as in iSCSI: RFC 3720, section 12.1).
struct CRC32C {
    private var remainder: UInt32 = 0xFFFF_FFFF

    /// The checksum of all bytes so far.
    var value: UInt32 { ~remainder }

    static func checksum(of bytes: UnsafeRawBufferPointer) -> UInt32 {
        var crc = CRC32C()
        crc.update(bytes)
        return crc.value
    }

    static func checksum(of bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBytes { checksum(of: $0) } }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        #if arch(x86_64)
            if ProcessorFeatures.hasCRC32C {
                remainder = updateCRC32C(remainder, bytes)
                return
            }
        #endif
        updatePortably(bytes)
    }

    /// Eight bytes at a time by eight tables: M. E. Kounavis and F. L. Berry, "A systematic approach to
    /// building high performance software-based CRC generators", ISCC 2005.
    mutating func updatePortably(_ bytes: UnsafeRawBufferPointer) {
        var crc = remainder
        var i = 0
        Self.tables.withUnsafeBufferPointer { table in
            while i &+ 8 <= bytes.count {
                let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self)) ^ UInt64(crc)
                let near =
                    table[0x700 &+ Int(word & 0xFF)] ^ table[0x600 &+ Int(word >> 8 & 0xFF)]
                    ^ table[0x500 &+ Int(word >> 16 & 0xFF)] ^ table[0x400 &+ Int(word >> 24 & 0xFF)]
                let far =
                    table[0x300 &+ Int(word >> 32 & 0xFF)] ^ table[0x200 &+ Int(word >> 40 & 0xFF)]
                    ^ table[0x100 &+ Int(word >> 48 & 0xFF)] ^ table[Int(word >> 56)]
                crc = near ^ far
                i &+= 8
            }
            while i < bytes.count {
                crc = crc >> 8 ^ table[Int((crc ^ UInt32(bytes[i])) & 0xFF)]
                i &+= 1
            }
        }
        remainder = crc
    }

    /// Entry `256 * k + b` is the remainder of byte `b` followed by `k` zero bytes.
    private static let tables: [UInt32] = {
        let reversedPolynomial: UInt32 = 0x82F6_3B78
        var tables: [UInt32] = []
        for byte in 0..<UInt32(256) {
            var crc = byte
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ reversedPolynomial : crc >> 1 }
            tables.append(crc)
        }
        for i in 256..<(8 * 256) {
            let shorter = tables[i - 256]
            tables.append(shorter >> 8 ^ tables[Int(shorter & 0xFF)])
        }
        return tables
    }()
}
