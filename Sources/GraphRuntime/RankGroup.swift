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

    /// Tells all other ranks that this one has failed in what they do. It waits for none of them.
    func announceFailure()

    /// Whether another rank has told so, and was not heard yet.
    var isFailureAnnounced: Bool { get }

    /// Hears what another rank has told.
    func takeAnnouncement(from rank: Int)

    /// Runs `body` with a function that counts on all ranks together: each call of it gives the next number from 0 on, from any
    /// thread, and waits for no other rank. Ends when it has on all ranks.
    func counting(_ body: (_ next: @escaping @Sendable () -> Int) throws -> Void) rethrows
}

extension RankGroup {
    /// Whether this rank writes files and tells people.
    public var isFirst: Bool { rank == 0 }

    /// Whether it is so on any rank.
    public func any(_ isSo: Bool) -> Bool { count == 1 ? isSo : gather([isSo ? 1 : 0]).contains(1) }

    /// Runs `body` on every rank. Where it throws on one, it does on all, so that none waits for one that has ended. `body` may
    /// do the same with a part of its work.
    ///
    /// - Parameters:
    ///   - failure: what other ranks throw, of the first where `body` does, and of what that one says.
    ///   - body: what takes long can ask whether it has failed on another rank meanwhile, and then end by any error.
    /// - Throws: what `body` does, on the first rank where it throws an error of its own.
    public func together<Value, Failure: Error>(
        orThrow failure: (_ rank: Int, _ message: String) -> Failure,
        _ body: (_ hasFailed: @escaping () -> Bool) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        guard count > 1 else { return try body { false } }
        var knowsOfFailure = false
        let result = Result { () throws(Failure) in
            try body {
                knowsOfFailure = knowsOfFailure || self.isFailureAnnounced
                return knowsOfFailure
            }
        }
        var message = ""
        var outcome = Outcome.success
        if case .failure(let error) = result {
            message = "\(error)"
            let isOfOther = knowsOfFailure || (error as? any RankError)?.isOfOtherRank == true
            outcome = isOfOther ? .otherRank : .failure
        }
        if outcome == .failure { announceFailure() }
        let outcomes = gather([outcome.rawValue]).map(Outcome.init(rawValue:))
        for (other, outcome) in outcomes.enumerated() where other != rank && outcome == .failure {
            takeAnnouncement(from: other)
        }
        guard let first = outcomes.firstIndex(of: .failure) ?? outcomes.firstIndex(of: .otherRank) else {
            return try result.get()
        }
        let messages = gather(message)
        guard first != rank else { return try result.get() }
        throw failure(first, messages[first])
    }

    /// The same of what does not take long.
    public func together<Value, Failure: Error>(
        orThrow failure: (_ rank: Int, _ message: String) -> Failure, _ body: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try together(orThrow: failure) { (_) throws(Failure) in try body() }
    }

    /// The first rank that has other bytes than the first of all; nil where all have the same.
    ///
    /// - Parameter bytes: as many on every rank: of long ones their hash.
    public func firstUnequal(_ bytes: [UInt8]) -> Int? {
        guard count > 1 else { return nil }
        let all = gather(bytes)
        return (1..<count).first { !all[$0 * bytes.count..<($0 + 1) * bytes.count].elementsEqual(all[..<bytes.count]) }
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

/// What becomes of a rank's part of what all do together.
private enum Outcome: UInt8 {
    case success, failure
    /// It failed since another rank did.
    case otherRank
}
