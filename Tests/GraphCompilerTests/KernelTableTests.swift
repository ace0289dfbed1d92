import GraphCompiler
import GraphIR
import GraphModelFixtures
import Testing

/// Reference implementations are for shapes that no kernel takes: neither the models nor any op needs them.
@Suite struct KernelTableTests {
    @Test(arguments: SmallModel.all, Role.allCases)
    func noModelRunsAReferenceImplementation(_ model: SmallModel, _ role: Role) throws {
        for sizes in [["N": 1, "H": 1, "W": 1], ["N": 2, "H": 6, "W": 9]] {
            let program = try Pipeline.plan(model.entry(role), sizes: sizes, PlanOptions(.portable)).program
            #expect(referenceSteps(program) == [])
        }
    }

    /// Ops that have no kernel yet.
    private static let withoutKernel: Set<OpName> = [.table]

    @Test func noOpRunsAReferenceImplementation() throws {
        let program = try Pipeline.plan(OpUses.entry(), sizes: OpUses.sizes, PlanOptions(.portable)).program
        #expect(Set(referenceSteps(program)) == Self.withoutKernel)
    }

    private func referenceSteps(_ program: Program) -> [OpName] {
        program.steps.filter { $0.kernel == .reference }.flatMap { step in
            program.graph.groups[step.group].members.compactMap { program.graph[$0].operation?.op }
        }
    }
}
