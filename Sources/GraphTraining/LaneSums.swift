import GraphIR
import GraphModel
import GraphRuntime

/// Runs lanes one after the other and sums what they hand over: over a binary tree whose leaves are the lanes in order, so
/// that ranks which have a part of the lanes each sum a part of the same tree.
final class LaneSums {
    private let session: Session
    private let inputs: TrainingInputs
    private let layout: LaneLayout
    private let laneCount: Int
    private let reducedSource = TensorSource<UInt8>([])
    private let truthSource = TensorSource<UInt8>([])
    /// As many as are held at a time: a sum for each level of the tree, and the lane that runs.
    private var free: [Sum] = []

    private struct Sum {
        let vector: FloatVector
        let sinks: [String: any RowSink]

        init(_ layout: LaneLayout) throws(RuntimeError) {
            let vector = try FloatVector(count: layout.count)
            self.vector = vector
            sinks = Dictionary(
                uniqueKeysWithValues: (layout.gradients + layout.states).map { part in
                    (part.output, vector.sink(at: part.range.lowerBound, count: part.range.count))
                })
        }
    }

    /// - Parameter laneCount: a power of two.
    init(_ session: Session, _ inputs: TrainingInputs, _ layout: LaneLayout, laneCount: Int) throws(TrainingError) {
        self.session = session
        self.inputs = inputs
        self.layout = layout
        self.laneCount = laneCount
        free = try asTrainingError { try (0...laneCount.trailingZeroBitCount).map { _ in try Sum(layout) } }
    }

    /// Calls `body` with the sum over all lanes of a batch, which is there during the call alone.
    func run<Result>(
        on batch: Batch, _ body: (UnsafeMutableBufferPointer<Float>) throws(TrainingError) -> Result
    ) throws(TrainingError) -> Result {
        var held: [(sum: Sum, level: Int)] = []
        defer { free += held.map(\.sum) }
        for lane in 0..<laneCount {
            var sum = free.removeLast()
            var level = 0
            try run(batch.lane(lane, of: laneCount), into: sum)
            while let left = held.last, left.level == level {
                left.sum.vector.values.add(sum.vector.values)
                free.append(sum)
                sum = left.sum
                held.removeLast()
                level += 1
            }
            held.append((sum, level))
        }
        return try body(held[0].sum.vector.values)
    }

    private func run(_ batch: Batch, into sum: Sum) throws(TrainingError) {
        reducedSource.values = batch.reduced
        truthSource.values = batch.truth
        try asTrainingError {
            try session.bind(inputs: [inputs.reduced: reducedSource, inputs.truth: truthSource], outputs: sum.sinks)
            try session.run()
        }
        for (place, measure) in zip(layout.measures, inputs.measures) {
            sum.vector.values[place] = session.measure(measure.name) ?? .nan
        }
    }
}

extension Batch {
    /// One of several equal parts.
    func lane(_ lane: Int, of count: Int) -> Batch {
        func part(_ pixels: [UInt8]) -> [UInt8] {
            let length = pixels.count / count
            return Array(pixels[lane * length..<(lane + 1) * length])
        }
        return Batch(reduced: part(reduced), truth: part(truth))
    }
}
