import GraphIR
import GraphLanguage

extension Module {
    /// A file that begins with its stage and holds every entry.
    public func syntax(stage: Stage) -> SourceFile { syntax(stage: stage.rawValue) }
}

extension EntryForm {
    /// As text of the one grammar that `graphc` reads and goes on from.
    ///
    /// - Parameter stage: the last that is complete; what there is already of the next shows, too.
    public func text(role: Role, stage: Stage) -> String {
        switch self {
        case .graph(let graph):
            SyntaxPrinter.print(Module(name: graph.name, entries: [Entry(role: role, graph: graph)]).syntax(stage: stage))
        case .program(let program): programText(program, stage: stage)
        }
    }
}
