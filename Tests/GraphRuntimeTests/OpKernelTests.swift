import GraphCompiler
import GraphIR
import GraphRuntime
import GraphModelFixtures
import Testing

/// What kernels make of each op alone is what its reference implementation says.
@Suite struct OpKernelTests {
    @Test(arguments: InstructionSet.runnable)
    func kernelsComputeWhatOpsMean(_ instructionSet: InstructionSet) throws {
        let entry = try OpUses.entry()
        let case_ = EntryCase(entry, sizes: OpUses.sizes, seed: 3)
        let expected = try case_.interpreted()
        let found = try case_.executed(instructionSet, bandRows: nil, threadCount: 2)
        for output in entry.graph.outputs {
            let name = output.name
            let difference = EntryCase.Outcome(outputs: found.outputs.filter { $0.key == name })
                .difference(from: EntryCase.Outcome(outputs: expected.outputs.filter { $0.key == name }))
            let op = entry.graph[output.value].operation?.op
            #expect(difference < 1e-5, "\(op?.rawValue ?? ""), as \(name)")
        }
    }

    @Test(arguments: OpName.allCases)
    func everyOpHasItsCase(_ op: OpName) throws {
        let graph = try OpUses.entry().graph
        #expect(
            graph.nodes.contains { $0.operation?.op == op }, "\(op): OpUses.swift has no use of it, so that no kernel is checked")
    }
}
