import GraphIR

/// A mistake of the compiler: a pass whose result is not what its contract says.
public struct BrokenPass: Error, Hashable, Sendable, CustomStringConvertible {
    /// The name of the pass.
    public var pass: String
    /// What does not hold.
    public var fault: Fault

    /// What a pass has left behind.
    public enum Fault: Hashable, Sendable {
        /// A graph that breaks an invariant of all graphs.
        case graph(VerificationError)
        /// A program that breaks an invariant of its stage.
        case program(ProgramError)
        /// Something else than the contract says, which is the payload.
        case contract(String)
    }

    init(_ pass: String, _ fault: Fault) {
        self.pass = pass
        self.fault = fault
    }

    /// Where the node in question was written.
    public var origin: Origin {
        switch fault {
        case .graph(let error): error.origin
        case .program, .contract: .none
        }
    }

    /// In one line, for people.
    public var description: String { "the compiler's pass '\(pass)' is at fault: \(fault)" }
}

extension BrokenPass.Fault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .graph(let error): error.description
        case .program(let error): error.description
        case .contract(let contract): "its contract does not hold: \(contract)"
        }
    }
}
