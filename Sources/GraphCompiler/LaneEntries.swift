import GraphIR

/// A training step in two halves, for batches that are several lanes: what each lane hands over, and an optimizer's step on
/// the mean of it.
extension Pipeline {
    /// The `train` entry of one lane at stage `fused`: ``GraphIR/Graph/withLaneResults(except:)`` in place of a whole training
    /// step.
    ///
    /// - Parameters:
    ///   - entry: at stage `elaborated`.
    ///   - frozen: weights of which no gradient is handed over.
    public static func laneEntry(of entry: Entry, except frozen: FrozenWeights) throws(CompileError) -> Entry {
        try perform(lanePassTable, on: entry, PassContext(role: entry.role, frozen: frozen), after: .elaborated)
    }

    /// An optimizer's step on so many rows of so many numbers, at stage `fused`; ``GraphIR/OptimizerUpdate`` names what it takes.
    public static func updateEntry(_ optimizer: Optimizer, rowCount: Int, rowElementCount: Int) throws(CompileError) -> Entry {
        let graph: Graph
        do { graph = try OptimizerUpdate.graph(optimizer, shape: [rowCount, 1, 1, rowElementCount]) } catch {
            throw .illegal(error)
        }
        return try perform(
            passTable, on: Entry(role: .train, graph: graph), PassContext(role: .train), after: .differentiated)
    }

    private static func perform(
        _ table: [StagePasses], on entry: Entry, _ context: PassContext, after first: Stage
    ) throws(CompileError) -> Entry {
        do throws(PassError) {
            let form = try perform(table, on: .graph(entry.graph), context, after: first, upTo: .fused)
            return Entry(role: entry.role, graph: form.graph)
        } catch {
            throw CompileError(error, of: entry.role)
        }
    }
}

/// The table of passes with that of lanes in place of `differentiate`.
private let lanePassTable = passTable.map { stage in
    StagePasses(
        stage.stage, untilUnchanged: stage.areRepeated,
        stage.passes.map { pass in
            guard pass.name == "differentiate" else { return pass }
            return Pass("differentiateLane", "a train entry hands over gradients, and what states become") {
                (graph, context) throws(NodeError) in try graph.withLaneResults(except: context.frozen)
            }
        })
}
