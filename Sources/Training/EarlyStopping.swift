/// Ends a run that no longer improves.
public struct EarlyStopping: Hashable, Sendable {
    /// Epochs without improvement after which a run ends.
    public var patience: Int
    /// The greatest value so far; nil before the first.
    public private(set) var best: Double?
    /// The epoch that reached it; 0 before the first.
    public private(set) var bestEpoch = 0
    public private(set) var epochsWithoutImprovement = 0

    public init(patience: Int) { self.patience = patience }

    public var shouldStop: Bool { epochsWithoutImprovement >= patience }

    /// Takes the value that an epoch reached.
    ///
    /// - Returns: whether it is the greatest so far; an equal one is not.
    public mutating func record(_ value: Double, epoch: Int) -> Bool {
        if let best, !(value > best) {
            epochsWithoutImprovement += 1
            return false
        }
        best = value
        bestEpoch = epoch
        epochsWithoutImprovement = 0
        return true
    }
}
