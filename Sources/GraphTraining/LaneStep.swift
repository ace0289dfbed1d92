import Glibc
import GraphCompiler
import GraphIR
import GraphModel
import GraphRuntime

/// A batch that is several lanes: equal parts with gradients of their own, of which the mean updates the weights.
///
/// Ranks share out the lanes, each some that are neighbours. What all lanes hand over is summed over one binary tree, cut into
/// slices of whole blocks: each rank sums its own lanes, gets its slice of the sums of all, sums these, updates the
/// weights of its slice, of which it alone has the optimizer's states, and gives them to the others. A state that the graph updates
/// becomes the mean of what the lanes make of it, and a measure is the mean of the lanes'. No number of it depends on how
/// many ranks there are.
final class LaneStep: TrainingStep {
    let inputs: TrainingInputs

    private let model: Model
    private let extras: TrainingExtras
    private let recipe: Recipe
    private let ranks: any RankGroup
    private let lane: Graph
    private let layout: LaneLayout
    private let sums: LaneSums
    /// The numbers of each rank.
    private let slices: [Range<Int>]
    private let optimizer: OptimizerSlice
    /// This rank's slice of the sums of all ranks; empty on one rank, whose sum is the whole.
    private let pieces: FloatVector
    /// What weights, states and measures become.
    private let next: FloatVector

    /// - Requires: the recipe is checked.
    /// - Throws: when memory is short.
    init(
        _ model: Model, _ inputs: TrainingInputs, _ extras: TrainingExtras, _ recipe: Recipe, _ options: RunOptions,
        _ ranks: any RankGroup
    ) throws(TrainingError) {
        self.model = model
        self.extras = extras
        self.inputs = inputs
        self.recipe = recipe
        self.ranks = ranks
        let entry = try asTrainingError {
            // Makes room for the optimizer's states, too.
            _ = try model.entry(.train)
            return try model.laneEntry(except: recipe.frozen)
        }
        lane = entry.graph
        layout = LaneLayout(lane, measureCount: inputs.measures.count)
        let program = try entry.program(inputs, recipe, options, cropCount: recipe.batchCount / recipe.laneCount)
        sums = try LaneSums(
            model, program, inputs, extras, layout, laneCount: recipe.laneCount / ranks.count, threadCount: options.threadCount)
        slices = layout.slices(rankCount: ranks.count)
        let slice = slices[ranks.rank]
        optimizer = try OptimizerSlice(
            recipe.optimizer, count: slice.clamped(to: 0..<layout.gradientCount).count, options)
        do {
            pieces = try FloatVector(count: ranks.count == 1 ? 0 : slice.count * ranks.count)
            next = try FloatVector(count: layout.count)
        } catch { throw .runtime(error) }
        readModel()
    }

    func run(_ step: Int, on batch: Batch) throws(TrainingError) -> StepValues {
        let sum = sumOfRanks(try sums.run(on: batch))
        // A power of two, so that gradients may be divided where they are used.
        let share = 1 / Float(recipe.laneCount)
        UnsafeMutableBufferPointer(rebasing: sum[optimizer.count..<slices[ranks.rank].count]).scale(by: share)
        let norm = gradientNorm(sum) * share
        try update(step, sum, share: share, norm: norm)
        ranks.share(next.values, slices: slices)
        model.parameters.withMutableValues { places in
            for part in layout.gradients + layout.states {
                places[part.path]?.copy(UnsafeMutableBufferPointer(rebasing: next.values[part.range]))
            }
        }
        return StepValues(measures: layout.measures.map { Double(next.values[$0]) }, gradientNorm: Double(norm))
    }

    /// This rank's slice of the sum over all lanes.
    private func sumOfRanks(_ sum: UnsafeMutableBufferPointer<Float>) -> UnsafeMutableBufferPointer<Float> {
        guard ranks.count > 1 else { return sum }
        ranks.exchange(sum, slices: slices, into: pieces.values)
        let length = slices[ranks.rank].count
        func piece(_ rank: Int) -> UnsafeMutableBufferPointer<Float> {
            UnsafeMutableBufferPointer(rebasing: pieces.values[rank * length..<(rank + 1) * length])
        }
        var distance = 1
        while distance < ranks.count {
            for rank in stride(from: 0, to: ranks.count, by: 2 * distance) { piece(rank).add(piece(rank + distance)) }
            distance *= 2
        }
        return piece(0)
    }

    /// The root of the sum of the squares of all gradients, added block after block.
    private func gradientNorm(_ sum: UnsafeMutableBufferPointer<Float>) -> Float {
        let own = UnsafeMutableBufferPointer(rebasing: sum[..<optimizer.count]).sumsOfSquares(blockCount: LaneLayout.blockCount)
        let mostBlocks = (slices.map(\.count).max() ?? 0) / LaneLayout.blockCount
        // Squares are never negative, and zeros change no sum of them.
        let all = ranks.gather(own + Array(repeating: 0, count: mostBlocks - own.count))
        return Float(all.reduce(0, +).squareRoot())
    }

    /// What the numbers of this rank's slice become.
    ///
    /// - Parameters:
    ///   - sum: the sums of gradients over all lanes, and behind them the means of states and measures.
    ///   - share: of a lane in the mean gradient, whose norm is `norm`.
    private func update(
        _ step: Int, _ sum: UnsafeMutableBufferPointer<Float>, share: Float, norm: Float
    ) throws(TrainingError) {
        optimizer.set(OptimizerUpdate.gradients, UnsafeMutableBufferPointer(rebasing: sum[..<optimizer.count]))
        var scalars = recipe.scalars(step: step)
        // As `GradientClipping` has it.
        scalars[OptimizerUpdate.gradientScale] = max(0, min(1, recipe.clipNorm / norm)) * share
        try optimizer.update(scalars)
        let slice = slices[ranks.rank]
        let own = UnsafeMutableBufferPointer(rebasing: next.values[slice])
        optimizer.copy(OptimizerUpdate.weights, to: UnsafeMutableBufferPointer(rebasing: own[..<optimizer.count]))
        UnsafeMutableBufferPointer(rebasing: own[optimizer.count...])
            .copy(UnsafeMutableBufferPointer(rebasing: sum[optimizer.count..<slice.count]))
    }

    func firstNonFinite(_ step: Int, on batch: Batch) throws(TrainingError) -> String? {
        let laneCount = recipe.laneCount / ranks.count
        let found = try ranks.together { () throws(TrainingError) -> String? in
            for index in 0..<laneCount {
                let found = try model.firstNonFinite(
                    of: lane, inputs, extras, on: batch.lane(index, of: laneCount),
                    cropCount: recipe.batchCount / recipe.laneCount, patchSide: recipe.patchSide,
                    scalars: inputs.scalars(of: extras))
                if found != nil { return found }
            }
            return nil
        }
        return ranks.gather(found ?? "").first { !$0.isEmpty }
    }

    func readModel() {
        let slice = slices[ranks.rank]
        for (kept, ending) in kept {
            model.parameters.withMutableValues { places in
                for part in layout.gradients {
                    guard let values = places[part.path + ending] else { continue }
                    UnsafeMutableBufferPointer(rebasing: next.values[part.range]).copy(values)
                }
            }
            optimizer.set(kept, UnsafeMutableBufferPointer(rebasing: next.values[slice.prefix(optimizer.count)]))
        }
    }

    func writeModel() {
        let slice = slices[ranks.rank]
        for (kept, ending) in kept where !ending.isEmpty {
            optimizer.copy(kept, to: UnsafeMutableBufferPointer(rebasing: next.values[slice.prefix(optimizer.count)]))
            ranks.collect(next.values, slices: slices)
            guard ranks.isFirst else { continue }
            model.parameters.withMutableValues { places in
                for part in layout.gradients {
                    places[part.path + ending]?.copy(UnsafeMutableBufferPointer(rebasing: next.values[part.range]))
                }
            }
        }
    }

    /// Weights and what the optimizer keeps, and the ending of their paths in the model.
    private var kept: [(path: String, ending: String)] {
        ([""] + recipe.optimizer.stateEndings).map { (OptimizerUpdate.weights + $0, $0) }
    }
}
