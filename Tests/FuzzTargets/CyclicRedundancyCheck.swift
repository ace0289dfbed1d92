/// CRC-32 as PNG and ZIP have it, for files whose checksums a fuzzer's mutation broke.
enum CyclicRedundancyCheck {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
    }

    static func sum(of bytes: Slice<UnsafeMutableRawBufferPointer>) -> UInt32 {
        ~bytes.reduce(~0 as UInt32) { sum, byte in sum >> 8 ^ table[Int((sum ^ UInt32(byte)) & 255)] }
    }
}
