/// What a program is made for. No choice but the instruction set and the algorithm changes a byte of its results.
public struct PlanOptions: Hashable, Sendable {
    /// How much memory the rows of an image may take at a time.
    public enum Memory: Hashable, Sendable {
        /// Bands of so many rows of the first input; nil for all rows of each step before the next step.
        case bands(rows: Int?)
        /// Whole images where the arena stays within so many bytes, else the largest bands that do, else the smallest.
        case arena(byteCount: Int)
        /// As ``arena(byteCount:)``, but never more than so many bytes for activations, prepared filters and the scratch
        /// of all threads: where even the smallest bands take more, the image is cut into strips of columns.
        case all(byteCount: Int, threadCount: Int)

        /// All rows of each step before the next step.
        public static let wholeImages = Memory.bands(rows: nil)
        /// What is fastest on any machine.
        public static let automatic = Memory.arena(byteCount: preferredArenaByteCount)
    }

    /// For what processors kernels are chosen.
    public var instructionSet: InstructionSet
    /// How convolutions are computed.
    public var algorithm: ConvolutionAlgorithm
    /// How much of an image is worked on at a time.
    public var memory: Memory

    /// - Parameter instructionSet: one that the machine has which runs the program.
    public init(
        _ instructionSet: InstructionSet, algorithm: ConvolutionAlgorithm = .best, memory: Memory = .wholeImages
    ) {
        self.instructionSet = instructionSet
        self.algorithm = algorithm
        self.memory = memory
    }
}
