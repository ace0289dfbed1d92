import GraphIR
import GraphLanguage
import GraphTestSupport
import Testing

/// Differentiation and Adam on a small model, end to end in the interpreter.
@Suite struct DifferentiationTests {
    /// Two convolutions with a ReLU between, pixel shuffle and the mean absolute error: a model in miniature.
    static func model() throws(OpError) -> Graph {
        var builder = GraphBuilder(name: "miniature")
        let lr = builder.declare(.input, type: u8("N", "H", "W", 3), named: "lr")
        let (h, w) = (Size(symbol: "H"), Size(symbol: "W"))
        let hr = builder.declare(.input, type: u8("N", 2 * h, 2 * w, 3), named: "hr")
        let x = try builder.apply(.divide, [try builder.apply(.castToF32, [lr]), builder.constant(255)], named: "x")
        let head = try convolution(x, 3, 4, "head", in: &builder)
        let body = try builder.apply(.relu, [try convolution(head, 4, 4, "body", in: &builder)], named: "r")
        let sum = try builder.apply(.add, [head, body], named: "sum")
        let wide = try convolution(sum, 4, 12, "tail", in: &builder)
        let shuffled = try builder.apply(.depthToSpace, [wide], integers(["block": 2]), named: "shuffled")
        let sr = try builder.apply(.multiply, [builder.constant(255), shuffled], named: "sr")
        let target = try builder.apply(.castToF32, [hr], named: "target")
        let difference = try builder.apply(.subtract, [sr, target], named: "difference")
        let error = try builder.apply(.abs, [difference], named: "error")
        builder.setOutput("sr", sr)
        builder.setMeasure(.loss, "mae", try builder.apply(.mean, [error], named: "mae"))
        builder.setMeasure(
            .metric, "psnr", try builder.apply(.psnr, [sr, target], Attributes(["max": .float(255)]), named: "psnr"))
        return builder.graph
    }

    private static func convolution(
        _ x: ValueID, _ inputs: Int, _ outputs: Int, _ name: String, in builder: inout GraphBuilder
    ) throws(OpError) -> ValueID {
        let filter = builder.declare(
            .weight(path: "\(name).filter", initializer: .glorotUniform), type: f32(3, 3, inputs, outputs),
            named: "\(name)_filter")
        let bias = builder.declare(
            .weight(path: "\(name).bias", initializer: .zeros), type: f32(outputs), named: "\(name)_bias")
        let y = try builder.apply(.conv2D, [x, filter], named: "\(name)_conv")
        return try builder.apply(.add, [y, bias], named: name)
    }

    static func weights(of graph: Graph) -> [String: Tensor<Double>] {
        var generator = RepeatableGenerator(seed: 5)
        var weights: [String: Tensor<Double>] = [:]
        for node in graph.nodes {
            switch node.content {
            case .weight(let path, _): weights[path] = generator.tensor(node.type.shape.constant!, in: -0.4...0.4)
            case .state(let path, _): weights[path] = Tensor(shape: node.type.shape.constant!, repeating: 0)
            case .input, .scalar, .constant, .operation: break
            }
        }
        return weights
    }

    static func pixels(_ shape: [Int], seed: UInt64) -> Tensor<Double> {
        var generator = RepeatableGenerator(seed: seed)
        var pixels = generator.tensor(shape, in: 0...255)
        pixels.values = pixels.values.map { $0.rounded() }
        return pixels
    }

    static let inputs = ["lr": pixels([2, 3, 4, 3], seed: 1), "hr": pixels([2, 6, 8, 3], seed: 2)]

    @Test func gradientsOfAModel() throws {
        let model = try DifferentiationTests.model()
        try expectGradients(
            of: model, inputs: DifferentiationTests.inputs, weights: DifferentiationTests.weights(of: model),
            tolerance: 1e-5)
    }

    @Test func gradientsOfAOnePixelImage() throws {
        let model = try DifferentiationTests.model()
        let inputs = [
            "lr": DifferentiationTests.pixels([1, 1, 1, 3], seed: 3),
            "hr": DifferentiationTests.pixels([1, 2, 2, 3], seed: 4),
        ]
        try expectGradients(
            of: model, inputs: inputs, weights: DifferentiationTests.weights(of: model), tolerance: 1e-5)
    }

    @Test func backwardPassHoldsOnlyWhatWeightsNeed() throws {
        let model = try DifferentiationTests.model()
        let differentiation = try Differentiation(model)
        let graph = differentiation.builder.graph
        let count = { (op: OpName) in graph.nodes.filter { $0.operation?.op == op }.count }
        // Nothing flows back into the input picture, nor out of the metric.
        #expect(count(.conv2DFilterGradient) == 3)
        #expect(count(.conv2DInputGradient) == 2)
        #expect(count(.psnrGradient) == 0)
        let used = Set(graph.nodes.flatMap(\.operands)).union(differentiation.gradients.compactMap(\.gradient))
            .union(graph.outputs.map(\.value)).union(graph.measures.map(\.value))
        #expect(graph.ids.filter { !used.contains($0) }.isEmpty)
    }

    @Test func forwardNodesKeepNamesAndGradientsAreNamedAfterThem() throws {
        let model = try DifferentiationTests.model()
        let differentiation = try Differentiation(model)
        let graph = differentiation.builder.graph
        #expect(Array(graph.nodes.prefix(model.nodes.count)) == model.nodes)
        #expect(graph.outputs == model.outputs && graph.measures == model.measures)
        let names = graph.nodes.dropFirst(model.nodes.count).map(\.name)
        #expect(names.contains("d_tail_filter") && names.contains("d_head_bias"))
        // head is read by the body's convolution and by the sum; the sum's part is d_sum itself.
        #expect(names.contains("d_head") && names.contains("d_head_via_body_conv") && names.contains("d_sum"))
        for entry in differentiation.gradients {
            let gradient = try #require(entry.gradient)
            #expect(graph[gradient].name == "d_\(graph[entry.weight].name)")
            #expect(graph[gradient].type == graph[entry.weight].type)
        }
    }

    @Test func sameGraphEachTime() throws {
        let model = try DifferentiationTests.model()
        #expect(try model.withUpdates(by: .adam) == model.withUpdates(by: .adam))
    }

    @Test func unusedWeightsHaveZeroGradients() throws {
        var builder = GraphBuilder(name: "unused")
        let used = builder.declare(.weight(path: "used", initializer: .ones), type: f32(2), named: "used")
        _ = builder.declare(.weight(path: "unused", initializer: .ones), type: f32(2, 2), named: "unused")
        builder.setMeasure(.loss, "loss", try builder.apply(.sum, [used]))
        let graph = try builder.graph.withGradientOutputs()
        let weights = [
            "used": Tensor<Double>(shape: [2], repeating: 1), "unused": Tensor(shape: [2, 2], repeating: 1),
        ]
        let outputs = try Interpreter<Double>().run(graph, weights: weights).outputs
        #expect(outputs["gradient.used"]?.values == [1, 1])
        #expect(outputs["gradient.unused"] == Tensor(shape: [2, 2], repeating: 0))
        #expect(try builder.graph.withUpdates(by: .adam).updates.count == 3)
    }

    @Test func aValueUsedTwiceByOneOpCountsTwice() throws {
        var builder = GraphBuilder(name: "square")
        let w = builder.declare(.weight(path: "w", initializer: .ones), type: f32(3), named: "w")
        let square = try builder.apply(.multiply, [w, w])
        builder.setMeasure(.loss, "loss", try builder.apply(.mean, [try builder.apply(.multiply, [square, w])]))
        try expectGradients(of: builder.graph, inputs: [:], weights: ["w": Tensor(shape: [3], values: [0.5, -2, 3])])
    }

    @Test func lossesThatCannotBeDifferentiated() throws {
        var builder = GraphBuilder(name: "wrong")
        let w = builder.declare(.weight(path: "w", initializer: .ones), type: f32(3), named: "w")
        expectError(.oneLoss, builder.graph)
        builder.setMeasure(.loss, "vector", w)
        expectError(.shapeMismatch, builder.graph)
        builder.setMeasure(.loss, "second", w)
        expectError(.oneLoss, builder.graph)

        var flat = GraphBuilder(name: "flat")
        let v = flat.declare(.weight(path: "v", initializer: .ones), type: f32(3), named: "v")
        flat.setMeasure(.loss, "loss", try flat.apply(.mean, [try flat.apply(.round, [v])]))
        expectError(.noGradient, flat.graph)
    }

    private func expectError(
        _ code: Diagnostic.Code, _ graph: Graph, location: Testing.SourceLocation = #_sourceLocation
    ) {
        let error = #expect(throws: NodeError.self, sourceLocation: location) { try Differentiation(graph) }
        #expect(error?.wording.code == code, sourceLocation: location)
    }

    @Test(arguments: [Double.infinity, 1e9, 0.25])
    func gradientsAreClippedByTheirNormTogether(_ limit: Double) throws {
        let model = try DifferentiationTests.model()
        let training = try model.withUpdates(by: .adam)
        let weights = DifferentiationTests.weights(of: training)
        let results = try Interpreter<Double>().run(
            training, inputs: DifferentiationTests.inputs, weights: weights,
            scalars: ["learning_rate": 0.01, "step": 1, "clip_norm": limit])
        let paths = model.nodes.compactMap(\.path)
        let gradients = try Interpreter<Double>().run(
            model.withGradientOutputs(), inputs: DifferentiationTests.inputs,
            weights: weights.filter { paths.contains($0.key) }
        ).outputs
        let values: [Double] = paths.flatMap { gradients["gradient.\($0)"]?.values ?? [] }
        let squares = values.reduce(0) { $0 + $1 * $1 }
        let norm = try #require(results.measures["gradient_norm"])
        #expect((norm - squares.squareRoot()).magnitude < 1e-9 * norm && norm > 0.25)
        for path in paths {
            let gradient = try #require(gradients["gradient.\(path)"]).values
            let mean = try #require(results.updates["\(path).adam_m"]).values
            for (g, m) in zip(gradient, mean) {
                if limit > norm { #expect(m == 0.1 * g) } else { #expect((m - 0.1 * g * limit / norm).magnitude < 1e-12) }
            }
        }
    }

    @Test func theNormsNameIsTaken() throws {
        var graph = try DifferentiationTests.model()
        graph.measures[1].name = "gradient_norm"
        let error = #expect(throws: NodeError.self) { try graph.withUpdates(by: .adam) }
        #expect(error?.wording.code == .duplicateName)
    }
}
