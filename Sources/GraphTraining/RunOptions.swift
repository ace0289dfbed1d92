import GraphBasics
import GraphCompiler
import GraphRuntime

/// How a run is carried out: but for the instruction set, nothing here changes what it computes.
public struct RunOptions: Hashable, Sendable {
    /// Threads that compute; no choice changes a byte of the result.
    public var threadCount = availableProcessorCount()
    /// Memory for decoded pictures.
    public var cacheByteCount = 2 << 30
    /// What steps and validation are computed by. Each rounds in its own way: a run has its bytes on one alone, and says
    /// so where it goes on on another.
    public var instructionSet = InstructionSet.best
    /// When to save within an epoch; nil for at its end alone.
    public var checkpointInterval: CheckpointInterval?

    /// All processors, and the other defaults.
    public init() {}
}

/// How often a checkpoint is written beside those at the ends of epochs.
public enum CheckpointInterval: Hashable, Sendable, LosslessStringConvertible {
    case steps(Int)
    case minutes(Int)

    /// `500` for steps, `10m` for minutes.
    public init?(_ text: String) {
        let isMinutes = text.hasSuffix("m")
        guard let number = Int(isMinutes ? text.dropLast() : text[...]), 1...1_000_000 ~= number else { return nil }
        self = isMinutes ? .minutes(number) : .steps(number)
    }

    public var description: String {
        switch self {
        case .steps(let count): "\(count)"
        case .minutes(let count): "\(count)m"
        }
    }
}
