import GraphInterchange
import GraphModel
import SystemPackage

/// Why a network of another program does not become a model.
public enum ImportError: Error, Hashable, Sendable {
    case interchange(InterchangeError)
    case model(ModelError)
    /// Nodes for which the language has no words, all of them.
    case unsupported(path: FilePath, [UnsupportedNodes])
    /// The network takes or gives nothing that a model can take or give.
    case noTensors(path: FilePath)
    /// No rules name the tensors of a file of weights.
    /// - Parameter examples: some of their names.
    case noRules(path: FilePath, folder: FilePath, examples: [String])
    /// What was written is not what was read: a fault of this program.
    case readsBackDifferently(path: FilePath)
}

extension ImportError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .interchange(let error): return error.description
        case .model(let error): return error.description
        case .unsupported(let path, let nodes):
            let count = nodes.reduce(0) { $0 + $1.count }
            let list = nodes.map(\.description).joined(separator: "; ")
            return "\(path): \(count == 1 ? "a node has" : "\(count) nodes have") no counterpart in the graph language: \(list)"
        case .noTensors(let path): return "\(path): the network has no input or no output; export it with both"
        case .noRules(let path, let folder, let examples):
            let names = examples.map { "'\($0)'" }.joined(separator: ", ")
            return
                "\(path): none of the rules in \(folder) know such tensors, as \(names); export the network as ONNX, which needs none, "
                + "or name the model and write rules for them"
        case .readsBackDifferently(let path):
            return "\(path): the graph that was written does not read back as it was made; please report this"
        }
    }
}
