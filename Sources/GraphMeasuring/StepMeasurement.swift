import GraphEnlarging
import GraphCompiler
import GraphIR
import GraphModel
import GraphRuntime

/// How long one step of a program takes.
public struct StepMeasurement: Hashable, Sendable {
    /// The step's name in the plan.
    public var name: String
    /// The kernel that computes it.
    public var kernel: String
    /// `128×128, 3×3, 64→256` for a convolution: rows and columns of the result, the filter, channels in and out.
    /// For others the shape of the result.
    public var shape: String
    /// Calls of the kernel in a run.
    public var callCount: Int
    /// Of all calls of a run.
    public var seconds: Double
    /// Multiplications and additions of direct convolution in a run.
    public var operationCount: Int
}

extension Model {
    /// Runs a workload on one thread and times each step: the median over the runs. What comes in and goes out
    /// is the last.
    ///
    /// - Returns: the steps in order, and the peak of one thread as ``WorkloadMeasurement/peak``.
    public func profile(
        _ workload: Workload, bands: Bands = .automatic, algorithm: ConvolutionAlgorithm = .best, runCount: Int
    ) throws(MeasuringError) -> (steps: [StepMeasurement], peak: Double) {
        let bound = try WorkloadSession(self, workload, threadCount: 1, bands: bands, algorithm)
        let program = bound.session.program
        let processor = ProcessorPeak(program.instructionSet, threadCount: 1)
        var peak = 0.0
        var profiles: [Profile] = []
        _ = try bound.run()
        for _ in 0..<max(1, runCount) {
            peak = max(peak, processor.highest())
            profiles.append(try bound.profiledRun())
        }
        func measurement(
            _ name: String, _ kernel: String, _ shape: String, operationCount: Int, _ entry: (Profile) -> Profile.Entry
        ) -> StepMeasurement {
            StepMeasurement(
                name: name, kernel: kernel, shape: shape, callCount: entry(profiles[0]).taskCount,
                seconds: profiles.map { entry($0).seconds }.median, operationCount: operationCount)
        }
        let steps = program.steps.enumerated().map { index, step in
            measurement(
                step.name, step.kernel.rawValue, program.shapeText(of: step),
                operationCount: program.convolutionOperationCount(of: step)
            ) { $0.steps[index] }
        }
        let streams = measurement("in and out", "rows", "", operationCount: 0) { $0.streams }
        // What was prepared before the runs made no call in them.
        return ((steps + [streams]).filter { $0.callCount > 0 }, peak)
    }
}

extension Program {
    fileprivate func shapeText(of step: Step) -> String {
        if case .convolution(let geometry) = step.geometry {
            let images = geometry.imageCount == 1 ? "" : "\(geometry.imageCount)×"
            return "\(images)\(geometry.outputHeight)×\(geometry.outputWidth), "
                + "\(geometry.filterHeight)×\(geometry.filterWidth), \(geometry.inputChannels)→\(geometry.outputChannels)"
        }
        let shape = step.outputs.first.flatMap { self[buffer: $0].value }.flatMap { graph[$0].type.shape.constant } ?? []
        return shape.map(String.init).joined(separator: "×")
    }
}
