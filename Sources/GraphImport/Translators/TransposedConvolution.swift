import GraphIR
import GraphInterchange

extension Translation {
    /// A transposed convolution as a convolution and a pixel shuffle.
    ///
    /// Of stride s, what lies at place s·q + a of its result is Σ x[q − m] · w[a + s·m] over m: for each a a convolution
    /// with every s-th row of the filter. One convolution makes all s² of them, and the shuffle puts them in their places.
    /// Rows that the padding takes away whole are not computed; what is left of it is cut off.
    mutating func translateTransposed(_ node: ForeignNode) throws(TranslationError) {
        let x = try image(node, 0)
        let filter = try neededKnown(node, 1)
        guard filter.shape.count == 4 else { throw .node(.rank(filter.shape.count)) }
        let kernel = Array(filter.shape[2...])
        let window = try WindowArguments(node, kernel: kernel, sizes: [])
        let groupCount = try node.integer("group", 1)
        guard groupCount == 1 else { throw .node(.attribute("group", "\(groupCount)")) }
        guard window.dilations == [1, 1] else { throw .node(.attribute("dilations", "\(window.dilations)")) }
        guard try node.integers("output_shape") == nil else { throw .node(.attribute("output_shape", "given")) }
        let extra = try node.integers("output_padding") ?? [0, 0]
        let stride = try window.step()
        let sizes = Array(builder.type(of: x).shape.dimensions[1...2])
        var axes: [Axis] = []
        for axis in 0..<2 {
            guard extra.count == 2, (0..<256).contains(extra[axis]) else { throw .node(.attribute("output_padding", "\(extra)")) }
            axes.append(
                Axis(
                    size: sizes[axis], kernel: kernel[axis], stride: stride, before: window.pads[axis],
                    after: window.pads[axis + 2] - extra[axis]))
        }
        try KnownNumbers.checkCount([axes[0].taps, axes[1].taps, filter.shape[0], stride * stride, filter.shape[1]])
        let paths = layerPaths(node)
        let weight = try weight(
            named: node.inputs[1], Self.phases(try filter.floats(), filter.shape, axes, stride), form: "phases",
            initializer: .glorotUniform, path: paths.weight)
        let pads = [axes[0].before, axes[0].after, axes[1].before, axes[1].after]
        // What lies beyond both ends of the picture's padding is cut off from the picture.
        guard pads.allSatisfy({ $0 >= 0 }) else { throw .node(.attribute("pads", "\(window.pads)")) }
        let isSame = axes.allSatisfy { $0.before == ($0.taps - 1) / 2 && $0.after == $0.before }
        let padding: AttributeValue =
            isSame ? .padding(.same) : pads.allSatisfy { $0 == 0 } ? .padding(.valid) : .sizes(pads.map { Size($0) })
        var y = try apply(.conv2D, [x, weight], Attributes(["pad": padding]))
        if stride > 1 { y = try apply(.depthToSpace, [y], Attributes(["block": .size(Size(stride))])) }
        for axis in 0..<2 where axes[axis].cut > 0 || builder.type(of: y).shape.dimensions[axis + 1] != axes[axis].resultSize {
            y = try apply(
                .slice, [y],
                Attributes([
                    "axis": .size(Size(axis + 1)), "start": .size(Size(axes[axis].cut)), "length": .size(axes[axis].resultSize),
                ]))
        }
        set(node, image: try addBias(node, to: y, path: paths.bias))
    }

    /// How rows, or columns, of a transposed convolution come from those of a convolution.
    private struct Axis {
        /// Rows of the filter of the convolution: an odd number.
        var taps: Int
        /// Rows of zeros around the picture.
        var before: Int
        var after: Int
        /// Rows of the shuffled result that are not the first of the transposed one's.
        var cut: Int
        var resultSize: Size

        /// - Parameters:
        ///   - before: rows of the whole result that are cut off at its beginning.
        ///   - after: at its end; less than none where there are more.
        init(size: Size, kernel: Int, stride: Int, before cutBefore: Int, after cutAfter: Int) {
            let needed = (kernel + stride - 1) / stride
            taps = needed.isMultiple(of: 2) ? needed + 1 : needed
            let skipped = min(cutBefore / stride, needed - 1)
            before = needed - 1 - skipped
            cut = cutBefore - skipped * stride
            resultSize = stride * (size - 1) + (kernel - cutBefore - cutAfter)
            // As many rows as the result needs: q from `skipped` on.
            let surplus = kernel - cutBefore - cutAfter - stride + cut
            let rows = surplus >= 0 ? (surplus + stride - 1) / stride : -(-surplus / stride)
            // size + rows rows are made by size + before + after − taps + 1.
            after = max(0, rows + taps - 1 - before)
        }
    }

    /// Filters of all phases, HWIO: channel (a·s + b)·O + o is what lies at row a and column b of each block.
    private static func phases(_ values: [Float], _ shape: [Int], _ axes: [Axis], _ stride: Int) -> KnownNumbers {
        let (inputs, outputs, height, width) = (shape[0], shape[1], shape[2], shape[3])
        let (rows, columns) = (axes[0].taps, axes[1].taps)
        let needed = [(height + stride - 1) / stride, (width + stride - 1) / stride]
        let channels = stride * stride * outputs
        var filter = [Float](repeating: 0, count: rows * columns * inputs * channels)
        for i in 0..<inputs {
            for o in 0..<outputs {
                for y in 0..<height {
                    for x in 0..<width {
                        // Row a + s·m of the filter meets the picture m rows above.
                        let row = needed[0] - 1 - y / stride, column = needed[1] - 1 - x / stride
                        let phase = (y % stride * stride + x % stride) * outputs + o
                        filter[((row * columns + column) * inputs + i) * channels + phase] =
                            values[((i * outputs + o) * height + y) * width + x]
                    }
                }
            }
        }
        return KnownNumbers(shape: [rows, columns, inputs, channels], floats: filter)
    }
}
