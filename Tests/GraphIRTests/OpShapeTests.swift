import GraphIR
import GraphLanguage
import Testing

/// Shape rules over known and symbolic sizes, and their errors.
@Suite struct OpShapeTests {
    struct Rule: CustomTestStringConvertible {
        var op: OpName
        var operands: [TensorType]
        var attributes: Attributes
        var result: TensorType

        init(_ op: OpName, _ operands: [TensorType], _ attributes: Attributes = Attributes(), gives result: TensorType) {
            (self.op, self.operands, self.attributes, self.result) = (op, operands, attributes, result)
        }

        var testDescription: String { "\(op)(\(operands)) = \(result)" }
    }

    static let image = f32("N", "H", "W", 3)
    static let bounds = Attributes(["min": .float(0), "max": .float(1)])

    static func shapeAndAxes(_ shape: [any Dimension], _ axes: [Int]) -> Attributes {
        Attributes(["shape": .sizes(shape.map(\.size)), "axes": .sizes(axes.map(Size.init))])
    }

    static let (h, w) = (Size(symbol: "H"), Size(symbol: "W"))

    static let rules: [Rule] = [
        Rule(.castToF32, [u8("N", "H", "W", 3)], gives: image), Rule(.castToF32, [image], gives: image),
        Rule(.castToU8, [image], gives: u8("N", "H", "W", 3)),
        Rule(.add, [image, f32(3)], gives: image), Rule(.multiply, [f32(), image], gives: image),
        Rule(.subtract, [f32("N", 1, "W", 1), f32(1, "H", 1, 3)], gives: image),
        // Symbols that may be equal pass; the left one names the size.
        Rule(.add, [image, f32("N", "K", "W", 3)], gives: image),
        Rule(.divide, [f32(3), image], gives: image), Rule(.negate, [image], gives: image),
        Rule(.leakyReLU, [image], gives: image), Rule(.tanh, [f32(2, 3)], gives: f32(2, 3)),
        Rule(.sigmoid, [image], gives: image), Rule(.abs, [image], gives: image), Rule(.sign, [f32()], gives: f32()),
        Rule(.sqrt, [image], gives: image), Rule(.round, [image], gives: image), Rule(.clip, [image], bounds, gives: image),
        Rule(.clipGradient, [image, f32(3)], bounds, gives: image),
        Rule(.prelu, [image, f32(3)], gives: image), Rule(.prelu, [image, f32(1, 1, 1, 3)], gives: image),
        Rule(.prelu, [image, f32()], gives: image), Rule(.prelu, [f32("N", "C"), f32("K")], gives: f32("N", "C")),
        Rule(.relu, [image], gives: image), Rule(.reluGradient, [image, image], gives: image),
        Rule(.power, [f32(), image], gives: image), Rule(.exp, [image], gives: image), Rule(.log, [f32(3)], gives: f32(3)),
        Rule(.erf, [image], gives: image), Rule(.floor, [image], gives: image),
        Rule(.maximum, [image, f32(3)], gives: image), Rule(.minimum, [f32(), image], gives: image),
        Rule(.less, [image, f32()], gives: image), Rule(.lessOrEqual, [f32(3), image], gives: image),
        Rule(.equal, [image, image], gives: image), Rule(.select, [f32("N", 1, 1, 1), f32(), image], gives: image),
        Rule(.mean, [image], gives: f32()), Rule(.meanGradient, [f32()], shape("N", "H", "W", 3), gives: image),
        Rule(.sum, [image], gives: f32()), Rule(.sum, [image], axes(0, 1, 2), gives: f32(3)),
        Rule(.sum, [image], axes(1), gives: f32("N", "W", 3)),
        Rule(.sumGradient, [f32("N", 3)], shapeAndAxes(["N", "H", "W", 3], [1, 2]), gives: image),
        Rule(.mean, [image], axes(1, 2, keepDims: true), gives: f32("N", 1, 1, 3)),
        Rule(.mean, [image], axes(1, 2), gives: f32("N", 3)),
        Rule(.sum, [image], axes(3, keepDims: true), gives: f32("N", "H", "W", 1)),
        Rule(.sum, [image], axes(keepDims: true), gives: f32(1, 1, 1, 1)),
        Rule(.meanGradient, [f32("N", 1, 1, 3)], shape("N", "H", "W", 3), gives: image),
        Rule(.reduceMax, [image], axes(3, keepDims: true), gives: f32("N", "H", "W", 1)),
        Rule(.softmax, [image], gives: image), Rule(.softmax, [f32("N", "H")], integers(["axis": 1]), gives: f32("N", "H")),
        Rule(.reshape, [image], shape("N", h * w, 3), gives: f32("N", h * w, 3)),
        Rule(.reshape, [u8("N", 4)], shape("N", 2, 2), gives: u8("N", 2, 2)),
        // What is decided when sizes are bound.
        Rule(.reshape, [image], shape("N", "K", 3), gives: f32("N", "K", 3)),
        Rule(.transpose, [image], order(0, 3, 1, 2), gives: f32("N", 3, "H", "W")),
        Rule(.table, [], table([2, 3], [1, 2, 3, 4, 5, 6]), gives: f32(2, 3)),
        Rule(.matmul, [image, f32(3, 8)], gives: f32("N", "H", "W", 8)),
        Rule(.matmul, [f32("N", "H", 8), f32("N", "W", 8)], transposes(a: false, b: true), gives: f32("N", "H", "W")),
        Rule(.matmul, [f32("N", 4, "H", 8), f32(4, "H", 2)], transposes(a: true, b: false), gives: f32("N", 4, 8, 2)),
        Rule(.pad, [image], border([1, 2, 0, 3], "reflect"), gives: f32("N", h + 3, w + 3, 3)),
        Rule(
            .pad, [image], Attributes(["sides": .sizes([Size(0), 8 * (h + 7).floorDivided(by: 8) - h, Size(0), Size(0)])]),
            gives: f32("N", 8 * (h + 7).floorDivided(by: 8), "W", 3)),
        Rule(.padGradient, [f32("N", h + 3, w + 3, 3)], border([1, 2, 0, 3], "edge"), gives: image),
        Rule(.sumTo, [image], shape(3), gives: f32(3)),
        Rule(.broadcast, [f32(3)], shape("N", "H", "W", 3), gives: image),
        Rule(.conv2D, [image, f32(3, 3, 3, 64)], gives: f32("N", "H", "W", 64)),
        Rule(
            .conv2D, [image, f32(9, 9, 3, 8)], convolution(stride: 1, pad: .valid), gives: f32("N", h - 8, w - 8, 8)),
        Rule(
            .conv2D, [image, f32(3, 5, 3, 8)], convolution(stride: 2, pad: .same),
            gives: f32("N", (h - 1).floorDivided(by: 2) + 1, (w - 1).floorDivided(by: 2) + 1, 8)),
        Rule(
            .conv2D, [image, f32(3, 5, 3, 8)], convolution(stride: 1, pad: .all(2)), gives: f32("N", h + 2, w, 8)),
        Rule(
            .conv2D, [image, f32(3, 3, 3, 8)], convolution(stride: 1, pad: .sides([0, 2])),
            gives: f32("N", h - 2, w + 2, 8)),
        Rule(
            .conv2D, [image, f32(3, 3, 3, 8)], convolution(stride: 2, pad: .sides([0, 1, 3, 2])),
            gives: f32("N", h.floorDivided(by: 2), (w + 2).floorDivided(by: 2) + 1, 8)),
        Rule(
            .conv2D, [f32(1, 7, 8, 3), f32(3, 3, 3, 8)], convolution(stride: 2, pad: .same), gives: f32(1, 4, 4, 8)),
        Rule(
            .conv2D, [f32(1, 7, 8, 3), f32(3, 3, 3, 8)], convolution(stride: 2, pad: .valid), gives: f32(1, 3, 3, 8)),
        Rule(
            .conv2D, [f32("N", "H", "W", 12), f32(3, 5, 3, 8)], convolution(stride: 1, pad: .same, dilation: 3, groups: 4),
            gives: f32("N", "H", "W", 8)),
        Rule(
            .conv2D, [image, f32(3, 5, 1, 6)], convolution(stride: 1, pad: .valid, dilation: 2, groups: 3),
            gives: f32("N", h - 4, w - 8, 6)),
        Rule(
            .conv2D, [f32("N", "H", "W", "C"), f32(3, 3, Size(symbol: "C").floorDivided(by: 2), 6)],
            convolution(stride: 1, pad: .same, groups: 2), gives: f32("N", "H", "W", 6)),
        Rule(
            .conv2DInputGradient, [f32("N", "H", "W", 8), f32(3, 3, 3, 8)],
            convolution(stride: 1, pad: .same, groups: 4, height: "H", width: "W"), gives: f32("N", "H", "W", 12)),
        Rule(
            .conv2DFilterGradient, [f32("N", "H", "W", 12), f32("N", "H", "W", 8)],
            convolution(stride: 1, pad: .same, groups: 4, height: 3, width: 3), gives: f32(3, 3, 3, 8)),
        Rule(
            .conv2DInputGradient, [f32("N", "H", "W", 64), f32(3, 3, 3, 64)],
            convolution(stride: 1, pad: .same, height: "H", width: "W"), gives: image),
        Rule(
            .conv2DFilterGradient, [image, f32("N", "H", "W", 64)],
            convolution(stride: 1, pad: .same, height: 3, width: 3), gives: f32(3, 3, 3, 64)),
        Rule(.depthToSpace, [f32("N", "H", "W", 256)], integers(["block": 2]), gives: f32("N", 2 * h, 2 * w, 64)),
        Rule(.depthToSpace, [u8(1, 2, 3, 4)], integers(["block": 2]), gives: u8(1, 4, 6, 1)),
        Rule(.spaceToDepth, [f32("N", 2 * h, 2 * w, 64)], integers(["block": 2]), gives: f32("N", "H", "W", 256)),
        Rule(
            .spaceToDepth, [image], integers(["block": 2]),
            gives: f32("N", h.floorDivided(by: 2), w.floorDivided(by: 2), 12)),
        Rule(
            .maxPool, [image], pooling([2, 2], stride: [2, 2]),
            gives: f32("N", h.floorDivided(by: 2), w.floorDivided(by: 2), 3)),
        Rule(.averagePool, [image], pooling([3, 3], stride: [1, 1], pad: .same), gives: image),
        Rule(.averagePool, [f32(1, 7, 8, 3)], pooling([3, 2], stride: [2, 3], pad: .sides([1, 0])), gives: f32(1, 4, 3, 3)),
        Rule(
            .maxPoolGradient, [f32("N", h - 1, "W", 3), image, f32("N", h - 1, "W", 3)],
            pooling([2, 1], stride: [1, 1]), gives: image),
        Rule(
            .averagePoolGradient, [f32("N", h - 1, "W", 3)],
            pooling([2, 1], stride: [1, 1], height: "H", width: "W"), gives: image),
        Rule(.resize, [image], resizing(2 * h, 10), gives: f32("N", 2 * h, 10, 3)),
        Rule(.resizeGradient, [f32("N", 2 * h, 10, 3)], resizing("H", "W"), gives: image),
        Rule(.resizeBicubic, [image], integers(["factor": 4]), gives: f32("N", 4 * h, 4 * w, 3)),
        Rule(.resizeBicubicGradient, [f32("N", 4 * h, 4 * w, 3)], integers(["factor": 4]), gives: image),
        Rule(.concat, [image, f32("N", "H", "W", 1)], gives: f32("N", "H", "W", 4)),
        Rule(.concat, [image, image], integers(["axis": 1]), gives: f32("N", 2 * h, "W", 3)),
        Rule(
            .slice, [image], Attributes(["axis": .size(Size(1)), "start": .size(Size(2)), "length": .size(h - 2)]),
            gives: f32("N", h - 2, "W", 3)),
        Rule(.padZero, [image], integers(["axis": 2, "before": 1, "after": 2]), gives: f32("N", "H", w + 3, 3)),
        Rule(.psnr, [image, image], OpCase.peak, gives: f32()),
        Rule(.psnrGradient, [f32(), image, image], OpCase.peak, gives: image),
    ]

    @Test(arguments: rules)
    func resultType(_ rule: Rule) throws {
        #expect(try OpShapeTests.apply(rule.op, rule.operands, rule.attributes) == rule.result)
    }

    struct Mistake: CustomTestStringConvertible {
        var op: OpName
        var operands: [TensorType]
        var attributes: Attributes
        var code: Diagnostic.Code

        init(_ op: OpName, _ operands: [TensorType], _ attributes: Attributes = Attributes(), is code: Diagnostic.Code) {
            (self.op, self.operands, self.attributes, self.code) = (op, operands, attributes, code)
        }

        var testDescription: String { "\(code): \(op)(\(operands)) \(attributes.pairs.map(\.name))" }
    }

    static let bytes = u8("N", "H", "W", 3)

    static let mistakes: [Mistake] = [
        Mistake(.relu, [image, image], is: .wrongOperandCount),
        Mistake(.concat, [], is: .wrongOperandCount),
        Mistake(.relu, [image], integers(["slope": 1]), is: .unknownAttribute),
        Mistake(.clip, [image], is: .missingAttribute), Mistake(.relu, [bytes], is: .elementMismatch),
        Mistake(.add, [image, bytes], is: .elementMismatch), Mistake(.mean, [bytes], is: .elementMismatch),
        Mistake(.add, [image, f32(4)], is: .shapeMismatch), Mistake(.prelu, [image, f32(4)], is: .shapeMismatch),
        Mistake(.prelu, [f32(3), image], is: .shapeMismatch), Mistake(.prelu, [f32(), f32(3)], is: .shapeMismatch),
        Mistake(.prelu, [image, u8(3)], is: .elementMismatch), Mistake(.prelu, [image], is: .wrongOperandCount),
        Mistake(.add, [image, f32("N", h + 1, "W", 3)], is: .shapeMismatch),
        Mistake(.leakyReLU, [image], Attributes(["slope": .float(-1)]), is: .badAttribute),
        Mistake(.power, [image, f32(4)], is: .shapeMismatch), Mistake(.power, [image], is: .wrongOperandCount),
        Mistake(.select, [image, f32(3), f32(4)], is: .shapeMismatch),
        Mistake(.select, [bytes, f32(), f32()], is: .elementMismatch),
        Mistake(.clip, [image], Attributes(["min": .float(1), "max": .float(0)]), is: .badAttribute),
        Mistake(
            .clipGradient, [image, image], Attributes(["min": .float(1), "max": .float(0)]), is: .badAttribute),
        Mistake(.psnr, [image, image], Attributes(["max": .float(0)]), is: .badAttribute),
        Mistake(.psnr, [image, f32("N", "H", "W", 1)], OpCase.peak, is: .shapeMismatch),
        Mistake(.psnr, [image, bytes], OpCase.peak, is: .elementMismatch),
        Mistake(.psnr, [f32(), f32()], OpCase.peak, is: .rankMismatch),
        Mistake(.conv2D, [bytes, f32(3, 3, 3, 8)], is: .elementMismatch),
        Mistake(.conv2D, [f32("H", "W", 3), f32(3, 3, 3, 8)], is: .rankMismatch),
        Mistake(.conv2D, [image, f32(3, 3, 8)], is: .rankMismatch),
        Mistake(.conv2D, [image, f32(2, 3, 3, 8)], is: .badFilter),
        Mistake(.conv2D, [image, f32("H", 3, 3, 8)], is: .badFilter),
        Mistake(.conv2D, [image, f32(257, 1, 3, 8)], is: .badFilter),
        Mistake(.conv2D, [image, f32(3, 3, 4, 8)], is: .shapeMismatch),
        Mistake(
            .conv2D, [f32(1, 2, 8, 3), f32(3, 3, 3, 8)], convolution(stride: 1, pad: .valid), is: .shapeMismatch),
        Mistake(.conv2D, [image, f32(3, 3, 3, 8)], convolution(stride: 0, pad: .same), is: .badAttribute),
        Mistake(.conv2D, [image, f32(3, 3, 3, 8)], convolution(stride: 1, pad: .same, dilation: 65), is: .badAttribute),
        Mistake(.conv2D, [image, f32(3, 3, 3, 8)], convolution(stride: 1, pad: .same, groups: 0), is: .badAttribute),
        Mistake(.conv2D, [image, f32(3, 3, 1, 8)], convolution(stride: 1, pad: .same, groups: 2), is: .shapeMismatch),
        Mistake(.conv2D, [image, f32(3, 3, 1, 8)], convolution(stride: 1, pad: .same, groups: 3), is: .shapeMismatch),
        Mistake(.conv2D, [image, f32(3, 3, 3, 6)], convolution(stride: 1, pad: .same, groups: 3), is: .shapeMismatch),
        Mistake(.conv2D, [image, f32(9, 9, 3, 6)], convolution(stride: 1, pad: .same, dilation: 32), is: .badFilter),
        Mistake(.conv2D, [image, f32(3, 3, 3, 8)], convolution(stride: 1, pad: .all(-1)), is: .badAttribute),
        Mistake(.conv2D, [image, f32(3, 3, 3, 8)], convolution(stride: 1, pad: .all(256)), is: .badAttribute),
        Mistake(.conv2D, [image, f32(3, 3, 3, 8)], convolution(stride: 1, pad: .sides([1, -1])), is: .badAttribute),
        Mistake(.conv2D, [image, f32(3, 3, 3, 8)], convolution(stride: 1, pad: .sides([1, 1, 1])), is: .badAttribute),
        Mistake(
            .conv2D, [f32(1, 1, 8, 3), f32(5, 3, 3, 8)], convolution(stride: 1, pad: .all(1)), is: .shapeMismatch),
        Mistake(
            .conv2DInputGradient, [f32(1, 8, 8, 2), f32(3, 3, 3, 2)],
            convolution(stride: 2, pad: .same, height: 8, width: 8), is: .shapeMismatch),
        Mistake(
            .conv2DFilterGradient, [f32(1, 8, 8, 2), f32(2, 8, 8, 2)],
            convolution(stride: 1, pad: .same, height: 3, width: 3), is: .shapeMismatch),
        Mistake(.depthToSpace, [f32("N", "H", "W", 6)], integers(["block": 2]), is: .shapeMismatch),
        Mistake(.depthToSpace, [f32(8)], integers(["block": 2]), is: .rankMismatch),
        Mistake(.spaceToDepth, [f32(1, 4, 5, 1)], integers(["block": 2]), is: .shapeMismatch),
        Mistake(.spaceToDepth, [f32(1, 2 * h + 1, 4, 1)], integers(["block": 2]), is: .shapeMismatch),
        Mistake(.maxPool, [bytes], pooling([2, 2], stride: [2, 2]), is: .elementMismatch),
        Mistake(.maxPool, [f32(3)], pooling([2, 2], stride: [2, 2]), is: .rankMismatch),
        Mistake(.maxPool, [image], pooling([2, 2], stride: [2, 2], pad: .all(2)), is: .badAttribute),
        Mistake(.maxPool, [image], pooling([2, 0], stride: [2, 2]), is: .badAttribute),
        Mistake(.maxPool, [image], pooling([2], stride: [2, 2]), is: .badAttribute),
        Mistake(.averagePool, [f32(1, 2, 4, 1)], pooling([3, 3], stride: [2, 2]), is: .shapeMismatch),
        Mistake(
            .averagePoolGradient, [image], pooling([2, 2], stride: [1, 1], height: "H", width: "W"), is: .shapeMismatch),
        Mistake(
            .maxPoolGradient, [image, image, image], pooling([2, 2], stride: [1, 1]), is: .shapeMismatch),
        Mistake(.resize, [bytes], resizing(4, 4), is: .elementMismatch),
        Mistake(.resize, [image], resizing(4, 4, "nearest", true), is: .badAttribute),
        Mistake(.resize, [image], resizing(4, 4, "cubic"), is: .badAttribute),
        Mistake(.resize, [image], resizing(0, 4), is: .emptyTensor),
        Mistake(.resizeBicubic, [bytes], integers(["factor": 2]), is: .elementMismatch),
        Mistake(.resizeBicubic, [image], integers(["factor": 0]), is: .badAttribute),
        Mistake(.resizeBicubicGradient, [f32(1, 5, 4, 1)], integers(["factor": 2]), is: .shapeMismatch),
        Mistake(.sum, [image], axes(4), is: .badAxis), Mistake(.sum, [image], axes(1, 1), is: .badAxis),
        Mistake(.sumGradient, [f32(2)], OpCase.shapeAndAxes([4, 3], [0]), is: .shapeMismatch),
        Mistake(.sumTo, [image], shape(4), is: .shapeMismatch),
        Mistake(.sumTo, [f32(3)], shape("N", 3), is: .shapeMismatch),
        Mistake(.broadcast, [image], shape(3), is: .shapeMismatch),
        Mistake(.meanGradient, [f32(3)], shape(4), is: .shapeMismatch),
        Mistake(.mean, [image], axes(4), is: .badAxis), Mistake(.reduceMax, [bytes], is: .elementMismatch),
        Mistake(.softmax, [f32(3)], is: .badAxis),
        Mistake(.reshape, [image], shape("N", h * w, 4), is: .shapeMismatch),
        Mistake(.reshape, [f32(6)], shape(4), is: .shapeMismatch),
        Mistake(.transpose, [image], order(0, 1, 2), is: .badAxis), Mistake(.transpose, [image], order(0, 1, 1, 2), is: .badAxis),
        Mistake(.matmul, [image, f32(4, 8)], is: .shapeMismatch), Mistake(.matmul, [image, f32(3)], is: .rankMismatch),
        Mistake(.matmul, [f32(2, 3, 4), f32(3, 4, 5)], is: .shapeMismatch),
        Mistake(.matmul, [bytes, f32(3, 3)], is: .elementMismatch),
        Mistake(.pad, [image], border([0, -1, 0, 0], "edge"), is: .badAttribute),
        Mistake(.pad, [image], border([0, 0, 0, 0], "wrap"), is: .badAttribute),
        Mistake(.pad, [f32(1, 3, 4, 1)], border([3, 0, 0, 0], "reflect"), is: .shapeMismatch),
        Mistake(.pad, [f32(3)], border([0, 0, 0, 0], "edge"), is: .rankMismatch),
        Mistake(.padGradient, [f32(1, 3, 4, 1)], border([2, 1, 0, 0], "edge"), is: .emptyTensor),
        Mistake(.concat, [image, f32("N", "H", 3)], is: .rankMismatch),
        Mistake(.concat, [image, f32("N", h + 1, "W", 3)], is: .shapeMismatch),
        Mistake(.concat, [image, bytes], is: .elementMismatch), Mistake(.concat, [f32(3)], is: .badAxis),
        Mistake(.slice, [image], integers(["start": 2, "length": 2]), is: .outOfRange),
        Mistake(.slice, [image], integers(["start": -1, "length": 2]), is: .outOfRange),
        Mistake(.slice, [image], integers(["start": 0, "length": 0]), is: .outOfRange),
        Mistake(.padZero, [image], integers(["before": -1]), is: .badAttribute),
        Mistake(.broadcast, [f32()], shape(1 << 22, 1 << 22), is: .tooLarge),
        Mistake(.broadcast, [f32()], shape(0), is: .emptyTensor),
        Mistake(.broadcast, [f32()], shape(1, 1, 1, 1, 1, 1, 1, 1, 1), is: .tooLarge),
    ]

    @Test(arguments: mistakes)
    func mistakesAreNamed(_ mistake: Mistake) {
        let error = #expect(throws: OpError.self) {
            try OpShapeTests.apply(mistake.op, mistake.operands, mistake.attributes)
        }
        #expect(error?.wording.code == mistake.code)
    }

    @Test func errorsShowBothTypes() {
        let error = #expect(throws: OpError.self) {
            try OpShapeTests.apply(.conv2D, [OpShapeTests.image, f32(3, 3, 4, 8)], Attributes())
        }
        #expect(error?.wording.expected == "f32[3, 3, 3, 8]")
        #expect(error?.wording.found == "f32[3, 3, 4, 8]")
    }

    static func apply(_ op: OpName, _ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        var builder = GraphBuilder(name: "shapes")
        let ids = operands.map { builder.declare(.input, type: $0, named: "x") }
        let result = try builder.apply(op, ids, attributes)
        return builder.type(of: result)
    }
}
