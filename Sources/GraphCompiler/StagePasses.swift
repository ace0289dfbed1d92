/// The passes that lead from one stage to the next.
public struct StagePasses: Sendable {
    /// What is complete once all these passes have run.
    public let stage: Stage
    /// Whether the passes run round after round, until one changes nothing.
    public let areRepeated: Bool
    /// In the order in which they run.
    public let passes: [Pass]

    init(_ stage: Stage, untilUnchanged areRepeated: Bool = false, _ passes: [Pass]) {
        self.stage = stage
        self.areRepeated = areRepeated
        self.passes = passes.map { pass in
            var pass = pass
            pass.stage = stage
            return pass
        }
    }
}
