import GraphCompiler
import GraphIR
import GraphLanguage
import GraphModel
import GraphPack
import GraphRuntime
import SystemPackage

/// One random model computed in all ways that there are, and what differs.
///
/// For each entry and each binding of its sizes the reference implementations in double precision say what is right.
/// Programs of each instruction set, and the simplified and the fused graph by reference implementations, come as near to
/// that as single precision does: `2e-5 + 20·(e + p)` of the largest value of a tensor, e being the error of the
/// reference implementations in single precision, and p the same with a relative change of 10⁻⁶ in weights and inputs,
/// where what a saturated function leaves is rounded in another way.
/// Bit by bit the same are: whole images and bands, any number of threads, the program of a text of each stage that is
/// read again, and the model of a pack with all of its weights and states. Sizes that one way refuses all refuse.
public struct RandomComparison {
    /// What differs, a line each; empty where nothing does.
    public private(set) var differences: [String] = []
    /// Entries with sizes that were compared.
    public private(set) var comparedCount = 0

    private let seed: UInt64
    private let drawn: RandomModule
    private let folder: FilePath

    /// - Parameters:
    ///   - operationCount: see ``RandomModule``.
    ///   - folder: where a pack of the model may be written.
    /// - Returns: nil where no model comes of the seed, or one whose numbers grow beyond bounds.
    public init?(seed: UInt64, operationCount: Int = .max, folder: FilePath) {
        guard let drawn = RandomModule(seed: seed, operationCount: operationCount) else { return nil }
        self.seed = seed
        self.drawn = drawn
        self.folder = folder
        do {
            try compare()
        } catch {
            differences.append("error: \(error)")
        }
        guard comparedCount > 0 || !differences.isEmpty else { return nil }
    }

    /// As text of stage elaborated.
    public var text: String { SyntaxPrinter.print(drawn.module.syntax(stage: .elaborated)) }

    // MARK: The model

    private mutating func compare() throws {
        var module = drawn.module
        // Without a weight on the way to the loss there is nothing to train.
        if (try? Pipeline.continue(module, after: .elaborated, upTo: .differentiated)) == nil {
            module.entries.removeAll { $0.role == .train }
        }
        let differentiated = try Pipeline.continue(module, after: .elaborated, upTo: .differentiated)
        let simplified = try Pipeline.continue(differentiated, after: .differentiated, upTo: .simplified)
        let fused = try Pipeline.continue(simplified, after: .simplified, upTo: .fused)
        for (stage, module) in [
            (Stage.elaborated, module), (.differentiated, differentiated), (.simplified, simplified), (.fused, fused),
        ] {
            let text = SyntaxPrinter.print(module.syntax(stage: stage))
            if try Pipeline.run(text, upTo: stage) != module { differences.append("\(stage) reads otherwise than it prints") }
            if try Pipeline.run(text, upTo: .fused) != fused { differences.append("\(stage) goes on to another graph") }
        }
        let source = SourceText(SyntaxPrinter.print(module.syntax(stage: .elaborated)), name: "random")
        let model = try Model(source: source, seed: seed)
        for tensor in model.parameters.tensors where tensor.initializer == .zeros {
            try model.parameters.setValues(RandomArguments.values(of: tensor, seed: seed), of: tensor.path)
        }
        try comparePacks(model)
        for (index, sizes) in drawn.bindings.enumerated() {
            for (position, entry) in fused.entries.enumerated() {
                try compare(
                    model, entry, [differentiated, simplified, fused].map { $0.entries[position].graph }, sizes,
                    isFirst: index == 0)
            }
        }
    }

    /// A model has its entries, weights and states again once it is read from a pack.
    private mutating func comparePacks(_ model: Model) throws {
        let path = folder.appending("model.gpack")
        for includingState in [false, true] {
            var model = model
            if includingState { model.training = ["step": "1"] }
            try model.pack(includingState: includingState).write(to: path)
            let again = try Model(contentsOf: path)
            for entry in model.compiled.entries where try again.entry(entry.role) != entry {
                differences.append("entry \(entry.role) is another in a pack")
            }
            for tensor in model.parameters.tensors where includingState || !tensor.isTrainingState {
                let (kept, found) = (model.parameters.values(of: tensor.path), again.parameters.values(of: tensor.path))
                if kept != found { differences.append("a pack changes @\(tensor.path)") }
            }
        }
    }

    // MARK: An entry

    /// - Parameter graphs: what the interpreter runs, the first of them to say what is right.
    private mutating func compare(
        _ model: Model, _ entry: Entry, _ graphs: [Graph], _ sizes: [String: Int], isFirst: Bool
    ) throws {
        let what = "\(entry.role) \(sizes.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: ","))"
        let bound: Graph
        do throws(NodeError) {
            bound = try graphs[0].bound(to: sizes)
        } catch {
            // What a pass leaves out, because nothing needs it, refuses nothing.
            if graphs[0].hasUnneeded { return }
            if (try? graphs[2].bound(to: sizes)) != nil {
                differences.append("\(what): the compiler takes what is refused: \(error)")
            }
            return
        }
        let runs = EntryRuns(
            role: entry.role, reference: graphs[0], fused: entry, sizes: sizes, tensors: model.parameters.tensors,
            parameters: Dictionary(
                uniqueKeysWithValues: model.parameters.tensors.map { ($0.path, model.parameters.values(of: $0.path) ?? []) }),
            arguments: RandomArguments(bound, seed: seed))
        let exact = try runs.interpreted(graphs[0], in: Double.self)
        guard exact.values.values.allSatisfy({ $0.allSatisfy { abs($0) < 1e4 } }) else { return }
        comparedCount += 1
        let error = try runs.interpreted(graphs[0], in: Float.self).difference(from: exact).amount
        guard error.isFinite else { return }

        func check(_ found: RandomOutcome, _ way: String) throws {
            let (amount, name) = found.difference(from: exact)
            if amount <= 2e-5 + 20 * error { return }
            var sensitivity: Float = 0
            for draw in 1...8 as ClosedRange<UInt64> {
                let moved = try runs.interpreted(graphs[0], in: Float.self, perturbation: (1e-6, draw))
                sensitivity = max(sensitivity, moved.difference(from: exact).amount)
            }
            if amount <= 2e-5 + 20 * (error + sensitivity) { return }
            differences.append("\(what): \(way) differs by \(amount) in \(name)")
        }
        for (graph, stage) in zip(graphs.dropFirst(), ["simplified", "fused"]) {
            try check(runs.interpreted(graph, in: Float.self), "the \(stage) graph, interpreted,")
        }
        let whole = try runs.plan(.best, bandRows: nil)
        let result = try runs.executed(whole, threadCount: 1)
        try check(result, "the program")
        for instructionSet in InstructionSet.runnable where instructionSet != .best && (isFirst || seed % 4 == 0) {
            try check(runs.executed(runs.plan(instructionSet, bandRows: nil), threadCount: 1), "\(instructionSet)")
        }
        if seed % 4 == 1 {
            try check(runs.executed(runs.plan(.best, bandRows: nil, .direct), threadCount: 1), "direct convolution")
        }
        for (bandRows, threadCount) in [(nil, 2), (1, 1), (2, 2), (3, 1)] as [(Int?, Int)] where isFirst || bandRows != 2 {
            let program = try bandRows == nil ? whole : runs.plan(.best, bandRows: bandRows)
            if try runs.executed(program, threadCount: threadCount) != result {
                differences.append("\(what): bands of \(bandRows ?? 0) on \(threadCount) threads differ")
            }
        }
        try comparePlanTexts(runs, result, what)
    }

    /// Plans are read again as they were, and go on to the same.
    private mutating func comparePlanTexts(_ runs: EntryRuns, _ result: RandomOutcome, _ what: String) throws {
        let bandRows = seed % 2 == 0 ? 2 : nil
        let planned = try runs.plan(.best, bandRows: bandRows)
        for stage in [Stage.lowered, .scheduled, .planned] {
            let form = try Pipeline.run(runs.fused, sizes: runs.sizes, .best, bandRows: bandRows, upTo: stage)
            let read = try readProgram(form.text(role: runs.role, stage: stage))
            if try read != form.program { differences.append("\(what): \(stage) reads otherwise than it prints") }
            let again = try Pipeline.continue(read, bandRows: bandRows, after: stage, upTo: .planned)
            if again != planned { differences.append("\(what): \(stage) goes on to another plan") }
            if stage == .planned, try runs.executed(again, threadCount: 1) != result {
                differences.append("\(what): a plan that was read computes something else")
            }
        }
    }
}

extension Graph {
    fileprivate var hasUnneeded: Bool { isNeeded(for: roots).contains(false) }
}
