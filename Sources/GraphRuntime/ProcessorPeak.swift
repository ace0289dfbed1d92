import GraphBasics
import GraphCompiler
import GraphKernels
import GraphKernelsAVX2
import GraphKernelsAVX512

/// What the processor can do at most: multiplications and additions in registers alone, with one
/// instruction set, on some threads.
///
/// The clock changes with load and warmth, so a peak is sampled between the measurements that it is set beside.
public struct ProcessorPeak: Sendable {
    private let instructionSet: InstructionSet
    private let threadCount: Int
    /// About 5 milliseconds of work for each thread.
    private static let operationCount = 500_000_000

    /// Measures on `threadCount` threads, at most one for each processor.
    public init(_ instructionSet: InstructionSet, threadCount: Int) {
        self.instructionSet = instructionSet
        self.threadCount = max(1, min(threadCount, availableProcessorCount()))
    }

    /// Multiplications and additions in a second, all threads together, over some milliseconds.
    ///
    /// - Returns: never more than the processor can do; less when something else ran as well.
    public func sample() -> Double {
        let start = ContinuousClock.now
        let runCount = onThreads(threadCount) { run() }
        return Double(runCount * Self.operationCount) / ((ContinuousClock.now - start) / .seconds(1))
    }

    private func run() {
        let result =
            switch instructionSet {
            case .portable:
                GraphKernels.runMultiplyAdds(roundCount: Self.operationCount / GraphKernels.multiplyAddOperationsPerRound)
            case .avx2:
                GraphKernelsAVX2.runMultiplyAdds(roundCount: Self.operationCount / GraphKernelsAVX2.multiplyAddOperationsPerRound)
            case .avx512:
                GraphKernelsAVX512.runMultiplyAdds(
                    roundCount: Self.operationCount / GraphKernelsAVX512.multiplyAddOperationsPerRound)
            }
        precondition(result > 0, "the chains end near 2")
    }
}
