import GraphIR
import GraphTestSupport
import Testing

/// A size as tests write it: a number, a symbol's name, or a ``Size``.
protocol Dimension { var size: Size { get } }
extension Int: Dimension { var size: Size { Size(self) } }
extension String: Dimension { var size: Size { Size(symbol: self) } }
extension Size: Dimension { var size: Size { self } }

func f32(_ dimensions: any Dimension...) -> TensorType { TensorType(.f32, Shape(dimensions.map(\.size))) }
func u8(_ dimensions: any Dimension...) -> TensorType { TensorType(.u8, Shape(dimensions.map(\.size))) }

func integers(_ pairs: KeyValuePairs<String, Int>) -> Attributes {
    Attributes(pairs.map { Attributes.Pair(name: $0.key, value: .size(Size($0.value))) })
}

func shape(_ dimensions: any Dimension...) -> Attributes {
    Attributes(["shape": .sizes(dimensions.map(\.size))])
}

func axes(_ axes: Int..., keepDims: Bool = false) -> Attributes {
    var attributes = Attributes(["axes": .sizes(axes.map(Size.init))])
    if keepDims { attributes["keep_dims"] = .truth(true) }
    return attributes
}

func order(_ axes: Int...) -> Attributes { Attributes(["order": .sizes(axes.map(Size.init))]) }

/// - Parameter sides: top, bottom, left and right.
func border(_ sides: [Int], _ mode: String, value: Double? = nil) -> Attributes {
    var attributes = Attributes(["sides": .sizes(sides.map(Size.init)), "mode": .word(mode)])
    if let value { attributes["value"] = .float(value) }
    return attributes
}

/// - Parameters:
///   - size: vertical and horizontal, as stride.
func pooling(
    _ size: [Int], stride: [Int], pad: Pad = .valid, countsPadding: Bool? = nil, height: (any Dimension)? = nil,
    width: (any Dimension)? = nil
) -> Attributes {
    var attributes = Attributes([
        "size": .sizes(size.map(Size.init)), "stride": .sizes(stride.map(Size.init)), "pad": pad.attribute,
    ])
    if let countsPadding { attributes["count_pad"] = .truth(countsPadding) }
    if let height { attributes["height"] = .size(height.size) }
    if let width { attributes["width"] = .size(width.size) }
    return attributes
}

func resizing(
    _ height: any Dimension, _ width: any Dimension, _ mode: String = "bilinear", _ alignsCorners: Bool = false
) -> Attributes {
    Attributes([
        "height": .size(height.size), "width": .size(width.size), "mode": .word(mode), "align_corners": .truth(alignsCorners),
    ])
}

func transposes(a: Bool, b: Bool) -> Attributes { Attributes(["transpose_a": .truth(a), "transpose_b": .truth(b)]) }

func table(_ shape: [Int], _ values: [Double]) -> Attributes {
    Attributes(["values": .table(NumberTable(shape: shape, values: values))])
}

/// A padding as source text holds it.
enum Pad {
    case same, valid, all(Int), sides([Int])

    var attribute: AttributeValue {
        switch self {
        case .same: .padding(.same)
        case .valid: .padding(.valid)
        case .all(let number): .size(Size(number))
        case .sides(let numbers): .sizes(numbers.map(Size.init))
        }
    }

    /// Top, bottom, left and right.
    func sides(_ filter: [Int], dilation: Int = 1) -> [Int] {
        switch self {
        case .same: [filter[0], filter[0], filter[1], filter[1]].map { $0 / 2 * dilation }
        case .valid: [0, 0, 0, 0]
        case .all(let number): [number, number, number, number]
        case .sides(let numbers):
            numbers.count == 4 ? numbers : [numbers[0], numbers[0], numbers[1], numbers[1]]
        }
    }
}

func convolution(
    stride: Int, pad: Pad, dilation: Int = 1, groups: Int = 1, height: (any Dimension)? = nil,
    width: (any Dimension)? = nil
) -> Attributes {
    var attributes = Attributes([
        "stride": .size(Size(stride)), "pad": pad.attribute, "dilation": .size(Size(dilation)), "groups": .size(Size(groups)),
    ])
    if let height { attributes["height"] = .size(height.size) }
    if let width { attributes["width"] = .size(width.size) }
    return attributes
}

extension RepeatableGenerator {
    mutating func tensor(_ shape: [Int], in range: ClosedRange<Double> = -1...1) -> Tensor<Double> {
        let count = shape.reduce(1, *)
        return Tensor(
            shape: shape,
            values: (0..<count).map { _ in
                range.lowerBound + Double(next() >> 11) * 0x1p-53 * (range.upperBound - range.lowerBound)
            })
    }
}

/// A use of one op on random operands, for checks that hold for all ops.
struct OpCase: CustomTestStringConvertible {
    var op: OpName
    var shapes: [[Int]]
    var attributes: Attributes
    /// The operands whose gradient is checked; the others have none.
    var differentiable: [Int]
    var range: ClosedRange<Double>
    /// The operands that are whole numbers, so that some are equal and some 0.
    var whole: [Int]
    var seed: UInt64

    init(
        _ op: OpName, _ shapes: [[Int]], _ attributes: Attributes = Attributes(), differentiable: [Int]? = nil,
        range: ClosedRange<Double> = -1...1, whole: [Int] = [], seed: UInt64 = 1
    ) {
        self.op = op
        self.shapes = shapes
        self.attributes = attributes
        self.differentiable = differentiable ?? Array(shapes.indices)
        self.range = range
        self.whole = whole
        self.seed = seed
    }

    var testDescription: String { "\(op) \(shapes) \(attributes.pairs.map { "\($0.name) = \($0.value)" })" }

    var operandTypes: [TensorType] { shapes.map { TensorType(.f32, Shape($0.map(Size.init))) } }

    func operands() -> [Tensor<Double>] {
        var generator = RepeatableGenerator(seed: seed)
        return shapes.enumerated().map { index, shape in
            var operand = generator.tensor(shape, in: range)
            if whole.contains(index) { operand.values = operand.values.map { $0.rounded() } }
            return operand
        }
    }

    /// Ops whose results jump and are the same between.
    static let steps: Set<OpName> = [.sign, .round, .floor, .castToU8, .less, .lessOrEqual, .equal]

    /// Gradients whose own gradient is not written.
    static let lastGradients: Set<OpName> = [.maxPoolGradient]

    /// Every op that has a gradient or rows, over the shapes that could break it.
    static let all: [OpCase] =
        arithmetic + choices + slopes + functions + convolutions + reductions + products + rearrangements + borders + poolings
        + resizes + resampling

    static let broadcasts: [[[Int]]] = [
        [[2, 3, 2, 3], [2, 3, 2, 3]], [[2, 3, 5, 4], [4]], [[3], [2, 4, 1, 3]], [[2, 3, 2, 2], []],
        [[], [1, 1, 1, 1]],
        [[2, 1, 3, 1], [1, 4, 1, 2]], [[1, 5, 1, 3], [5, 1, 1]], [[4], [4]], [[], []],
    ]

    static let arithmetic: [OpCase] = broadcasts.flatMap { shapes in
        [
            OpCase(.add, shapes), OpCase(.subtract, shapes), OpCase(.multiply, shapes),
            OpCase(.divide, shapes, range: 0.5...2), OpCase(.reluGradient, shapes),
            OpCase(.maximum, shapes), OpCase(.minimum, shapes), OpCase(.power, shapes, range: 0.5...2),
            OpCase(.less, shapes, range: -2...2, whole: [0, 1]), OpCase(.lessOrEqual, shapes, range: -2...2, whole: [0, 1]),
            OpCase(.equal, shapes, range: -2...2, whole: [0, 1]),
            OpCase(.clipGradient, shapes, Attributes(["min": .float(-0.5), "max": .float(0.25)])),
        ]
    }

    static let choices: [OpCase] = [
        [[2, 3, 2, 3], [2, 3, 2, 3], [2, 3, 2, 3]], [[2, 3, 5, 4], [4], []], [[3], [2, 4, 1, 3], [4, 1, 1]], [[], [2, 3], [3]],
        [[1, 5, 1, 3], [5, 1, 1], [2, 1, 2, 1]], [[4], [4], [4]],
    ].map { shapes in OpCase(.select, shapes, differentiable: [1, 2], whole: [0]) }

    /// Slopes for each channel, for all of them, and for other parts of x.
    private static let slopeShapes: [[[Int]]] = [
        [[2, 3, 5, 4], [4]], [[2, 3, 5, 4], [1, 1, 1, 4]], [[2, 3, 2, 2], []], [[2, 3, 2, 3], [2, 3, 2, 3]],
        [[2, 4, 3, 2], [4, 1, 1]], [[1, 1, 1, 1], [1]], [[7], [7]], [[], []],
    ]
    static let slopes: [OpCase] = slopeShapes.map { OpCase(.prelu, $0) }

    static let functions: [OpCase] = [[1, 1, 1, 1], [2, 3, 5, 3], [7], []].flatMap { (shape: [Int]) -> [OpCase] in
        [
            OpCase(.negate, [shape]), OpCase(.castToF32, [shape]), OpCase(.relu, [shape]),
            OpCase(.leakyReLU, [shape]), OpCase(.leakyReLU, [shape], Attributes(["slope": .float(0)])),
            OpCase(.reluGradient, [shape, shape], Attributes(["slope": .float(0.3)])),
            OpCase(.castToU8, [shape], range: -20...300), OpCase(.tanh, [shape], range: -3...3),
            OpCase(.sigmoid, [shape], range: -5...5), OpCase(.abs, [shape]),
            OpCase(.sign, [shape]), OpCase(.sqrt, [shape], range: 0.1...4), OpCase(.round, [shape], range: -4...4),
            OpCase(.exp, [shape], range: -3...3), OpCase(.log, [shape], range: 0.1...4), OpCase(.erf, [shape], range: -3...3),
            OpCase(.floor, [shape], range: -4...4),
            OpCase(.clip, [shape], Attributes(["min": .float(-0.5), "max": .float(0.25)])),
        ]
    }

    /// Image and filter sizes, strides and paddings.
    static let geometries: [(image: [Int], filter: [Int], stride: Int, pad: Pad)] = [
        ([1, 1, 1, 1], [1, 1, 1, 1], 1, .same), ([1, 1, 1, 2], [3, 3, 2, 2], 1, .same),
        ([2, 5, 4, 2], [3, 3, 2, 3], 1, .same), ([1, 4, 7, 1], [5, 5, 1, 2], 1, .same),
        ([1, 3, 3, 1], [9, 9, 1, 1], 1, .same), ([1, 3, 5, 2], [1, 3, 2, 1], 1, .same),
        ([1, 5, 3, 1], [3, 1, 1, 2], 2, .same), ([1, 6, 5, 2], [3, 3, 2, 2], 2, .same),
        ([1, 7, 7, 1], [5, 3, 1, 1], 3, .same), ([2, 1, 1, 1], [3, 3, 1, 1], 2, .same),
        ([1, 3, 3, 2], [3, 3, 2, 2], 1, .valid), ([1, 6, 5, 1], [3, 3, 1, 2], 2, .valid),
        ([1, 9, 11, 1], [9, 9, 1, 1], 1, .valid), ([1, 8, 5, 1], [1, 1, 1, 2], 2, .valid),
        ([1, 10, 4, 1], [3, 3, 1, 1], 4, .valid), ([2, 3, 4, 2], [3, 3, 2, 1], 1, .all(2)),
        ([1, 2, 1, 1], [1, 1, 1, 2], 1, .all(3)), ([1, 1, 2, 1], [5, 3, 1, 1], 1, .sides([2, 1])),
        ([1, 4, 5, 2], [3, 5, 2, 2], 1, .sides([0, 2, 4, 0])), ([1, 5, 4, 1], [3, 3, 1, 2], 2, .sides([0, 1, 0, 1])),
        ([1, 6, 4, 1], [5, 1, 1, 1], 3, .sides([4, 0, 1, 3])), ([1, 2, 3, 1], [3, 3, 1, 1], 2, .all(5)),
    ]

    /// Image and filter sizes, strides, paddings, dilations and groups.
    static let groupedGeometries: [(image: [Int], filter: [Int], stride: Int, pad: Pad, dilation: Int, groups: Int)] = [
        ([2, 5, 4, 2], [3, 3, 1, 2], 1, .same, 1, 2), ([1, 4, 5, 4], [3, 3, 2, 2], 1, .same, 1, 2),
        ([1, 3, 3, 3], [3, 1, 1, 6], 2, .sides([1, 0, 2, 1]), 1, 3), ([1, 1, 1, 2], [1, 1, 1, 4], 1, .valid, 1, 2),
        ([1, 6, 7, 1], [3, 3, 1, 2], 1, .same, 2, 1), ([1, 7, 8, 1], [3, 3, 1, 1], 1, .valid, 3, 1),
        ([1, 9, 4, 1], [3, 1, 1, 1], 3, .all(1), 2, 1), ([1, 6, 5, 2], [3, 3, 1, 2], 1, .sides([3, 0, 1, 2]), 2, 2),
        ([1, 1, 2, 1], [5, 3, 1, 1], 1, .same, 2, 1),
    ]

    static let convolutions: [OpCase] =
        geometries.flatMap { convolutions($0.image, $0.filter, $0.stride, $0.pad) }
        + groupedGeometries.flatMap { convolutions($0.image, $0.filter, $0.stride, $0.pad, $0.dilation, $0.groups) }

    private static func convolutions(
        _ image: [Int], _ filter: [Int], _ stride: Int, _ pad: Pad, _ dilation: Int = 1, _ groups: Int = 1
    ) -> [OpCase] {
        let sides = pad.sides(filter, dilation: dilation)
        let output = [
            image[0], (image[1] + sides[0] + sides[1] - (filter[0] - 1) * dilation - 1) / stride + 1,
            (image[2] + sides[2] + sides[3] - (filter[1] - 1) * dilation - 1) / stride + 1, filter[3],
        ]
        let attributes = { (height: Int?, width: Int?) in
            convolution(stride: stride, pad: pad, dilation: dilation, groups: groups, height: height, width: width)
        }
        return [
            OpCase(.conv2D, [image, filter], attributes(nil, nil)),
            OpCase(.conv2DInputGradient, [output, filter], attributes(image[1], image[2])),
            OpCase(.conv2DFilterGradient, [image, output], attributes(filter[0], filter[1])),
        ]
    }

    static let reductions: [OpCase] = [
        OpCase(.mean, [[2, 3, 1, 2]]), OpCase(.mean, [[]]), OpCase(.meanGradient, [[]], shape(2, 3, 1, 2)),
        OpCase(.sum, [[2, 3, 1, 2]]), OpCase(.sum, [[2, 3, 4, 2]], axes(0, 1, 2)),
        OpCase(.sum, [[2, 3, 4, 2]], axes(3, 1)), OpCase(.sum, [[5]], axes(0)), OpCase(.sum, [[]]),
        OpCase(.sum, [[2, 3, 4, 2]], axes(1, 2, keepDims: true)), OpCase(.sum, [[2, 3, 4, 2]], axes(3, keepDims: true)),
        OpCase(.sum, [[2, 3, 4, 2]], axes(0, keepDims: true)),
        OpCase(.mean, [[2, 3, 4, 2]], axes(1, 2, keepDims: true)), OpCase(.mean, [[2, 3, 4, 2]], axes(1, 2)),
        OpCase(.mean, [[2, 3, 4, 2]], axes(0, 1, 2)), OpCase(.mean, [[2, 3, 4, 2]], axes(2, keepDims: true)),
        OpCase(.mean, [[2, 3, 4, 2]], axes(keepDims: true)), OpCase(.mean, [[5]], axes(0)),
        OpCase(.meanGradient, [[2, 1, 1, 2]], shape(2, 3, 4, 2)), OpCase(.meanGradient, [[4, 1]], shape(2, 3, 4, 2)),
        OpCase(.meanGradient, [[2]], shape(2, 3, 4, 2)), OpCase(.meanGradient, [[1]], shape(1)),
        OpCase(.reduceMax, [[2, 3, 4, 2]], axes(1, 2, keepDims: true)), OpCase(.reduceMax, [[2, 3, 4, 2]], axes(3)),
        OpCase(.reduceMax, [[2, 3, 4, 5]], axes(3, keepDims: true)), OpCase(.reduceMax, [[7]]), OpCase(.reduceMax, [[]]),
        OpCase(.softmax, [[2, 3, 2, 4]]), OpCase(.softmax, [[2, 3, 2, 1]], integers(["axis": 1])),
        OpCase(.softmax, [[2, 3, 4, 2]], integers(["axis": 2])), OpCase(.softmax, [[5]], integers(["axis": 0])),
        OpCase(.sumGradient, [[2, 4]], shapeAndAxes([2, 3, 4, 2], [3, 1])),
        OpCase(.sumGradient, [[]], shapeAndAxes([2, 3], [])),
        OpCase(.sumTo, [[2, 3, 4, 2]], shape(2)), OpCase(.sumTo, [[2, 3, 4, 2]], shape(3, 1, 2)),
        OpCase(.sumTo, [[2, 3, 4, 2]], shape()), OpCase(.sumTo, [[2, 3]], shape(2, 3)),
        OpCase(.broadcast, [[2]], shape(2, 3, 4, 2)), OpCase(.broadcast, [[3, 1, 2]], shape(2, 3, 4, 2)),
        OpCase(.broadcast, [[]], shape(2, 3)), OpCase(.broadcast, [[1, 3, 1, 1]], shape(2, 3, 2, 2)),
        OpCase(.psnr, [[2, 3, 2, 3], [2, 3, 2, 3]], peak), OpCase(.psnr, [[1, 1, 1, 1], [1, 1, 1, 1]], peak),
        OpCase(.psnrGradient, [[], [2, 3, 2, 1], [2, 3, 2, 1]], peak, differentiable: [0]),
    ]

    static let products: [OpCase] = [(false, false), (true, false), (false, true), (true, true)].flatMap { a, b in
        [
            (2, 3, 4, [Int](), [Int]()), (1, 5, 2, [2, 3], [2, 3]), (3, 2, 2, [2, 3], []), (2, 1, 3, [3], [2, 1]),
        ].map { rows, depth, columns, left, right in
            OpCase(
                .matmul, [left + (a ? [depth, rows] : [rows, depth]), right + (b ? [columns, depth] : [depth, columns])],
                transposes(a: a, b: b))
        }
    }

    static let peak = Attributes(["max": .float(2)])

    static func shapeAndAxes(_ shape: [Int], _ axes: [Int]) -> Attributes {
        Attributes(["shape": .sizes(shape.map(Size.init)), "axes": .sizes(axes.map(Size.init))])
    }

    static let rearrangements: [OpCase] = [
        OpCase(.depthToSpace, [[2, 3, 2, 12]], integers(["block": 2])),
        OpCase(.depthToSpace, [[1, 1, 1, 9]], integers(["block": 3])),
        OpCase(.spaceToDepth, [[2, 4, 6, 3]], integers(["block": 2])),
        OpCase(.spaceToDepth, [[1, 3, 3, 1]], integers(["block": 3])),
        OpCase(.concat, [[2, 3, 2, 1], [2, 3, 2, 3], [2, 3, 2, 2]]),
        OpCase(.concat, [[2, 3, 2, 1], [2, 1, 2, 1], [2, 2, 2, 1]], integers(["axis": 1])),
        OpCase(.concat, [[1, 2], [3, 2]], integers(["axis": 0])), OpCase(.concat, [[1, 1, 1, 1]]),
        OpCase(.slice, [[2, 5, 3, 2]], integers(["axis": 1, "start": 1, "length": 3])),
        OpCase(.slice, [[2, 5, 3, 4]], integers(["start": 3, "length": 1])),
        OpCase(.slice, [[4, 3]], integers(["axis": 0, "start": 0, "length": 4])),
        OpCase(.padZero, [[2, 3, 2, 2]], integers(["axis": 1, "before": 2, "after": 1])),
        OpCase(.padZero, [[1, 2, 2, 1]], integers(["axis": 2, "after": 3])),
        OpCase(.padZero, [[3]], integers(["axis": 0, "before": 1])),
        OpCase(.reshape, [[2, 3, 4, 6]], shape(2, 3, 8, 3)), OpCase(.reshape, [[2, 3, 4, 6]], shape(2, 3, 4, 3, 2)),
        OpCase(.reshape, [[2, 3, 4, 1]], shape(2, 6, 2, 1)), OpCase(.reshape, [[1, 1]], shape()),
        OpCase(.reshape, [[6, 4]], shape(1, 2, 3, 4)),
        OpCase(.transpose, [[2, 3, 4, 5]], order(0, 2, 1, 3)), OpCase(.transpose, [[2, 3, 4, 5]], order(3, 1, 2, 0)),
        OpCase(.transpose, [[2, 3, 4, 5]], order(0, 1, 3, 2)), OpCase(.transpose, [[2, 3, 4]], order(2, 0, 1)),
        OpCase(.transpose, [[2, 3, 4, 5]], order(0, 3, 2, 1)),
        OpCase(.table, [], table([3], [1, -2, 0.5])), OpCase(.table, [], table([1, 2, 1, 2], [1, 2, 3, 4])),
    ]

    static let borders: [OpCase] = [
        ([2, 3, 4, 2], [1, 2, 0, 1]), ([1, 4, 3, 1], [3, 0, 2, 2]), ([1, 5, 5, 2], [2, 2, 4, 1]), ([1, 1, 1, 2], [0, 0, 0, 0]),
    ].flatMap { (image: [Int], sides: [Int]) in
        let larger = [image[0], image[1] + sides[0] + sides[1], image[2] + sides[2] + sides[3], image[3]]
        return ["constant", "edge", "reflect"].flatMap { mode in
            [OpCase(.pad, [image], border(sides, mode, value: 0.5)), OpCase(.padGradient, [larger], border(sides, mode))]
        }
    }

    static let poolings: [OpCase] = [
        ([1, 1, 1, 1], [1, 1], [1, 1], Pad.valid, [1, 1]), ([2, 4, 6, 2], [2, 2], [2, 2], .valid, [2, 3]),
        ([1, 5, 7, 1], [2, 2], [2, 2], .valid, [2, 3]), ([1, 5, 7, 2], [3, 3], [2, 2], .all(1), [3, 4]),
        ([1, 6, 4, 1], [3, 2], [1, 3], .sides([1, 0, 0, 1]), [5, 2]), ([1, 7, 5, 1], [2, 2], [3, 3], .valid, [2, 2]),
        ([1, 1, 5, 1], [3, 3], [1, 1], .same, [1, 5]),
    ].flatMap { (image: [Int], size: [Int], stride: [Int], pad: Pad, sides: [Int]) in
        let pooled = [image[0], sides[0], sides[1], image[3]]
        return [OpCase(.maxPool, [image], pooling(size, stride: stride, pad: pad))]
            + [true, false].flatMap { counts in
                [
                    OpCase(.averagePool, [image], pooling(size, stride: stride, pad: pad, countsPadding: counts)),
                    OpCase(
                        .averagePoolGradient, [pooled],
                        pooling(size, stride: stride, pad: pad, countsPadding: counts, height: image[1], width: image[2])),
                ]
            }
            // Numbers of few values, so that some pixels equal the largest.
            + [OpCase(.maxPoolGradient, [pooled, image, pooled], pooling(size, stride: stride, pad: pad), whole: [1, 2])]
    }

    static let resizes: [OpCase] = [
        ([1, 1, 1, 1], [1, 1]), ([1, 1, 1, 2], [3, 2]), ([2, 2, 3, 2], [4, 6]), ([1, 5, 4, 1], [7, 9]), ([1, 7, 6, 1], [3, 1]),
        ([1, 3, 3, 1], [3, 3]),
    ].flatMap { (image: [Int], sides: [Int]) in
        [("nearest", false), ("bilinear", false), ("bilinear", true)].flatMap { mode, alignsCorners in
            [
                OpCase(.resize, [image], resizing(sides[0], sides[1], mode, alignsCorners)),
                OpCase(
                    .resizeGradient, [[image[0], sides[0], sides[1], image[3]]],
                    resizing(image[1], image[2], mode, alignsCorners)),
            ]
        }
    }

    static let resampling: [OpCase] = [
        ([1, 1, 1, 1], 2), ([1, 2, 3, 2], 2), ([2, 5, 4, 1], 3), ([1, 7, 2, 1], 4), ([1, 3, 3, 1], 1),
        ([1, 1, 6, 1], 5),
    ].flatMap { (image: [Int], factor: Int) in
        [
            OpCase(.resizeBicubic, [image], integers(["factor": factor])),
            OpCase(
                .resizeBicubicGradient, [[image[0], image[1] * factor, image[2] * factor, image[3]]],
                integers(["factor": factor])),
        ]
    }
}
