import GraphIR

/// Makes a depthwise convolution of one that is spelled out: as the sum of shifted images, each times its tap of a filter.
///
/// Rewrites, with windows of one image at distances of `dilation` that lie on the taps of one filter `[kh, kw, C]`,
///
///     Σ slice(slice(pad_zero(x, …), axis = 1, start = r·d + …), axis = 2, start = q·d + …) * filter[r, q] + rest
///     to  conv2d(x, reshape(filter, [kh, kw, 1, C]), pad = […], dilation = d, groups = C) + rest
///
/// where `filter[r, q]` is a slice of one row and one column, the rest is what else the sum holds, and biases come before all
/// other of it, next to the convolution. Ensures: the same result but for rounding. Does not touch sums that lack a tap, and
/// filters of even sizes, which `conv2d` does not take. Examples: `Tests/Golden/Differentiate`.
func recognizeDepthwiseConvolutions(_ graph: Graph) throws(NodeError) -> Graph {
    guard graph.nodes.contains(where: { $0.operation?.op == .slice }) else { return graph }
    var recognized: Set<ValueID> = []
    return try graph.replacingValues { id, rewriter throws(OpError) in
        guard let spelled = SpelledDepthwiseConvolution(id, in: graph, summedBefore: recognized) else { return nil }
        let channels = graph[id].type.shape.dimensions[3]
        let filter = try rewriter.builder.apply(
            .reshape, [rewriter.place(of: spelled.filter)],
            Attributes(["shape": .sizes([Size(spelled.height), Size(spelled.width), Size(1), channels])]))
        let attributes = Attributes([
            "pad": .sizes(spelled.padding.map { Size($0) }), "dilation": .size(Size(spelled.dilation)), "groups": .size(channels),
        ])
        // Where the taps lie further apart than an op's filter may reach, the sum stays.
        guard var sum = try? rewriter.builder.apply(.conv2D, [rewriter.place(of: spelled.image), filter], attributes) else {
            return nil
        }
        recognized.insert(id)
        for term in spelled.rest { sum = try rewriter.builder.apply(.add, [sum, rewriter.place(of: term)]) }
        return sum
    }
}

/// The terms of a sum that are together a depthwise convolution, and the others.
private struct SpelledDepthwiseConvolution {
    var image, filter: ValueID
    /// Rows and columns of the filter.
    var height, width: Int
    var dilation: Int
    /// Of top, bottom, left and right.
    var padding: [Int]
    /// Biases, then all else, in the order of the sum.
    var rest: [ValueID]

    /// A sum of more terms than those of 9 × 9 taps and some others is spelled out by no one.
    private static let mostTerms = 96

    init?(_ id: ValueID, in graph: Graph, summedBefore: Set<ValueID>) {
        guard graph[id].operation?.op == .add, graph[id].type.shape.rank == 4 else { return nil }
        var terms: [ValueID] = [], steps = 2 * Self.mostTerms
        guard Self.collect(id, in: graph, notInto: summedBefore, &terms, &steps) else { return nil }
        let tapped = terms.map { TappedWindow($0, in: graph) }
        guard let first = tapped.lazy.compactMap(\.self).first else { return nil }
        let taps = graph[first.filter].type.shape.dimensions
        guard let height = taps[0].constant, let width = taps[1].constant, height * width > 1, height % 2 == 1, width % 2 == 1,
            let channels = graph[id].type.shape.dimensions[3].constant, taps[2].constant == channels
        else { return nil }
        let members = tapped.compactMap(\.self).filter { $0.image == first.image && $0.filter == first.filter }
        guard members.count == height * width, Set(members.map(\.tap)).count == members.count,
            let corner = members.first(where: { $0.tap == [0, 0] }),
            let neighbour = members.first(where: { $0.tap == (width > 1 ? [0, 1] : [1, 0]) })
        else { return nil }
        let distance = width > 1 ? neighbour.start[1] - corner.start[1] : neighbour.start[0] - corner.start[0]
        guard distance > 0,
            members.allSatisfy({ member in
                graph[member.product].type == graph[id].type
                    && (0..<2).allSatisfy { member.start[$0] == corner.start[$0] + member.tap[$0] * distance }
            })
        else { return nil }

        let padded = ZeroPadded(first.image, in: graph)
        let (x, sizes) = (graph[padded.image].type.shape.dimensions, graph[id].type.shape.dimensions)
        var padding: [Int] = []
        for (axis, tapCount) in [(0, height), (1, width)] {
            let before = padded.before[axis] - corner.start[axis]
            guard let growth = (sizes[axis + 1] - x[axis + 1]).constant else { return nil }
            let after = growth + (tapCount - 1) * distance - before
            guard before >= 0, after >= 0 else { return nil }
            padding += [before, after]
        }
        (image, filter) = (padded.image, first.filter)
        (self.height, self.width, self.padding, dilation) = (height, width, padding, distance)
        let products = Set(members.map(\.product))
        let others = terms.filter { !products.contains($0) }
        rest = others.filter { graph[$0].type.shape.rank < 4 } + others.filter { graph[$0].type.shape.rank == 4 }
    }

    /// What a chain of `+` joins, in order. Whether there are not too many, however deep they lie.
    private static func collect(
        _ id: ValueID, in graph: Graph, notInto known: Set<ValueID>, _ terms: inout [ValueID], _ steps: inout Int
    ) -> Bool {
        steps -= 1
        guard steps >= 0 else { return false }
        guard let sum = graph[id].operation, sum.op == .add, !known.contains(id) else {
            terms.append(id)
            return true
        }
        return collect(sum.operands[0], in: graph, notInto: known, &terms, &steps)
            && collect(sum.operands[1], in: graph, notInto: known, &terms, &steps)
    }
}

/// A part of an image times one tap of a filter `[kh, kw, C]`.
private struct TappedWindow {
    var product, image, filter: ValueID
    /// Row and column: of the filter, and where the window begins in the image.
    var tap, start: [Int]

    init?(_ id: ValueID, in graph: Graph) {
        guard let product = graph[id].operation, product.op == .multiply else { return nil }
        for (window, tap) in [(product.operands[0], product.operands[1]), (product.operands[1], product.operands[0])] {
            guard graph[window].type.shape.rank == 4, graph[tap].type.shape.rank == 3,
                graph[tap].type.shape.dimensions.prefix(2).allSatisfy({ $0.constant == 1 }),
                let image = Part(window, axes: [1, 2], in: graph), let filter = Part(tap, axes: [0, 1], in: graph)
            else { continue }
            self.product = id
            (self.image, self.filter) = (image.whole, filter.whole)
            (start, self.tap) = (image.start, filter.start)
            return
        }
        return nil
    }
}

/// A tensor and where a part of it begins that slices along some of its axes take.
private struct Part {
    var whole: ValueID
    var start: [Int]

    init?(_ id: ValueID, axes: [Int], in graph: Graph) {
        whole = id
        start = Array(repeating: 0, count: axes.count)
        while let slice = graph[whole].operation, slice.op == .slice {
            guard let place = axes.firstIndex(of: slice.attributes.integer("axis")),
                let first = slice.attributes.size("start").constant
            else { return nil }
            start[place] += first
            whole = slice.operands[0]
        }
    }
}

/// An image, and the rows and columns of zeros that stand before it.
private struct ZeroPadded {
    var image: ValueID
    /// Above, and on the left.
    var before = [0, 0]

    /// Looks through paddings with zeros of known sizes, of which there may be none.
    init(_ id: ValueID, in graph: Graph) {
        image = id
        while let padding = graph[image].operation, let sides = Self.sides(of: padding) {
            before[0] += sides.above
            before[1] += sides.left
            image = padding.operands[0]
        }
    }

    private static func sides(of padding: Operation) -> (above: Int, left: Int)? {
        let attributes = padding.attributes
        switch padding.op {
        case .padZero:
            guard let axis = [1, 2].firstIndex(of: attributes.integer("axis")),
                let before = attributes.size("before").constant, attributes.size("after").constant != nil
            else { return nil }
            return axis == 0 ? (before, 0) : (0, before)
        case .pad:
            let sides = attributes.sizes("sides").map(\.constant)
            guard attributes.word("mode") == "constant", attributes.float("value") == 0,
                case let (above?, left?) = (sides[0], sides[2])
            else { return nil }
            return (above, left)
        default: return nil
        }
    }
}
