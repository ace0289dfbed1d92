/// What a dump shows. Later stages need sizes.
public enum Stage: String, Hashable, Sendable, CaseIterable, Comparable {
    /// The text as it was read.
    case parsed
    /// A flat graph for each entry of the model.
    case elaborated, differentiated, simplified, fused
    /// One entry for its sizes: the kernel of each group, and the steps on buffers that follow from it.
    case lowered
    /// With instructions in their order, and the rows that each buffer keeps.
    case scheduled
    /// With each buffer's place in memory, and the dependencies of instructions.
    case planned

    /// In the order in which compilation passes them.
    public static func < (left: Stage, right: Stage) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }

    /// Whether the stage is of one entry with its sizes bound.
    public var needsSizes: Bool { self >= .lowered }

    /// The stage from which this one is made; nil for the first.
    public var previous: Stage? { Stage.allCases.last { $0 < self } }
}
