import GraphIR
import GraphLanguage

/// Why a model cannot be compiled.
public enum CompileError: Error, Sendable {
    /// Mistakes in the source, with their places.
    case source(Diagnostics)
    /// The model is well formed but cannot be compiled: its loss depends on no weight, say.
    case illegal(NodeError)
    /// A hand that edited a dump broke an invariant.
    case invariant(Role, VerificationError)
    /// The compiler itself is wrong.
    case broken(Role, BrokenPass)

    /// For people, with the places in the source.
    public func rendered(file: String, source: String) -> String { diagnostics.rendered(file: file, source: source) }

    /// As mistakes with their places.
    public var diagnostics: Diagnostics {
        switch self {
        case .source(let diagnostics): diagnostics
        case .illegal(let error): Self.illegal(error.wording, error.origin)
        case .invariant(let role, let error): Self.invariant(role, error.description, error.origin)
        case .broken(let role, let error): Self.invariant(role, error.description, error.origin)
        }
    }

    private static func illegal(_ wording: Wording, _ origin: Origin) -> Diagnostics {
        Diagnostics([
            Diagnostic(
                code: wording.code, wording.message, at: origin.location, expected: wording.expected,
                found: wording.found, notes: origin.chain)
        ])
    }

    private static func invariant(_ role: Role, _ message: String, _ origin: Origin) -> Diagnostics {
        Diagnostics([
            Diagnostic(code: .invariant, "entry \(role.rawValue): \(message)", at: origin.location, notes: origin.chain)
        ])
    }
}
