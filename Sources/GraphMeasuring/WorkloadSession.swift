import GraphEnlarging
import GraphImaging
import GraphCompiler
import GraphIR
import GraphModel
import GraphRuntime

/// A workload ready to run: its program, bound to random pixels and to sinks that keep a row at a time, as a
/// picture's file does.
final class WorkloadSession {
    let session: Session
    /// Rows of the low-resolution picture that are worked on at a time; nil for all.
    let bandRows: Int?
    private var stepNumber: Float = 0
    private let isTraining: Bool

    /// - Throws: when the model does not enlarge pictures, or declares no such entry.
    init(
        _ model: Model, _ workload: Workload, threadCount: Int, bands: Bands, _ algorithm: ConvolutionAlgorithm
    ) throws(MeasuringError) {
        isTraining = workload.role == .train
        do {
            let entry = try model.entry(workload.role)
            let enlargement = try Enlargement(model)
            let size = PictureSize(width: workload.width, height: workload.height)
            if let own = enlargement.ownSize, own != size {
                throw EnlargingError.otherSize(graph: entry.graph.name, own, found: size)
            }
            let sizes = enlargement.sizes(
                imageCount: workload.imageCount, height: workload.height, width: workload.width)
            // A training step sums over whole images.
            let plan = try Pipeline.plan(
                entry, sizes: sizes,
                PlanOptions(.best, algorithm: algorithm, memory: isTraining ? .wholeImages : .init(bands)))
            let program = plan.program
            bandRows = plan.bandRows
            session = try Session(program, parameters: model.parameters, threadCount: threadCount)
            let inputs = program.graph.nodes.filter { $0.content == .input }.map { node -> (String, any RowSource) in
                (node.name, node.type.element == .u8 ? RandomPixels() : Halves())
            }
            let outputs = program.graph.outputs.map { ($0.name, LatestRow()) }
            try session.bind(
                inputs: Dictionary(uniqueKeysWithValues: inputs), outputs: Dictionary(uniqueKeysWithValues: outputs))
            if isTraining { try session.setScalar(TrainingScalars.learningRate, 1e-4) }
        } catch {
            throw MeasuringError(error)
        }
    }

    /// Runs once; the seconds that it took.
    func run() throws(MeasuringError) -> Double {
        let start = ContinuousClock.now
        try run { () throws(RuntimeError) in try session.run() }
        return (ContinuousClock.now - start) / .seconds(1)
    }

    func profiledRun() throws(MeasuringError) -> Profile {
        try run { () throws(RuntimeError) in try session.profiledRun() }
    }

    private func run<Result>(_ body: () throws(RuntimeError) -> Result) throws(MeasuringError) -> Result {
        do throws(RuntimeError) {
            if isTraining {
                stepNumber += 1
                try session.setScalar(TrainingScalars.step, stepNumber)
            }
            return try body()
        } catch { throw .runtime(error) }
    }
}

/// Rows of any picture: each begins somewhere in the same random bytes.
private final class RandomPixels: RowSource {
    private var bytes: [UInt8] = []

    func fill(row: Int, into target: UnsafeMutableRawBufferPointer) throws {
        let start = row &* 4099 & 0xFFFF
        while bytes.count < start + target.count {
            var generator = SplitMix64(seed: UInt64(bytes.count))
            bytes += (0..<1 << 16).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        }
        bytes.withUnsafeBytes { target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[start..<start + target.count])) }
    }
}

/// Rows of a number that networks take as a strength or a share.
private final class Halves: RowSource {
    func fill(row: Int, into bytes: UnsafeMutableRawBufferPointer) { bytes.bindMemory(to: Float.self).update(repeating: 0.5) }
}

/// Takes each row into the same memory.
private final class LatestRow: RowSink {
    private var bytes: [UInt8] = []

    func take(row: Int, from source: UnsafeRawBufferPointer) throws {
        if bytes.count < source.count { bytes = Array(repeating: 0, count: source.count) }
        bytes.withUnsafeMutableBytes { $0.copyMemory(from: source) }
    }
}
