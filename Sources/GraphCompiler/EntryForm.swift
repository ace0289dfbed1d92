import GraphIR

/// An entry between two passes.
public enum EntryForm: Hashable, Sendable {
    case graph(Graph)
    /// From `buildSteps` on.
    case program(Program)

    /// The entry's graph, as it was last.
    public var graph: Graph {
        switch self {
        case .graph(let graph): graph
        case .program(let program): program.graph
        }
    }

    /// The program that it has become.
    public var program: Program {
        get throws(ProgramError) {
            guard case .program(let program) = self else { throw .withoutSteps(graph: graph.name) }
            return program
        }
    }
}
