/// Processes that do one job together, here or on several machines: its ranks, which are numbered from 0.
///
/// All ranks make the same calls in the same order; each call returns when what this rank waits for has come. Data are moved
/// and no numbers are computed. A rank that can no longer be reached ends the others: nothing here throws.
public protocol RankGroup: Sendable {
    /// This process.
    var rank: Int { get }
    /// How many there are, at least 1.
    var count: Int { get }

    /// The bytes of all ranks, one rank's behind the other's.
    ///
    /// - Parameter bytes: as many on every rank.
    func gather(_ bytes: [UInt8]) -> [UInt8]

    /// Gives every rank its slice of this rank's numbers.
    ///
    /// - Parameters:
    ///   - slices: one for each rank, in order and without gaps.
    ///   - pieces: gets this rank's slice of the numbers of every rank, one behind the other.
    func exchange(
        _ numbers: UnsafeMutableBufferPointer<Float>, slices: [Range<Int>], into pieces: UnsafeMutableBufferPointer<Float>)

    /// Fills the slices of other ranks with what these have there.
    func share(_ numbers: UnsafeMutableBufferPointer<Float>, slices: [Range<Int>])

    /// As ``share(_:slices:)``, for the first rank alone.
    func collect(_ numbers: UnsafeMutableBufferPointer<Float>, slices: [Range<Int>])

    /// Runs `body` with a function that counts on all ranks together: each call of it gives the next number from 0 on, from any
    /// thread, and waits for no other rank. Ends when it has on all ranks.
    func counting(_ body: (_ next: @escaping @Sendable () -> Int) throws -> Void) rethrows
}

extension RankGroup {
    /// Whether this rank writes files and tells people.
    public var isFirst: Bool { rank == 0 }

    /// A text of every rank, in their order.
    public func gather(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        let counts = gather(withUnsafeBytes(of: UInt64(bytes.count).littleEndian, Array.init))
        let lengths = (0..<count).map { rank in
            counts[8 * rank..<8 * rank + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
        }
        let longest = lengths.max() ?? 0
        let all = gather(bytes + Array(repeating: 0, count: longest - bytes.count))
        return lengths.enumerated().map { rank, length in
            String(decoding: all[rank * longest..<rank * longest + length], as: UTF8.self)
        }
    }

    /// The numbers of all ranks, one rank's behind the other's.
    ///
    /// - Parameter numbers: as many on every rank.
    public func gather(_ numbers: [Double]) -> [Double] {
        let bytes = gather(numbers.withUnsafeBytes(Array.init))
        return bytes.withUnsafeBytes { bytes in
            (0..<bytes.count / 8).map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
        }
    }
}
