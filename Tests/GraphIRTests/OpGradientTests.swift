import GraphIR
import GraphTestSupport
import Testing

/// Gradient rules against central difference quotients in double precision.
@Suite struct OpGradientTests {
    @Test(arguments: OpCase.all.filter { !$0.shapes.isEmpty })
    func gradientEqualsDifferenceQuotient(_ use: OpCase) throws {
        let operands = use.operands()
        var builder = GraphBuilder(name: "check")
        var ids: [ValueID] = []
        for (index, type) in use.operandTypes.enumerated() {
            let content: Node.Content =
                use.differentiable.contains(index) ? .weight(path: "x\(index)", initializer: .zeros) : .input
            ids.append(builder.declare(content, type: type, named: "x\(index)"))
        }
        let y = try builder.apply(use.op, ids, use.attributes, named: "y")
        let result = builder.type(of: y).element == .f32 ? y : try builder.apply(.castToF32, [y])
        let direction = builder.declare(.input, type: builder.type(of: result), named: "direction")
        let product = try builder.apply(.multiply, [result, direction])
        builder.setMeasure(.loss, "loss", try builder.apply(.sum, [product]))

        var weights: [String: Tensor<Double>] = [:]
        var inputs: [String: Tensor<Double>] = [:]
        for (index, operand) in operands.enumerated() {
            if use.differentiable.contains(index) {
                weights["x\(index)"] = operand
            } else {
                inputs["x\(index)"] = operand
            }
        }
        var generator = RepeatableGenerator(seed: 99)
        inputs["direction"] = generator.tensor(try #require(builder.type(of: y).shape.constant))

        // A step function has no gradient at all, which is an error in a graph that is to be trained.
        guard !OpCase.steps.contains(use.op) else {
            #expect(throws: NodeError.self) { try builder.graph.withGradientOutputs() }
            return
        }
        if OpCase.lastGradients.contains(use.op) {
            #expect(throws: NodeError.self) { try builder.graph.withGradientOutputs() }
            return
        }
        try expectGradients(of: builder.graph, inputs: inputs, weights: weights)
    }
}

/// Compares each entry of each weight's gradient with a central difference quotient, but for entries
/// whose steps cross a kink.
func expectGradients(
    of forward: Graph, inputs: [String: Tensor<Double>], weights: [String: Tensor<Double>],
    tolerance: Double = 1e-6, location: Testing.SourceLocation = #_sourceLocation
) throws {
    let interpreter = Interpreter<Double>()
    let loss = try #require(forward.measures.first { $0.role == .loss }, sourceLocation: location)
    let gradients = try interpreter.run(forward.withGradientOutputs(), inputs: inputs, weights: weights).outputs
    let step = 1e-5
    var compared = 0
    for (path, weight) in weights {
        let gradient = try #require(gradients["gradient.\(path)"], sourceLocation: location)
        #expect(gradient.shape == weight.shape, sourceLocation: location)
        for index in weight.values.indices {
            let runs = try [-step, step].map { step in
                var moved = weights
                moved[path]?.values[index] += step
                return try interpreter.run(forward, inputs: inputs, weights: moved, keepsTrace: true)
            }
            guard
                interpreter.kinkSides(forward, trace: runs[0].trace)
                    == interpreter.kinkSides(forward, trace: runs[1].trace)
            else { continue }
            let losses = runs.compactMap { $0.measures[loss.name] }
            let quotient = (losses[1] - losses[0]) / (2 * step)
            let error = (quotient - gradient.values[index]).magnitude / max(1, quotient.magnitude)
            #expect(
                error < tolerance, "\(path)[\(index)]: gradient \(gradient.values[index]), quotient \(quotient)",
                sourceLocation: location)
            compared += 1
        }
    }
    #expect(compared > 0, "every draw crossed a kink", sourceLocation: location)
}
