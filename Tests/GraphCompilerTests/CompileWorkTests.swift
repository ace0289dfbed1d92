import GraphIR
import Testing

@testable import GraphCompiler

/// Passes that run until nothing changes come to an end on every graph.
struct CompileWorkTests {
    @Test func roundsAreCounted() throws {
        var builder = GraphBuilder(name: "g")
        var value = builder.declare(.input, type: TensorType(.f32, Shape([Size(4)])), named: "x")
        for _ in 0..<1000 { value = try builder.apply(.relu, [value]) }
        builder.setOutput("y", value)
        var work = CompileWork(builder.graph)
        var roundCount = 0
        while (try? work.spend(4, on: builder.graph)) != nil { roundCount += 1 }
        // Models take two or three.
        #expect(20 < roundCount && roundCount < 1000)
        #expect { try work.spend(4, on: builder.graph) } throws: { error in
            guard case PassError.illegal(.endlessWork(graph: "g")) = error else { return false }
            return true
        }
    }

    /// A model that declares no 'predict' is compiled once.
    @Test func equalEntriesAreCompiledToEqualOnes() throws {
        let module = try Pipeline.run(
            "graph g(x: f32[N, C]) -> (y: f32[N, C]) { y = relu(x + 1) * 2 }", upTo: .fused)
        #expect(module[.forward] == module[.predict] && module[.forward]?.groups.count == 1)
    }
}
