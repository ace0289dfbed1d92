import GraphIR
import Testing

/// The words of errors that no golden file shows.
@Suite struct ErrorWordingTests {
    private static let image = f32("N", "H", "W", 3)

    private static let mistakes: [(op: OpName, operands: [TensorType], attributes: Attributes, words: String)] = [
        (.relu, [image], integers(["slope": 1]), "relu has no attribute 'slope'; it has none"),
        (
            .clip, [image], Attributes(["min": .float(0), "max": .float(1), "mean": .float(0)]),
            "clip has no attribute 'mean'; it has 'min', 'max'"
        ),
        (.concat, [], Attributes(), "concat takes at least 1 operand; expected concat(a, …); found 0 operands"),
        (.padZero, [image], integers(["before": -1]), "pad_zero adds at least 0 zeros; slice cuts; found -1"),
        (
            .psnr, [image, image], Attributes(["max": .float(0)]), "'max' of psnr must be above 0; found 0.0"
        ),
        (
            .clipGradient, [image, image], Attributes(["min": .float(1), "max": .float(0)]),
            "'min' of clip_gradient must be at most 'max'; expected min ≤ 0.0; found min = 1.0"
        ),
        (
            .slice, [image], integers(["start": 2, "length": 2]),
            "slice reaches outside axis 3; expected indices 0..<3; found 2..<4 of f32[N, H, W, 3]"
        ),
        (
            .conv2D, [image, f32(3, 3, 8)], Attributes(),
            "conv2d takes 4 dimensions; expected f32[height, width, in, out]; found f32[3, 3, 8]"
        ),
        (
            .conv2D, [image, f32(3, 3, 1, 8)], integers(["groups": 2]),
            "conv2d needs a multiple of 2 channels; expected f32[N, H, W, 2*C]; found f32[N, H, W, 3]"
        ),
        (
            .conv2D, [image, f32(3, 3, 1, 8)], integers(["groups": 3]),
            "3 groups need a filter with a multiple of 3 output channels; expected f32[3, 3, in, 3*C]; found f32[3, 3, 1, 8]"
        ),
        (
            .conv2D, [image, f32(3, 3, 3, 6)], integers(["groups": 3]),
            "the filter's input channels are not those of a group of x; expected f32[3, 3, 1, 6]; found f32[3, 3, 3, 6]"
        ),
        (
            .conv2D, [image, f32(9, 9, 3, 6)], integers(["dilation": 64]),
            "with dilation = 64 the filter reaches over more than 255 rows or columns; "
                + "expected at most 4 taps in each direction; found f32[9, 9, 3, 6]"
        ),
        (
            .concat, [image, u8("N", "H", "W", 3)], Attributes(),
            "an operand of concat has the wrong element type; expected f32[N, H, W, 3]; found u8[N, H, W, 3]"
        ),
        (
            .sumGradient, [f32(2)], OpCase.shapeAndAxes([4, 3], [0]),
            "dy of sum_gradient has the wrong shape; expected f32[3]; found f32[2]"
        ),
        (
            .broadcast, [image], shape(3),
            "x does not broadcast to the shape that is asked for; expected f32[3]; found f32[N, H, W, 3]"
        ),
        (
            .sumTo, [image], shape(4),
            "the shape that is asked for does not broadcast to x; expected a shape that f32[4] broadcasts to; "
                + "found f32[N, H, W, 3]"
        ),
        (
            .prelu, [image, f32(4)], Attributes(),
            "the slope of prelu does not broadcast to x; expected a shape that broadcasts to f32[N, H, W, 3]; found f32[4]"
        ),
        (
            .resizeBicubicGradient, [f32(1, 5, 4, 1)], integers(["factor": 2]),
            "resize_bicubic_gradient needs a height and width that are multiples of 2; expected f32[N, 2*H, 2*W, C]; "
                + "found f32[1, 5, 4, 1]"
        ),
        (
            .broadcast, [f32()], shape(1 << 22, 1 << 22),
            "a result holds at most 2^42 elements; found f32[4194304, 4194304]"
        ),
    ]

    @Test func misfitsOfOperations() {
        for (op, operands, attributes, words) in Self.mistakes {
            let error = #expect(throws: OpError.self) { try OpShapeTests.apply(op, operands, attributes) }
            #expect(error?.description == words)
        }
    }

    @Test func misfitsOfSizes() throws {
        var builder = GraphBuilder(name: "sum")
        let a = builder.declare(.input, type: f32("H"), named: "a")
        let b = builder.declare(.input, type: f32("W"), named: "b")
        builder.setOutput("y", try builder.apply(.add, [a, b], named: "y"))
        let graph = builder.graph
        expect("size H must be at least 1; found 0") { try graph.bound(to: ["H": 0]) }
        expect("with these sizes add has another result ('y'); expected f32[1]; found f32[4]") {
            try graph.bound(to: ["H": 1, "W": 4])
        }
        expect(
            "the operands of '+' do not broadcast to one shape ('y'); expected f32[3], or 1 in place of a dimension; "
                + "found f32[4]"
        ) { try graph.bound(to: ["H": 3, "W": 4]) }
        expect("a weight or input holds at most 2^34 elements ('a'); found f32[1099511627776]") {
            try graph.bound(to: ["H": 1 << 40])
        }
        expect("input 'b' is not given ('b'); expected f32[W]") { try graph.sizes(fromInputShapes: ["a": [1]]) }
        expect("input 'a' has the wrong shape ('a'); expected f32[H]; found f32[1, 2]") {
            try graph.sizes(fromInputShapes: ["a": [1, 2], "b": [1]])
        }
        #expect(NodeError.missingSizes(["H"]).description == "no value is given for size H")
        #expect(NodeError.missingSizes(["H", "W"]).description == "no value is given for sizes H, W")
    }

    @Test func misfitsOfValues() throws {
        var builder = GraphBuilder(name: "product")
        let x = builder.declare(.input, type: u8(1), named: "x")
        let w = builder.declare(.weight(path: "scale.w", initializer: .ones), type: f32(1), named: "w")
        let s = builder.declare(.scalar, type: .scalar, named: "s")
        let product = try builder.apply(.multiply, [try builder.apply(.castToF32, [x]), w], named: "product")
        builder.setOutput("y", try builder.apply(.divide, [product, s], named: "y"))
        let graph = builder.graph
        func run(_ x: Float, _ weights: [Float], _ scalars: [String: Float]) throws {
            _ = try Interpreter<Float>().run(
                graph, inputs: ["x": Tensor(shape: [1], values: [x])],
                weights: weights.isEmpty ? [:] : ["scale.w": Tensor(shape: [weights.count], values: weights)],
                scalars: scalars, stopsAtNonFinite: true)
        }
        expect("input 'x' is u8: its elements are whole numbers 0…255 ('x')") { try run(0.5, [1], ["s": 1]) }
        expect("weight 'scale.w' is not given ('w'); expected f32[1]") { try run(1, [], ["s": 1]) }
        expect("weight 'scale.w' has the wrong shape ('w'); expected f32[1]; found f32[2]") {
            try run(1, [1, 1], ["s": 1])
        }
        expect("scalar 's' is not given ('s'); expected f32[]") { try run(1, [1], [:]) }
        expect("@scale.w holds numbers that are not finite ('w')") { try run(1, [.nan], ["s": 1]) }
        expect("the op 'divide' makes numbers that are not finite of finite ones ('y')") { try run(1, [1], ["s": 0]) }
    }

    @Test func nothingToDifferentiate() throws {
        var builder = GraphBuilder(name: "flat")
        let v = builder.declare(.weight(path: "v", initializer: .ones), type: f32(3), named: "v")
        expect("'flat' is trained on one loss; expected one loss; found none") { try Differentiation(builder.graph) }
        let mean = try builder.apply(.mean, [try builder.apply(.round, [v])], named: "l")
        builder.setMeasure(.loss, "l", mean)
        expect("the loss depends on no weight of 'flat', so there is nothing to train ('l')") {
            try Differentiation(builder.graph)
        }
        builder.setMeasure(.loss, "second", v)
        expect("'flat' is trained on one loss; expected one loss; found l, second") { try Differentiation(builder.graph) }
        var model = try DifferentiationTests.model()
        model.measures[1].name = "gradient_norm"
        expect("'gradient_norm' is what training calls the norm of all gradients; rename the measure") {
            try model.withUpdates(by: .adam)
        }
    }

    private func expect<Value>(
        _ words: String, location: Testing.SourceLocation = #_sourceLocation, _ body: () throws -> Value
    ) {
        let error = #expect(throws: NodeError.self, sourceLocation: location) { _ = try body() }
        #expect(error?.description == words, sourceLocation: location)
    }
}
