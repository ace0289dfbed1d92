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
        AttributeDeclaration("pad", .padding(0...largestFilter), default: .padding(.same)),
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
            var fitting = filter
            fitting.shape.dimensions[2] = channels
            throw .filterChannels(expected: fitting, found: filter)
        }
        let (rows, columns) = (x.shape.dimensions[1], x.shape.dimensions[2])
        let padding = ConvolutionPadding(attributes, filterHeight: height, filterWidth: width)
        let stride = attributes.integer("stride")
        // y has ⌊(H + padding − kh) / stride⌋ + 1 rows.
        let outputHeight = (rows + padding.vertical - height).floorDivided(by: stride) + 1
        let outputWidth = (columns + padding.horizontal - width).floorDivided(by: stride) + 1
        for case let size? in [outputHeight.constant, outputWidth.constant] where size < 1 {
            throw .imageBelowFilter(
                x, leastHeight: max(1, height - padding.vertical), leastWidth: max(1, width - padding.horizontal))
        }
        return TensorType(.f32, Shape([x.shape.dimensions[0], outputHeight, outputWidth, filter.shape.dimensions[3]]))
    }

    /// Rows and columns of a filter `[kh, kw, Cin, Cout]`.
    static func filterSize(_ filter: TensorType, in op: OpName) throws(OpError) -> (height: Int, width: Int) {
        try filter.requireF32(in: op)
        try filter.requireLayout(.filter, in: op)
        guard let height = filter.shape.dimensions[0].constant, let width = filter.shape.dimensions[1].constant else {
            throw .symbolicFilter(filter)
        }
        guard height % 2 == 1, width % 2 == 1, height <= largestFilter, width <= largestFilter else {
            throw .filterSize(filter)
        }
        return (height, width)
    }
}
