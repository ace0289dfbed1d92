import GraphIR
import GraphInterchange
import GraphModel

/// Why a model is not written for other programs.
public enum ExportError: Error, Hashable, Sendable {
    case model(ModelError)
    case interchange(InterchangeError)
    /// Ops of the graph that have no counterpart, each once.
    case unsupported(graph: String, [OpName])
}

extension ExportError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .model(let error): error.description
        case .interchange(let error): error.description
        case .unsupported(let graph, let ops):
            "'\(graph)' cannot be written as ONNX: it has no counterpart of \(ops.map(\.rawValue).joined(separator: ", "))"
        }
    }
}
