import GraphIR
import GraphLanguage

/// Reads a dump of the stages `lowered`, `scheduled` and `planned`.
///
/// The graph is elaborated and verified, steps are built from it anew, and the plan's lines are checked
/// against both: a plan from a text runs only when it is proved sound (`PlanVerifier`). What stands in it of a later
/// stage, as in a dump after a pass between the two, is made anew when compilation goes on.
public func readProgram(_ source: String) throws(CompileError) -> Program {
    let declaration: Declaration
    let graph: Graph
    let stage: Stage
    do throws(Diagnostics) {
        let file = try Parser.parse(source)
        guard let entry = file.declarations.first, file.declarations.count == 1, entry.keyword == .entry,
            let ownStage = file.stage.flatMap({ Stage(rawValue: $0.text) }), ownStage.needsSizes
        else {
            throw Diagnostics([
                Diagnostic(
                    code: .badEntry,
                    "a plan begins with 'stage lowered', 'stage scheduled' or 'stage planned' and holds one entry",
                    at: file.declarations.first?.location ?? .none)
            ])
        }
        stage = ownStage
        declaration = entry
        graph = try elaborate(entry: entry)
    } catch {
        throw .source(error)
    }
    let role = declaration.role.flatMap { Role(rawValue: $0.text) } ?? .predict
    do { try Verifier.verify(graph) } catch { throw .invariant(role, error) }
    do throws(Diagnostics) {
        var reader = PlanReader(try steps(of: graph, role: role, declaration), stage)
        try reader.read(declaration.body)
        return try reader.verified(at: declaration.location)
    } catch {
        throw .source(error)
    }
}

private func steps(of graph: Graph, role: Role, _ declaration: Declaration) throws(Diagnostics) -> Program {
    var instructionSet: InstructionSet?
    for clause in declaration.clauses {
        if PlanHeaderClause(rawValue: clause.keyword.text) == .on, case .name(let name)? = clause.values.first?.kind {
            instructionSet = InstructionSet(rawValue: name)
        }
    }
    guard let instructionSet else {
        throw misread("the entry does not say 'on' and an instruction set", at: declaration.location)
    }
    guard graph.nodes.allSatisfy({ $0.type.shape.constant != nil }) else {
        throw misread("a plan's sizes are numbers", at: declaration.location)
    }
    do {
        return try buildSteps(graph, role: role, instructionSet: instructionSet)
    } catch {
        throw misread(error.description, at: declaration.location)
    }
}
