import GraphIR
import GraphModel
import GraphPack
import SystemPackage

/// The weights, and states of the graph's own, of another pack that a model can begin with: those of the same name and shape.
///
/// A network for one scale begins so with what one for another scale has learnt: all but the layers that
/// enlarge are the same.
public struct InitialWeights: Sendable {
    /// As messages call the pack.
    public let path: FilePath
    /// What is taken.
    public private(set) var matching: [PackedTensor] = []
    /// In both, with unequal shapes.
    public private(set) var reshaped: [(path: String, here: [Int], there: [Int])] = []
    /// In the model alone: these keep their fresh values.
    public private(set) var missing: [String] = []
    /// In the pack alone.
    public private(set) var unused: [String] = []
    private let digest: Digest

    /// - Throws: when the pack cannot be read, or no weight fits.
    public init(contentsOf path: FilePath, for model: Model) throws(TrainingError) {
        let pack: Pack
        do { pack = try Pack(contentsOf: path) } catch { throw .pack(error) }
        try self.init(of: pack, named: path, for: model)
    }

    /// Those of a pack in memory, as of a model that was imported.
    ///
    /// - Parameter path: as messages call it.
    /// - Throws: when no weight fits.
    public init(of pack: Pack, named path: FilePath, for model: Model) throws(TrainingError) {
        self.path = path
        digest = pack.digest
        let tensors = pack.weights + pack.states.filter { !TrainingStates.contain($0.path) }
        let there = Dictionary(tensors.map { ($0.path, $0) }) { first, _ in first }
        let here = model.parameters.tensors.filter { !$0.isTrainingState }
        for weight in here {
            if let tensor = there[weight.path] {
                if tensor.shape == weight.shape {
                    matching.append(tensor)
                } else {
                    reshaped.append((weight.path, weight.shape, tensor.shape))
                }
            } else {
                missing.append(weight.path)
            }
        }
        let known = Set(here.map(\.path))
        unused = tensors.map(\.path).filter { !known.contains($0) }
        guard !matching.isEmpty else {
            throw .noMatchingWeights(
                path: path, count: pack.weights.count, examples: pack.weights.prefix(3).map(\.path), model: model.compiled.name)
        }
    }

    /// Puts them into the model.
    public func apply(to model: inout Model) throws(TrainingError) {
        for tensor in matching { try asTrainingError { try model.parameters.setValues(tensor.values, of: tensor.path) } }
        model.metadata["initial_weights"] = "\(matching.count) of \(digest)"
    }

    /// What matched, a line each for the rest.
    public var report: String {
        func list(_ items: [String]) -> String {
            items.prefix(6).joined(separator: ", ") + (items.count > 6 ? " and \(items.count - 6) more" : "")
        }
        let count = matching.count + reshaped.count + missing.count
        var lines = ["\(path): \(matching.count) of \(count) weights are taken by name"]
        if !reshaped.isEmpty {
            let shapes = reshaped.map { "@\($0.path) \($0.here), there \($0.there)" }
            lines.append("  of another shape, begin fresh: " + list(shapes))
        }
        if !missing.isEmpty { lines.append("  not there, begin fresh: " + list(missing.map { "@" + $0 })) }
        if !unused.isEmpty { lines.append("  not in this model: " + list(unused.map { "@" + $0 })) }
        return lines.joined(separator: "\n")
    }
}
