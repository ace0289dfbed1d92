/// What `conv2d` and its two gradients share.
///
/// All three are faces of one sum. With x `[N, H, W, Cin]`, filter f `[kh, kw, Cin, Cout]`, y
/// `[N, OH, OW, Cout]`, stride s and padding (ph, pw):
///
///     Σ x[n, oh·s − ph + r, ow·s − pw + q, ci] · f[r, q, ci, co] · y[n, oh, ow, co]
///
/// over all indices for which x exists. Its derivative by y is `conv2d`, by x `conv2d_input_gradient`
/// and by f `conv2d_filter_gradient`, so each is a gradient of the other two.
enum Convolution {
    static let attributes = [
        AttributeDeclaration("stride", .integer(1...64), default: .size(Size(1))),
        AttributeDeclaration("pad", .padding(0...largestFilter), default: .symbol("same")),
    ]

    static let largestFilter = 255

    /// The stride and padding of one use, for passing on to the op's other faces.
    static func attributes(from attributes: Attributes, height: Size? = nil, width: Size? = nil) -> Attributes {
        var passed = Attributes([
            "stride": .size(Size(attributes.integer("stride"))), "pad": attributes.padding("pad"),
        ])
        if let height, let width {
            passed["height"] = .size(height)
            passed["width"] = .size(width)
        }
        return passed
    }

    /// The type of y, for x and a filter that agree.
    static func outputType(
        of x: TensorType, filter: TensorType, _ attributes: Attributes, in op: OpName
    ) throws(OpError) -> TensorType {
        let (height, width) = try filterSize(filter, in: op)
        let channels = x.shape.dimensions[3]
        guard filter.shape.dimensions[2].compared(to: channels) != .different else {
            throw OpError(
                "shape-mismatch", "the filter's input channels are not those of x",
                expected: "f32[\(height), \(width), \(channels), \(filter.shape.dimensions[3])]",
                found: filter.description)
        }
        let (rows, columns) = (x.shape.dimensions[1], x.shape.dimensions[2])
        let padding = ConvolutionPadding(attributes, filterHeight: height, filterWidth: width)
        let stride = attributes.integer("stride")
        // y has ⌊(H + padding − kh) / stride⌋ + 1 rows.
        let outputHeight = (rows + padding.vertical - height).floorDivided(by: stride) + 1
        let outputWidth = (columns + padding.horizontal - width).floorDivided(by: stride) + 1
        for case let size? in [outputHeight.constant, outputWidth.constant] where size < 1 {
            throw OpError(
                "shape-mismatch", "the image is smaller than the filter",
                expected: "at least \(max(1, height - padding.vertical)) rows and "
                    + "\(max(1, width - padding.horizontal)) columns, or pad = same",
                found: x.description)
        }
        return TensorType(.f32, Shape([x.shape.dimensions[0], outputHeight, outputWidth, filter.shape.dimensions[3]]))
    }

    /// Rows and columns of a filter `[kh, kw, Cin, Cout]`.
    static func filterSize(_ filter: TensorType, in op: OpName) throws(OpError) -> (height: Int, width: Int) {
        try filter.requireF32(in: op)
        try filter.requireRank(4, "[height, width, in, out]", in: op)
        guard let height = filter.shape.dimensions[0].constant, let width = filter.shape.dimensions[1].constant else {
            throw OpError(
                "bad-filter", "a filter's height and width must be known when compiling", found: filter.description)
        }
        guard height % 2 == 1, width % 2 == 1, height <= largestFilter, width <= largestFilter else {
            throw OpError(
                "bad-filter", "a filter's height and width must be odd and at most \(largestFilter)",
                expected: "f32[3, 3, in, out]", found: filter.description)
        }
        return (height, width)
    }
}

/// A face of the convolution whose rows need a window of the rows of operand 0, and all of operand 1, the filter.
protocol ConvolutionByWindows: Op {
    /// The window along one axis, of which the filter has `filterSize` taps and the padding is `padding` in front.
    func window(filterSize: Int, padding: Int, stride: Int) -> RowMap
}

extension ConvolutionByWindows {
    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        windows(operand, shapes, attributes)?.rows ?? .all
    }

    func columnMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        windows(operand, shapes, attributes)?.columns ?? .all
    }

    private func windows(
        _ operand: Int, _ shapes: BoundShapes, _ attributes: Attributes
    ) -> (rows: RowMap, columns: RowMap)? {
        guard operand == 0 else { return nil }
        let filter = shapes.operands[1], stride = attributes.integer("stride")
        let padding = ConvolutionPadding(attributes, filterHeight: filter[0], filterWidth: filter[1])
        return (
            window(filterSize: filter[0], padding: padding.top, stride: stride),
            window(filterSize: filter[1], padding: padding.left, stride: stride)
        )
    }
}

/// The rows and columns of zeros around the image of one convolution.
///
/// `pad = same` is (k − 1)/2 on every side, so that at stride 1 there are as many rows as before; `valid`
/// is none; `2` is two on every side, `[1, 2]` one above and below and two on the left and right, and
/// `[1, 2, 3, 4]` stands for top, bottom, left and right.
public struct ConvolutionPadding: Hashable, Sendable {
    /// Rows and columns of zeros on each side.
    public var top, bottom, left, right: Int

    /// The padding that an attribute stands for with a filter of this size.
    public init(_ attributes: Attributes, filterHeight: Int, filterWidth: Int) {
        let sides: [Int]
        switch attributes.padding("pad") {
        case .symbol("same"): sides = [(filterHeight - 1) / 2, (filterWidth - 1) / 2]
        case .size(let size): sides = Attributes(["pad": .sizes([size, size])]).integers("pad")
        case .sizes: sides = attributes.integers("pad")
        case .symbol, .float: sides = [0, 0]
        }
        (top, bottom) = sides.count == 4 ? (sides[0], sides[1]) : (sides[0], sides[0])
        (left, right) = sides.count == 4 ? (sides[2], sides[3]) : (sides[1], sides[1])
    }

    var vertical: Int { top + bottom }
    var horizontal: Int { left + right }
}

/// The index arithmetic of one convolution with all sizes bound.
struct ConvolutionGeometry {
    let images, height, width, inputChannels: Int
    let filterHeight, filterWidth: Int
    let outputHeight, outputWidth, outputChannels: Int
    let stride, padTop, padLeft: Int

    init(x: [Int], filter: [Int], output: [Int], _ attributes: Attributes) {
        (images, height, width, inputChannels) = (x[0], x[1], x[2], x[3])
        (filterHeight, filterWidth) = (filter[0], filter[1])
        (outputHeight, outputWidth, outputChannels) = (output[1], output[2], output[3])
        stride = attributes.integer("stride")
        let padding = ConvolutionPadding(attributes, filterHeight: filterHeight, filterWidth: filterWidth)
        (padTop, padLeft) = (padding.top, padding.left)
    }

    /// Where the channels of an x pixel, a filter tap and a y pixel that meet begin.
    struct Meeting {
        var x, filter, output: Int
    }

    /// Every filter tap over every pixel of one row of y, where it meets a pixel of x.
    func meetings(image n: Int, row oh: Int) -> [Meeting] {
        var meetings: [Meeting] = []
        meetings.reserveCapacity(outputWidth * filterHeight * filterWidth)
        for ow in 0..<outputWidth {
            for r in 0..<filterHeight {
                let h = oh * stride - padTop + r
                guard h >= 0, h < height else { continue }
                for q in 0..<filterWidth {
                    let w = ow * stride - padLeft + q
                    guard w >= 0, w < width else { continue }
                    meetings.append(
                        Meeting(
                            x: ((n * height + h) * width + w) * inputChannels,
                            filter: (r * filterWidth + q) * inputChannels * outputChannels,
                            output: ((n * outputHeight + oh) * outputWidth + ow) * outputChannels))
                }
            }
        }
        return meetings
    }

    /// All images and rows of y.
    var rows: [(image: Int, row: Int)] {
        (0..<images).flatMap { n in (0..<outputHeight).map { oh in (n, oh) } }
    }

    /// A multiplication and an addition for each meeting and pair of channels, the padding's included.
    var operationCount: Int {
        2 * images * outputHeight * outputWidth * filterHeight * filterWidth * inputChannels * outputChannels
    }
}
