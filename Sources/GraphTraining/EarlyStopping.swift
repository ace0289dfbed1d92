/// What tells which epoch is the best.
public enum Monitor: String, Hashable, Sendable, CaseIterable, LosslessStringConvertible {
    /// The validation PSNR: the greatest is the best.
    case psnr
    /// The mean training loss of the epoch: the least is the best.
    case loss

    /// A case by its name; nil for any other word.
    public init?(_ text: String) { self.init(rawValue: text) }

    public var description: String { rawValue }

    func isBetter(_ value: Double, than other: Double) -> Bool {
        switch self {
        case .psnr: value > other
        case .loss: value < other
        }
    }
}

/// Ends a run that no longer improves.
public struct EarlyStopping: Hashable, Sendable {
    /// The best value so far; nil before the first.
    public internal(set) var best: Double?
    /// The epoch that reached it; 0 before the first.
    public internal(set) var bestEpoch = 0
    /// Epochs since the best one.
    public internal(set) var epochsWithoutImprovement = 0

    /// Before the first epoch.
    public init() {}

    /// - Parameter patience: epochs without improvement after which a run ends.
    public func shouldStop(patience: Int) -> Bool { epochsWithoutImprovement >= patience }

    /// Takes the value that an epoch reached.
    ///
    /// - Returns: whether it is the best so far; an equal one is not, and what is not a number never is.
    public mutating func record(_ value: Double, epoch: Int, by monitor: Monitor) -> Bool {
        guard !value.isNaN, best.map({ monitor.isBetter(value, than: $0) }) ?? true else {
            epochsWithoutImprovement += 1
            return false
        }
        best = value
        bestEpoch = epoch
        epochsWithoutImprovement = 0
        return true
    }
}
