import GraphEnlarging
import GraphCompiler
import GraphModel
import GraphRuntime

/// How fast a model's program runs a workload, beside what the processor can do at most.
public struct WorkloadMeasurement: Hashable, Sendable {
    /// Seconds of each run, after one that is not counted.
    public var runs: [Double] = []
    /// Multiplications and additions in a second, in registers alone on as many threads: the highest of samples
    /// taken between the runs.
    public var peak = 0.0
    /// What the kernels were built for.
    public var instructionSet: InstructionSet
    /// Rows of the low-resolution picture that are worked on at a time; nil for all.
    public var bandRows: Int?
    /// Multiplications and additions of direct convolution in one run, whatever the kernels do.
    public var operationCount: Int
    /// Activations, prepared filters and scratch of all threads.
    public var plannedByteCount: Int
    /// The most that the process has held, program and weights included; nil where the system does not say.
    public var residentByteCount: Int?

    /// Seconds of a run: the median; NaN before the first.
    public var median: Double { runs.median }
    /// Seconds of the fastest run; NaN before the first.
    public var minimum: Double { runs.min() ?? .nan }
}

extension Model {
    /// Runs a workload on random pictures.
    ///
    /// - Parameters:
    ///   - bands: how the rows of pictures are worked on.
    ///   - runCount: runs that count, at least 1.
    public func measure(
        _ workload: Workload, threadCount: Int, bands: Bands = .automatic, algorithm: ConvolutionAlgorithm = .best, runCount: Int
    ) throws(MeasuringError) -> WorkloadMeasurement {
        let bound = try WorkloadSession(self, workload, threadCount: threadCount, bands: bands, algorithm)
        let program = bound.session.program
        var measurement = WorkloadMeasurement(
            instructionSet: program.instructionSet, bandRows: bound.bandRows, operationCount: program.convolutionOperationCount,
            plannedByteCount: program.byteCount(threadCount: threadCount))
        let processor = ProcessorPeak(program.instructionSet, threadCount: threadCount)
        _ = try bound.run()
        for _ in 0..<max(1, runCount) {
            measurement.peak = max(measurement.peak, processor.highest())
            measurement.runs.append(try bound.run())
        }
        measurement.residentByteCount = peakResidentByteCount()
        return measurement
    }
}

extension ProcessorPeak {
    /// Of a few samples, since others run on the machine as well.
    func highest() -> Double { (0..<4).reduce(0) { highest, _ in max(highest, sample()) } }
}

extension [Double] {
    /// The mean of the middle two where their number is even; NaN of none.
    package var median: Double {
        let sorted = sorted()
        guard !isEmpty else { return .nan }
        return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
    }
}
