import GraphEnlarging
import GraphCompiler
import GraphIR
import GraphLanguage
import GraphModel
import GraphRuntime

/// Why a workload cannot be timed, or gradients cannot be checked.
public enum MeasuringError: Error, Hashable, Sendable {
    case model(ModelError)
    case enlarging(EnlargingError)
    case program(ProgramError)
    case runtime(RuntimeError)
    /// What the reference implementation objects to.
    case evaluation(NodeError)
    /// What the compiler objects to in a graph that it differentiated itself.
    case unsimplified(graph: String, Diagnostics)
    /// The model has no train entry.
    case noTraining(model: String)
    /// The train entry declares no loss.
    case noLoss(model: String)
    /// - Parameter known: the sizes that the graph has.
    case unknownSize(graph: String, String, known: [String])
    /// There is no weight at the path, or no gradient of it.
    case noGradient(path: String)
    /// The loss has a kink between the two sides of every difference quotient.
    case kinks(path: String)
}

extension MeasuringError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .model(let error): error.description
        case .enlarging(let error): error.description
        case .program(let error): error.description
        case .runtime(let error): error.description
        case .evaluation(let error): error.wording.inOneLine()
        case .unsimplified(let graph, let diagnostics): diagnostics.rendered(file: graph, source: "")
        case .noTraining(let model): "'\(model)' declares no 'train' entry, so it has no gradients"
        case .noLoss(let model): "'\(model)' declares no loss"
        case .unknownSize(let graph, let name, let known):
            "'\(graph)' has no size '\(name)'; it has \(known.joined(separator: ", "))"
        case .noGradient(let path): "there is no gradient of @\(path)"
        case .kinks(let path):
            "every difference quotient of @\(path) crosses a kink; use fewer pixels or another seed"
        }
    }
}

extension MeasuringError {
    /// What planning a workload and binding its program throw.
    init(_ error: any Error) {
        switch error {
        case let error as MeasuringError: self = error
        case let error as ModelError: self = .model(error)
        case let error as EnlargingError: self = .enlarging(error)
        case let error as ProgramError: self = .program(error)
        case let error as NodeError: self = .evaluation(error)
        case let error as RuntimeError: self = .runtime(error)
        default: self = .runtime(.stream(StreamError(error)))
        }
    }
}
