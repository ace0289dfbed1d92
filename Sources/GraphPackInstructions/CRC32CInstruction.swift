// The processor's own instructions for checksums. This module is compiled for them, whatever the rest of
// the program is compiled for, so a caller first asks whether the processor has them.

#if arch(x86_64)
    import CGraphX86Intrinsics

    /// CRC-32C by the instruction of SSE 4.2, eight bytes at a time.
    ///
    /// - Parameter remainder: of the bytes before; all ones at the start, complemented at the end.
    /// - Requires: the processor has SSE 4.2.
    public func updateCRC32C(_ remainder: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var crc = UInt64(remainder)
        var i = 0
        while i &+ 8 <= bytes.count {
            crc = _mm_crc32_u64(crc, bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self))
            i &+= 8
        }
        var rest = UInt32(truncatingIfNeeded: crc)
        while i < bytes.count {
            rest = _mm_crc32_u8(rest, bytes[i])
            i &+= 1
        }
        return rest
    }
#endif
