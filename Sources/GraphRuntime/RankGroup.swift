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

    /// Gives the bytes of one rank to the first.
    ///
    /// - Parameters:
    ///   - bytes: of that rank; on the first rank they are filled with these. Others do nothing with them.
    ///   - sender: not the first.
    func hand(_ bytes: UnsafeMutableRawBufferPointer, from sender: Int)

    /// Runs `body` with a function that counts on all ranks together: each call of it gives the next number from 0 on, from any
    /// thread, and waits for no other rank. Ends when it has on all ranks.
    func counting(_ body: (_ next: @escaping @Sendable () -> Int) throws -> Void) rethrows
}

extension RankGroup {
    /// Whether this rank writes files and tells people.
    public var isFirst: Bool { rank == 0 }

    /// Whether it is so on any rank.
    public func any(_ isSo: Bool) -> Bool { count == 1 ? isSo : gather([isSo ? 1 : 0]).contains(1) }

    /// Runs `body` on every rank. Where it throws on one, it does on all, so that none waits for one that has ended.
    ///
    /// - Parameter failure: what other ranks throw, of the first where `body` does, and of what that one says.
    /// - Throws: what `body` does, on the first rank where it does.
    public func together<Value, Failure: Error>(
        orThrow failure: (_ rank: Int, _ message: String) -> Failure, _ body: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        guard count > 1 else { return try body() }
        let result = Result { () throws(Failure) in try body() }
        var message: String?
        if case .failure(let error) = result { message = "\(error)" }
        guard let first = gather([message == nil ? 0 : 1]).firstIndex(of: 1) else { return try result.get() }
        let messages = gather(message ?? "")
        guard first != rank else { return try result.get() }
        throw failure(first, messages[first])
    }

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
