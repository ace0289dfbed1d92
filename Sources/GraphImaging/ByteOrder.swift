/// How the bytes of a number of several bytes follow each other in a file.
enum ByteOrder: Hashable, Sendable {
    /// The least first.
    case little
    /// The greatest first, as in PNG and ICC profiles.
    case big

    /// The number without a sign that begins at `place`.
    ///
    /// - Precondition: there are so many bytes from there on; at most 4 are asked for.
    func number(in bytes: [UInt8], at place: Int, byteCount: Int) -> Int {
        (0..<byteCount).reduce(0) { number, index in
            number << 8 | Int(bytes[place + (self == .big ? index : byteCount - 1 - index)])
        }
    }

    /// Writes the lowest `byteCount` bytes of a number over those from `place` on.
    ///
    /// - Precondition: there are so many bytes from there on.
    func write(_ number: Int, to bytes: inout [UInt8], at place: Int, byteCount: Int) {
        bytes.replaceSubrange(place..<place + byteCount, with: self.bytes(of: number, byteCount: byteCount))
    }

    /// The lowest bytes of a number.
    func bytes(of number: Int, byteCount: Int) -> [UInt8] {
        (0..<byteCount).map { index in
            UInt8(truncatingIfNeeded: number >> (8 * (self == .big ? byteCount - 1 - index : index)))
        }
    }
}
