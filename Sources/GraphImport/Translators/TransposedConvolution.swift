import GraphIR
import GraphInterchange

extension Translation {
    mutating func translateTransposed(_ node: ForeignNode) throws(TranslationError) {
        let x = try spatial(node, 0)
        let filter = try neededKnown(node, 1)
        guard x.rank < 5, filter.shape.count == x.rank else { throw .node(.rank(filter.shape.count)) }
        let groupCount = try node.integer("group", 1)
        guard (1...65536).contains(groupCount), filter.shape[0].isMultiple(of: groupCount) else {
            throw .node(.attribute("group", "\(groupCount)"))
        }
        let window = try transposedWindow(node, x, kernel: Array(filter.shape[2...]))
        let paths = layerPaths(node)
        let isShuffle = window.strides[0] == window.strides[1] && window.dilations == [1, 1]
        let plain = try filter.reshaped(Array(filter.shape[..<2]) + window.kernel)
        let y =
            isShuffle
            ? try shuffledTransposed(node, x, plain, window, groupCount, path: paths.weight)
            : try spreadTransposed(node, x, plain, window, groupCount, path: paths.weight)
        try set(node, image: try addBias(node, to: y, path: paths.bias), of: x, depth: Size(1))
    }

    /// What is cut off of the whole result stands as padding, less than none behind it where there is more.
    private func transposedWindow(
        _ node: ForeignNode, _ x: SpatialValue, kernel: [Int]
    ) throws(TranslationError) -> WindowArguments {
        var window = try WindowArguments(node, kernel: kernel, sizes: x.sizes)
        let rank = kernel.count
        let extra = try node.integers("output_padding") ?? Array(repeating: 0, count: rank)
        guard extra.count == rank, extra.allSatisfy({ (0..<256).contains($0) }) else {
            throw .node(.attribute("output_padding", "\(extra)"))
        }
        // ONNX gives an op's whole shape in some files, and its places alone in others.
        let shape = try node.integers("output_shape").map { Array($0.suffix(rank)) }
        let automatic = try node.text("auto_pad", "NOTSET")
        for axis in 0..<rank {
            var total: Int?
            if let shape {
                guard shape.count == rank, shape.allSatisfy({ (1..<1 << 30).contains($0) }) else {
                    throw .node(.attribute("output_shape", "\(shape)"))
                }
                guard let size = x.sizes[axis].constant else { throw .node(.symbolicSize) }
                total = window.strides[axis] * (size - 1) + extra[axis] + window.reach(axis) - shape[axis]
            } else if automatic.hasPrefix("SAME") {
                total = window.reach(axis) + extra[axis] - window.strides[axis]
            }
            if let total {
                guard abs(total) < 1 << 16 else { throw .node(.attribute("output_shape", "\(shape ?? [])")) }
                let half = total < 0 ? 0 : automatic == "SAME_UPPER" ? total / 2 : total - total / 2
                (window.pads[axis], window.pads[axis + rank]) = (half, total - half)
            }
            window.pads[axis + rank] -= extra[axis]
        }
        return window.plane
    }

    /// A transposed convolution as a convolution and a pixel shuffle.
    ///
    /// Of stride s, what lies at place s·q + a of its result is Σ x[q − m] · w[a + s·m] over m: for each a a convolution
    /// with every s-th row of the filter. One convolution makes all s² of them, of groups each makes one, and the shuffle
    /// puts them in their places. Rows that the padding takes away whole are not computed; what is left of it is cut off.
    private mutating func shuffledTransposed(
        _ node: ForeignNode, _ x: SpatialValue, _ filter: KnownNumbers, _ window: WindowArguments, _ groupCount: Int,
        path: String
    ) throws(TranslationError) -> ValueID {
        let sizes = Array(builder.type(of: x.id).shape.dimensions[1...2])
        let stride = window.strides[0]
        let axes = (0..<2).map { axis in
            Axis(
                size: sizes[axis], kernel: window.kernel[axis], stride: stride, before: window.pads[axis],
                after: window.pads[axis + 2])
        }
        try KnownNumbers.checkCount([axes[0].taps, axes[1].taps, filter.shape[0], stride * stride, filter.shape[1]])
        let phases = Self.phases(try filter.floats(), filter.shape, axes, stride, groupCount)
        let pads = [axes[0].before, axes[0].after, axes[1].before, axes[1].after]
        // What lies beyond both ends of the picture's padding is cut off from the picture.
        guard pads.allSatisfy({ $0 >= 0 }) else { throw .node(.attribute("pads", "\(window.pads)")) }
        let isSame = axes.allSatisfy { $0.before == ($0.taps - 1) / 2 && $0.after == $0.before }
        let padding: AttributeValue =
            isSame ? .padding(.same) : pads.allSatisfy { $0 == 0 } ? .padding(.valid) : .sizes(pads.map { Size($0) })
        let attributes = Attributes(["pad": padding, "groups": .size(Size(groupCount))])
        var parts: [ValueID] = []
        for (index, phase) in phases.enumerated() {
            let mark = phases.count > 1 ? ".\(index)" : ""
            let weight = try weight(
                named: node.inputs[1], phase, form: "phases\(mark)", initializer: .glorotUniform, path: path + mark)
            parts.append(try apply(.conv2D, [x.id, weight], attributes))
        }
        var y = parts.count > 1 ? try apply(.concat, parts) : parts[0]
        if stride > 1 { y = try apply(.depthToSpace, [y], Attributes(["block": .size(Size(stride))])) }
        for axis in 0..<2 where axes[axis].cut > 0 || builder.type(of: y).shape.dimensions[axis + 1] != axes[axis].resultSize {
            y = try apply(
                .slice, [y],
                Attributes([
                    "axis": .size(Size(axis + 1)), "start": .size(Size(axes[axis].cut)), "length": .size(axes[axis].resultSize),
                ]))
        }
        return y
    }

    /// A transposed convolution of any steps as a convolution of the picture with zeros between its pixels.
    private mutating func spreadTransposed(
        _ node: ForeignNode, _ x: SpatialValue, _ filter: KnownNumbers, _ window: WindowArguments, _ groupCount: Int,
        path: String
    ) throws(TranslationError) -> ValueID {
        let spread = try spread(x.id, window.strides)
        let (inputs, outputs) = (filter.shape[0], filter.shape[1] * groupCount)
        let (height, width) = (window.kernel[0], window.kernel[1])
        try KnownNumbers.checkCount([height + 1, width + 1, inputs / groupCount, outputs])
        let values = try filter.floats()
        let share = inputs / groupCount
        var turned: [Float] = []
        for y in (0..<height).reversed() {
            for x in (0..<width).reversed() {
                for i in 0..<share {
                    for o in 0..<outputs {
                        let input = o / filter.shape[1] * share + i
                        turned.append(values[((input * filter.shape[1] + o % filter.shape[1]) * height + y) * width + x])
                    }
                }
            }
        }
        var cuts = [0, 0, 0, 0]
        var convolution = window
        for axis in 0..<2 {
            // Behind the last pixel lie zeros, too.
            for (place, surplus) in [(axis, 0), (axis + 2, window.strides[axis] - 1)] {
                let pad = window.reach(axis) - 1 - window.pads[place] - surplus
                convolution.pads[place] = max(0, pad)
                cuts[place] = max(0, -pad)
            }
        }
        let odd = try convolution.makeOdd(KnownNumbers(shape: [height, width, share, outputs], floats: turned))
        let weight = try weight(named: node.inputs[1], odd, form: "spread", initializer: .glorotUniform, path: path)
        var y = try apply(
            .conv2D, [spread, weight],
            Attributes([
                "pad": convolution.padding, "dilation": .size(Size(try convolution.dilation())),
                "groups": .size(Size(groupCount)),
            ]))
        for axis in 0..<2 where cuts[axis] > 0 || cuts[axis + 2] > 0 {
            let length = builder.type(of: y).shape.dimensions[axis + 1] - (cuts[axis] + cuts[axis + 2])
            y = try apply(
                .slice, [y],
                Attributes(["axis": .size(Size(axis + 1)), "start": .size(Size(cuts[axis])), "length": .size(length)]))
        }
        return y
    }

    /// An image with zeros behind each pixel, so that pixels lie so many rows and columns apart.
    private mutating func spread(_ image: ValueID, _ steps: [Int]) throws(TranslationError) -> ValueID {
        let sizes = builder.type(of: image).shape.dimensions
        var y = image
        var rows = sizes[0] * sizes[1], row = sizes[2] * sizes[3]
        if steps[0] > 1 { y = try padded(try reshaped(y, [rows, Size(1), row, Size(1)]), [0, steps[0] - 1, 0, 0], value: 0) }
        (rows, row) = (steps[0] * rows * sizes[2], sizes[3])
        if steps[1] > 1 { y = try padded(try reshaped(y, [rows, Size(1), row, Size(1)]), [0, steps[1] - 1, 0, 0], value: 0) }
        return try reshaped(y, [sizes[0], steps[0] * sizes[1], steps[1] * sizes[2], sizes[3]])
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

    /// Filters HWIO of all phases: channel (a·s + b)·O + o is what lies at row a and column b of each block. Of groups one
    /// filter for each phase.
    private static func phases(
        _ values: [Float], _ shape: [Int], _ axes: [Axis], _ stride: Int, _ groupCount: Int
    ) -> [KnownNumbers] {
        let (inputs, share, height, width) = (shape[0], shape[1], shape[2], shape[3])
        let (rows, columns) = (axes[0].taps, axes[1].taps)
        let needed = [(height + stride - 1) / stride, (width + stride - 1) / stride]
        let phaseCount = stride * stride, group = inputs / groupCount, outputs = share * groupCount
        let filterCount = groupCount > 1 ? phaseCount : 1
        let channels = phaseCount * outputs / filterCount
        var filters = Array(repeating: [Float](repeating: 0, count: rows * columns * group * channels), count: filterCount)
        for i in 0..<inputs {
            for o in 0..<share {
                for y in 0..<height {
                    for x in 0..<width {
                        // Row a + s·m of the filter meets the picture m rows above.
                        let row = needed[0] - 1 - y / stride, column = needed[1] - 1 - x / stride
                        let phase = y % stride * stride + x % stride
                        let channel = (filterCount > 1 ? 0 : phase) * outputs + i / group * share + o
                        filters[filterCount > 1 ? phase : 0][
                            ((row * columns + column) * group + i % group) * channels + channel] =
                            values[((i * share + o) * height + y) * width + x]
                    }
                }
            }
        }
        return filters.map { KnownNumbers(shape: [rows, columns, group, channels], floats: $0) }
    }
}
