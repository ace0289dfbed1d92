import GraphIR

/// Why an entry cannot become a program for some sizes, or a plan's text is no program.
public enum ProgramError: Error, Hashable, Sendable {
    /// An op rejects the sizes, or a size has no value.
    case illegal(NodeError)
    /// The compiler itself is wrong.
    indirect case broken(BrokenPass)
    /// The entry has not come so far that it has steps.
    case withoutSteps(graph: String)
    /// The graph's groups cannot become steps.
    case unbuildable(StepFault)
    /// A plan in so many bands would pass ``PlanLimits/instructionCount``.
    case tooManyBands
    /// The plan would pass ``PlanLimits/arenaByteCount``.
    case tooLarge(arenaByteCount: Int)
    /// No plan fits into the memory that is given.
    case memoryTooSmall(MemoryShortage)
    /// The memory that is given asks for strips of columns, into which the entry cannot be cut.
    case indivisible(StripFault)
    /// The plan breaks an invariant of `PlanVerifier`.
    case unsound(PlanFault, at: Place?)
    /// The lines of a plan's text are not those of its buffers.
    case misstated(BufferLineFault, at: Place?)

    /// Which line of a plan is at fault.
    public enum Place: Hashable, Sendable {
        /// Index in ``Program/buffers``.
        case buffer(Int)
        /// Index in ``Program/preparation``.
        case preparation(Int)
        /// Index in ``Program/instructions``.
        case instruction(Int)
    }
}

extension ProgramError: CustomStringConvertible {
    /// The line of a plan at fault; nil where the whole entry is.
    public var place: Place? {
        switch self {
        case .unsound(_, let place), .misstated(_, let place): place
        case .illegal, .broken, .withoutSteps, .unbuildable, .tooManyBands, .tooLarge, .memoryTooSmall, .indivisible: nil
        }
    }

    /// What is wrong and, where that helps, what to do: one line.
    public var description: String {
        switch self {
        case .illegal(let error): error.description
        case .broken(let error): error.description
        case .withoutSteps(let graph): "'\(graph)' has no steps yet"
        case .unbuildable(let fault): fault.description
        case .tooManyBands: "so many bands are too many; take more rows in each"
        case .tooLarge(let arenaByteCount):
            "the plan needs \(arenaByteCount >> 30) GiB of memory, more than the limit of "
                + "\(PlanLimits.arenaByteCount >> 30) GiB; use smaller images or batches"
        case .memoryTooSmall(let shortage): shortage.description
        case .indivisible(let fault): fault.description
        case .unsound(let fault, _): fault.description
        case .misstated(let fault, _): fault.description
        }
    }
}
