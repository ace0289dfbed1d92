import GraphCompiler
import GraphIR
import GraphModelFixtures
import Testing

/// What fusion makes of the project's models survives until kernels are chosen.
@Suite struct FusedModelsTests {
    @Test(arguments: SmallModel.all, [Role.predict, .train])
    func everyGroupHasAKernel(_ model: SmallModel, _ role: Role) throws {
        let entry = try model.entry(role)
        let program = try Pipeline.plan(entry, sizes: ["N": 2, "H": 9, "W": 7], PlanOptions(.portable)).program
        let groups = names(of: program.graph)
        #expect(
            names(of: entry.graph).allSatisfy { group in groups.contains { $0.isSuperset(of: group) } }, "some were taken apart")
        #expect(program.graph.groups.filter { $0.kernel == .reference }.isEmpty)
    }

    /// For any instruction set, in inference and in training.
    @Test(arguments: SmallModel.networks, Role.allCases)
    func noStepOfANetworkIsAReferenceStep(_ network: SmallModel, _ role: Role) throws {
        let entry = try network.entry(role)
        let multiple = network.sideMultiple == 1 ? 6 : 2 * network.sideMultiple
        for instructionSet in InstructionSet.allCases {
            let program = try Pipeline.plan(
                entry, sizes: ["N": 3, "H": multiple, "W": multiple], PlanOptions(instructionSet)
            ).program
            #expect(program.steps.filter { $0.kernel == .reference }.map(\.name) == [], "\(instructionSet)")
        }
    }

    /// What the members of each group are called: passes behind fusion join groups, but rename nothing.
    private func names(of graph: Graph) -> [Set<String>] {
        graph.groups.map { group in Set(group.members.map { graph[$0].name }) }
    }

    /// In inference a model is its convolutions, what it does to weights, and the enlargement that comes first.
    @Test(arguments: SmallModel.all)
    func inferenceIsConvolutionsAlone(_ model: SmallModel) throws {
        let entry = try model.entry(.predict)
        let program = try Pipeline.plan(entry, sizes: ["N": 1, "H": 9, "W": 7], PlanOptions(.portable)).program
        let kernels = program.steps.filter { !$0.isPreparation }
            .map { [.conv2DWinograd, .conv2DDot].contains($0.kernel) ? .conv2DDirect : $0.kernel }
        let convolutions = program.graph.nodes.filter { $0.operation?.op == .conv2D }.count
        let enlargesFirst = program.graph.nodes.contains { $0.operation?.op == .resizeBicubic }
        #expect(
            kernels == (enlargesFirst ? [.pointwise, .resizeBicubic] : [])
                + Array(repeating: .conv2DDirect, count: convolutions))
    }
}
