/// One of several equal shares of the work on many pictures, for processes that know nothing of one another.
public struct WorkShare: Hashable, Sendable {
    /// Which one: 1 for the first.
    public var number: Int
    /// Shares in all.
    public var count: Int

    /// - Precondition: `number` lies in `1...count`.
    public init(_ number: Int, of count: Int) {
        precondition(count >= 1 && (1...count).contains(number))
        self.number = number
        self.count = count
    }

    /// Indices of what belongs to the share, in rising order: the costliest first, each to the share that has the least so far
    /// (Graham, "Bounds on multiprocessing timing anomalies", 1969, section 5). Each index belongs to one of the shares, and
    /// shares differ by no more than one piece of work.
    ///
    /// - Parameter costs: of the pieces of work, the same for all shares, not negative.
    public func indices(ofCosts costs: [Int]) -> [Int] {
        // A heap, with the share on top that has the least: of several that have the same, the first.
        var shares = (0..<count).map { Load(total: 0, share: $0) }
        var own: [Int] = []
        for index in costs.indices.sorted(by: { (costs[$1], $0) < (costs[$0], $1) }) {
            if shares[0].share == number - 1 { own.append(index) }
            // A piece without cost still goes to one.
            shares[0].total += max(1, costs[index])
            var place = 0
            while let below = (min(2 * place + 1, count)..<min(2 * place + 3, count)).min(by: { shares[$0] < shares[$1] }),
                shares[below] < shares[place]
            {
                shares.swapAt(place, below)
                place = below
            }
        }
        return own.sorted()
    }

    /// What a share has so far.
    private struct Load: Comparable {
        var total: Int
        let share: Int

        static func < (one: Load, other: Load) -> Bool { (one.total, one.share) < (other.total, other.share) }
    }
}

extension WorkShare: LosslessStringConvertible {
    /// The most shares that words can ask for.
    private static let mostShares = 100_000

    /// `3/8`; nil for other words, or a number that is not from 1 to the count.
    public init?(_ text: String) {
        let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 2, let number = numbers[0], let count = numbers[1], (1...Self.mostShares).contains(count),
            (1...count).contains(number)
        else { return nil }
        self.init(number, of: count)
    }

    public var description: String { "\(number)/\(count)" }
}
