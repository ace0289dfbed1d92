import GraphIR
import Testing

/// What the verifier says of graphs that mean nothing.
@Suite struct VerifierTests {
    private static let (x, w, two, y, z, l) = (
        ValueID(0), ValueID(1), ValueID(2), ValueID(3), ValueID(4), ValueID(5)
    )

    /// y = x · w, z = y · 2, l = mean z, in two groups.
    private static func graph() throws -> Graph {
        var builder = GraphBuilder(name: "sound")
        let x = builder.declare(.input, type: f32(2), named: "x")
        let w = builder.declare(.weight(path: "w", initializer: .ones), type: f32(2), named: "w")
        let two = builder.constant(2)
        let y = try builder.apply(.multiply, [x, w], named: "y")
        let z = try builder.apply(.multiply, [y, two], named: "z")
        let l = try builder.apply(.mean, [z], named: "l")
        builder.setOutput("z", z)
        builder.setMeasure(.loss, "l", l)
        builder.setUpdate(w, y)
        builder.setGroup(Group(name: "s0", members: [y]))
        builder.setGroup(Group(name: "s1", members: [z, l]))
        return builder.graph
    }

    private static let breaks: [(message: String, change: @Sendable (inout Graph) -> Void)] = [
        (
            "'y' reads a value that comes after it (invariant 1)",
            { $0.nodes[y.index].content = .operation(Operation(.multiply, [x, z])) }
        ),
        ("there is no value 9 (invariant 1)", { $0.outputs[0].value = ValueID(9) }),
        (
            "'y': multiply takes 2 operands (invariant 2)",
            { $0.nodes[y.index].content = .operation(Operation(.multiply, [x])) }
        ),
        ("'y': is f32[3], multiply makes f32[2] (invariant 2)", { $0.nodes[y.index].type = f32(3) }),
        ("a constant is named 'two' (invariant 3)", { $0.nodes[two.index].name = "two" }),
        ("two values are named 'y' (invariant 3)", { $0.nodes[z.index].name = "y" }),
        (
            "two tensors are named @w (invariant 4)",
            { $0.nodes[x.index].content = .weight(path: "w", initializer: .ones) }
        ),
        (
            "@w is f32[N], which is not known when compiling (invariant 4)", { $0.nodes[w.index].type = f32("N") }
        ),
        ("'x' is updated, but is neither weight nor state (invariant 5)", { $0.updates[0].target = x }),
        ("'w' is updated twice (invariant 5)", { $0.updates.append($0.updates[0]) }),
        ("'w' is f32[2], its update f32[] (invariant 5)", { $0.updates[0].value = l }),
        ("'l' is f32[2], not f32[] (invariant 6)", { $0.measures[0].value = y }),
        ("two measures are named 'l' (invariant 6)", { $0.measures.append(Measure(role: .metric, name: "l", value: l)) }),
        ("there are two losses (invariant 6)", { $0.measures.append(Measure(role: .loss, name: "m", value: l)) }),
        ("the members of 's1' are out of order (invariant 7)", { $0.groups[1].members.reverse() }),
        ("'x' cannot belong to 's0' (invariant 7)", { $0.groups[0].members = [x, y] }),
        ("'y' belongs to no step (invariant 7)", { $0.groups.removeFirst() }),
        ("step 's1' needs a result of 's0', which is later (invariant 7)", { $0.groups.swapAt(0, 1) }),
    ]

    @Test func brokenInvariantsAreNamed() throws {
        let graph = try Self.graph()
        try Verifier.verify(graph)
        for (message, change) in Self.breaks {
            var broken = graph
            change(&broken)
            let error = #expect(throws: VerificationError.self) { try Verifier.verify(broken) }
            #expect(error?.description == message)
        }
    }
}
