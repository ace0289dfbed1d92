import GraphIR
import GraphLanguage
import Testing

/// Binding of sizes, and what the interpreter says of operands that do not fit.
@Suite struct InterpreterTests {
    /// y = a + broadcast b, with sizes that only binding decides.
    private func graph(_ left: TensorType, _ right: TensorType) throws -> Graph {
        var builder = GraphBuilder(name: "sum")
        let a = builder.declare(.input, type: left, named: "a")
        let b = builder.declare(.input, type: right, named: "b")
        builder.setOutput("y", try builder.apply(.add, [a, b], named: "y"))
        return builder.graph
    }

    @Test func sizesAreReadOffInputs() throws {
        let h = Size(symbol: "H")
        let graph = try graph(f32("N", "H", "W", 3), f32("N", "H", "W", 3))
        #expect(graph.sizeSymbols == ["H", "N", "W"])
        #expect(
            try graph.sizes(fromInputShapes: ["a": [2, 5, 7, 3], "b": [2, 5, 7, 3]]) == ["N": 2, "H": 5, "W": 7])
        var builder = GraphBuilder(name: "pair")
        _ = builder.declare(.input, type: f32(4 * h, 1), named: "large")
        _ = builder.declare(.input, type: f32("H", 1), named: "small")
        #expect(try builder.graph.sizes(fromInputShapes: ["large": [12, 1], "small": [3, 1]]) == ["H": 3])
        let error = #expect(throws: NodeError.self) {
            try builder.graph.sizes(fromInputShapes: ["large": [13, 1], "small": [3, 1]])
        }
        #expect(error?.place?.name == "large")
        #expect(error?.wording.expected == "f32[4*H, 1] where H = 3")
        #expect(error?.wording.found == "f32[13, 1]")
    }

    static let misfits: [[String: [Int]]] = [
        ["a": [2, 5, 7, 3]], ["a": [2, 5, 7, 3], "b": [2, 5, 7]], ["a": [2, 5, 7, 3], "b": [2, 5, 7, 4]],
        ["a": [2, 5, 7, 3], "b": [2, 6, 7, 3]], ["a": [0, 5, 7, 3], "b": [0, 5, 7, 3]],
    ]

    @Test(arguments: misfits)
    func inputsThatDoNotFit(_ shapes: [String: [Int]]) throws {
        let graph = try graph(f32("N", "H", "W", 3), f32("N", "H", "W", 3))
        #expect(throws: NodeError.self) { try graph.sizes(fromInputShapes: shapes) }
    }

    @Test func bindingDecidesWhatWasUndecided() throws {
        let graph = try graph(f32("H"), f32("W"))
        #expect(try graph.bound(to: ["H": 3, "W": 3]).nodes[2].type == f32(3))
        #expect(try graph.bound(to: ["H": 3]).nodes[1].type == f32("W"))
        let error = #expect(throws: NodeError.self) { try graph.bound(to: ["H": 3, "W": 4]) }
        #expect(error?.place?.name == "y")
        #expect(error?.wording.code == .shapeMismatch)
        #expect(throws: NodeError.self) { try graph.bound(to: ["H": 1, "W": 4]) }
        #expect(throws: NodeError.self) { try graph.bound(to: ["H": 0]) }
        #expect(throws: NodeError.self) { try graph.bound(to: ["H": 1 << 40, "W": 1 << 40]) }
    }

    /// What is 1 in the text is repeated; what is bound to 1 is a size like any other, whichever operand has it.
    @Test func sizesThatAreBoundTo1AreNotRepeated() throws {
        for (left, right) in [(f32("H"), f32("W")), (f32("W"), f32("H")), (f32(3, "H"), f32("W"))] {
            let graph = try graph(left, right)
            for (height, width) in [(1, 4), (4, 1)] {
                let error = #expect(throws: NodeError.self) { try graph.bound(to: ["H": height, "W": width]) }
                #expect(error?.wording.code == .shapeMismatch)
            }
            #expect(try graph.bound(to: ["H": 1, "W": 1]).nodes[2].type.shape.dimensions.last == Size(1))
        }
        #expect(try graph(f32("H", 1), f32("H", "W")).bound(to: ["H": 1, "W": 4]).nodes[2].type == f32(1, 4))
        var builder = GraphBuilder(name: "sum")
        let x = builder.declare(.input, type: f32("H", 3), named: "x")
        _ = builder.declare(.input, type: f32("W"), named: "z")
        let target = Attributes(["shape": .sizes([Size(symbol: "W"), Size(3)])])
        builder.setOutput("y", try builder.apply(.sumTo, [x], target, named: "y"))
        let error = #expect(throws: NodeError.self) { try builder.graph.bound(to: ["H": 4, "W": 1]) }
        #expect(
            error?.wording.inOneLine()
                == "sum_to repeats what is 1 for all sizes, and not what is bound to 1; expected f32[4, 3]; found f32[1, 3]")
    }

    @Test func whatNoResultNeedsIsNotAskedFor() throws {
        var builder = GraphBuilder(name: "unused")
        let x = builder.declare(.input, type: f32(2), named: "x")
        let w = builder.declare(.weight(path: "w", initializer: .ones), type: f32(2), named: "w")
        _ = try builder.apply(.add, [x, w])
        builder.setOutput("y", try builder.apply(.relu, [x]))
        let inputs = ["x": Tensor<Float>(shape: [2], values: [-1, 3])]
        let results = try Interpreter<Float>().run(builder.graph, inputs: inputs, keepsTrace: true)
        #expect(results.outputs["y"]?.values == [0, 3])
        #expect(results.trace.count == builder.graph.nodes.count)
    }

    @Test func bindingReachesAttributes() throws {
        var builder = GraphBuilder(name: "attributes")
        let h = Size(symbol: "H")
        let x = builder.declare(.input, type: f32("H"), named: "x")
        let half = Attributes(["axis": .size(Size(0)), "start": .size(Size(0)), "length": .size(h.floorDivided(by: 2))])
        builder.setOutput("half", try builder.apply(.slice, [x], half))
        #expect(try builder.graph.bound(to: ["H": 5]).nodes[1].operation?.attributes.integer("length") == 2)
        let results = try Interpreter<Float>().run(
            builder.graph, inputs: ["x": Tensor(shape: [5], values: [1, 2, 3, 4, 5])])
        #expect(results.outputs["half"]?.values == [1, 2])
        #expect(throws: NodeError.self) {
            try Interpreter<Float>().run(builder.graph, inputs: ["x": Tensor(shape: [1], values: [1])])
        }
    }

    @Test func sizesThatNoInputDecides() throws {
        var builder = GraphBuilder(name: "unbound")
        let x = builder.declare(.input, type: f32("H"), named: "x")
        let cut = Attributes(["axis": .size(Size(0)), "start": .size(Size(symbol: "K")), "length": .size(Size(1))])
        builder.setOutput("y", try builder.apply(.slice, [x], cut))
        let error = #expect(throws: NodeError.self) {
            try Interpreter<Float>().run(builder.graph, inputs: ["x": Tensor(shape: [3], repeating: 1)])
        }
        #expect(error?.wording.code == .unboundSize)
    }

    @Test func missingAndWrongOperandsAreNamed() throws {
        var builder = GraphBuilder(name: "operands")
        let x = builder.declare(.input, type: u8("H"), named: "x")
        let w = builder.declare(.weight(path: "w", initializer: .ones), type: f32(1), named: "w")
        let s = builder.declare(.scalar, type: .scalar, named: "s")
        let product = try builder.apply(.multiply, [try builder.apply(.castToF32, [x]), w])
        builder.setOutput("y", try builder.apply(.multiply, [product, s]))
        let bytes = Tensor<Float>(shape: [2], values: [0, 255])
        let one = Tensor<Float>(shape: [1], values: [2])
        let run = { (x: Tensor<Float>, weights: [String: Tensor<Float>], scalars: [String: Float]) in
            try Interpreter<Float>().run(builder.graph, inputs: ["x": x], weights: weights, scalars: scalars)
        }
        #expect(try run(bytes, ["w": one], ["s": 3]).outputs["y"]?.values == [0, 1530])
        for (x, weights, scalars, code) in [
            (bytes, [:], ["s": 3], .missingValue), (bytes, ["w": one], [:], .missingValue),
            (bytes, ["w": bytes], ["s": 3], .shapeMismatch),
            (Tensor(shape: [1], values: [0.5]), ["w": one], ["s": 3], .elementMismatch),
            (Tensor(shape: [1], values: [256]), ["w": one], ["s": 3], .elementMismatch),
            (Tensor(shape: [1], values: [.nan]), ["w": one], ["s": 3], .elementMismatch),
        ] as [(Tensor<Float>, [String: Tensor<Float>], [String: Float], Diagnostic.Code)] {
            let error = #expect(throws: NodeError.self) { try run(x, weights, scalars) }
            #expect(error?.wording.code == code)
        }
    }

    @Test func singlePrecisionRoundsAtEveryNode() throws {
        var builder = GraphBuilder(name: "rounding")
        let x = builder.declare(.input, type: f32(), named: "x")
        let large = try builder.apply(.add, [x, builder.constant(1e8)])
        builder.setOutput("y", try builder.apply(.subtract, [large, builder.constant(1e8)]))
        #expect(try Interpreter<Float>().run(builder.graph, inputs: ["x": .scalar(1)]).outputs["y"]?.values == [0])
        #expect(try Interpreter<Double>().run(builder.graph, inputs: ["x": .scalar(1)]).outputs["y"]?.values == [1])
    }

    @Test func traceHoldsEveryNode() throws {
        let model = try DifferentiationTests.model()
        let weights = DifferentiationTests.weights(of: model)
        let traced = try Interpreter<Double>().run(
            model, inputs: DifferentiationTests.inputs, weights: weights, keepsTrace: true)
        let plain = try Interpreter<Double>().run(model, inputs: DifferentiationTests.inputs, weights: weights)
        #expect(traced.trace.count == model.nodes.count && plain.trace.isEmpty)
        #expect(traced.outputs == plain.outputs && traced.measures == plain.measures)
        #expect(traced.outputs["sr"]?.shape == [2, 6, 8, 3])
    }
}
