/// What `conv2d` and its two gradients share.
///
/// All three are faces of one sum. With x `[N, H, W, Cin]`, filter f `[kh, kw, Cin/G, Cout]`, y
/// `[N, OH, OW, Cout]`, stride s, padding (ph, pw), dilation d and G groups:
///
///     Σ x[n, oh·s − ph + r·d, ow·s − pw + q·d, g·Cin/G + ci] · f[r, q, ci, co] · y[n, oh, ow, co], g = ⌊co·G/Cout⌋
///
/// over all indices for which x exists: channel co is made of those of its group alone. Its derivative by y is `conv2d`, by x `conv2d_input_gradient`
/// and by f `conv2d_filter_gradient`, so each is a gradient of the other two.
enum Convolution {
    static let attributes = [
        AttributeDeclaration("stride", .integer(1...64), default: .size(Size(1))),
        AttributeDeclaration("pad", .padding(0...largestFilter), default: .padding(.same)),
        AttributeDeclaration("dilation", .integer(1...64), default: .size(Size(1))),
        AttributeDeclaration("groups", .integer(1...largestGroupCount), default: .size(Size(1))),
    ]

    /// Rows or columns that a filter reaches over, at most.
    static let largestFilter = 255

    static let largestGroupCount = 65536

    /// Rows or columns that so many taps reach over.
    static func reach(_ tapCount: Int, _ attributes: Attributes) -> Int {
        (tapCount - 1) * attributes.integer("dilation") + 1
    }

    /// The stride, padding, dilation and groups of one use, for passing on to the op's other faces.
    static func attributes(from attributes: Attributes, height: Size? = nil, width: Size? = nil) -> Attributes {
        var passed = Attributes([
            "stride": .size(Size(attributes.integer("stride"))), "pad": attributes.padding("pad"),
            "dilation": .size(Size(attributes.integer("dilation"))), "groups": .size(Size(attributes.integer("groups"))),
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
        let (tapRows, tapColumns) = try filterSize(filter, attributes, in: op)
        try checkChannels(of: x, filter: filter, groupCount: attributes.integer("groups"), in: op)
        let (rows, columns) = (x.shape.dimensions[1], x.shape.dimensions[2])
        let padding = ConvolutionPadding(attributes, filterHeight: tapRows, filterWidth: tapColumns)
        let stride = attributes.integer("stride")
        let (height, width) = (reach(tapRows, attributes), reach(tapColumns, attributes))
        // y has ⌊(H + padding − reach) / stride⌋ + 1 rows.
        let outputHeight = (rows + padding.vertical - height).floorDivided(by: stride) + 1
        let outputWidth = (columns + padding.horizontal - width).floorDivided(by: stride) + 1
        for case let size? in [outputHeight.constant, outputWidth.constant] where size < 1 {
            throw .imageBelowFilter(
                x, leastHeight: max(1, height - padding.vertical), leastWidth: max(1, width - padding.horizontal))
        }
        return TensorType(.f32, Shape([x.shape.dimensions[0], outputHeight, outputWidth, filter.shape.dimensions[3]]))
    }

    /// Checks that each group has its part of x's channels, and as many output channels as the others.
    private static func checkChannels(
        of x: TensorType, filter: TensorType, groupCount: Int, in op: OpName
    ) throws(OpError) {
        let channels = x.shape.dimensions[3]
        if let number = channels.constant, number % groupCount != 0 { throw .channelsNotMultiple(op, of: groupCount, x) }
        if let number = filter.shape.dimensions[3].constant, number % groupCount != 0 {
            throw .filterGroups(groupCount, filter)
        }
        guard (groupCount * filter.shape.dimensions[2]).compared(to: channels) == .different else { return }
        var fitting = filter
        fitting.shape.dimensions[2] = channels.floorDivided(by: groupCount)
        throw .filterChannels(expected: fitting, found: filter, groupCount: groupCount)
    }

    /// Rows and columns of a filter `[kh, kw, Cin/groups, Cout]`.
    static func filterSize(
        _ filter: TensorType, _ attributes: Attributes, in op: OpName
    ) throws(OpError) -> (height: Int, width: Int) {
        try filter.requireF32(in: op)
        try filter.requireLayout(.filter, in: op)
        guard let height = filter.shape.dimensions[0].constant, let width = filter.shape.dimensions[1].constant else {
            throw .symbolicFilter(filter)
        }
        guard height % 2 == 1, width % 2 == 1, height <= largestFilter, width <= largestFilter else {
            throw .filterSize(filter)
        }
        guard max(reach(height, attributes), reach(width, attributes)) <= largestFilter else {
            throw .filterReach(filter, dilation: attributes.integer("dilation"))
        }
        return (height, width)
    }
}
