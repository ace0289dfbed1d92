import GraphIR

/// Makes a pooling of one that is spelled out: over the parts that `space_to_depth` or a reshape makes of an image.
///
/// Rewrites, with s = space_to_depth(x, block = b), whose part k is slice(s, start = k*C, length = C),
///
///     max(part 0, part 1, …)                              to  max_pool(x, size = b, stride = b, exact = true)
///     (part 0 + part 1 + …) / b²                          to  avg_pool(x, size = b, stride = b, exact = true)
///     mean(reshape(x, [N, H//b, b, W//b, b, C]), axes = [2, 4])   to  avg_pool(x, size = b, stride = b, exact = true)
///
/// where a + relu(b - a) is max(a, b), and `reduce_max` as `mean` outside of training, in which it shares a gradient among
/// equals. Ensures: the same result but for rounding, the same gradients, and the same sizes refused. Examples: `Tests/Golden/Differentiate`.
func recognizePools(_ graph: Graph, _ context: PassContext) throws(NodeError) -> Graph {
    try graph.replacingValues { id, rewriter throws(OpError) in
        let isTrained = context.role == .train
        guard let pool = SpelledPool(parts: id, in: graph) ?? SpelledPool(blocks: id, in: graph, isTrained: isTrained)
        else { return nil }
        return try rewriter.builder.apply(
            pool.op, [rewriter.place(of: pool.x)],
            Attributes(["size": .sizes(pool.size), "stride": .sizes(pool.size), "exact": .truth(true)]), named: graph[id].name)
    }
}

private struct SpelledPool {
    var op: OpName
    var x: ValueID
    var size: [Size]

    /// More parts than those of 8 × 8 pixels are spelled out by no one.
    private static let mostParts = 64

    /// The largest or the mean of all parts of `space_to_depth`.
    init?(parts id: ValueID, in graph: Graph) {
        guard let operation = graph[id].operation else { return nil }
        var scale = 1.0
        var (combined, op) = (id, OpName.maxPool)
        switch operation.op {
        case .maximum, .add: break
        case .divide:
            guard let number = graph.constant(operation.operands[1]) else { return nil }
            (combined, scale, op) = (operation.operands[0], 1 / number, .averagePool)
        case .multiply:
            guard let number = operation.operands.lazy.compactMap(graph.constant).first,
                let sum = operation.operands.first(where: { graph.constant($0) == nil })
            else { return nil }
            (combined, scale, op) = (sum, number, .averagePool)
        default: return nil
        }
        var parts: [ValueID] = [], steps = 2 * Self.mostParts
        guard Self.collect(combined, op, in: graph, &parts, &steps), parts.count > 1,
            let first = Part(parts[0], in: graph), first.count == parts.count
        else { return nil }
        let known = parts.compactMap { Part($0, in: graph) }
        guard known.allSatisfy({ $0.whole == first.whole }) else { return nil }
        let order = known.map(\.index)
        switch op {
        // Of equals the first takes the gradient: in the order of the window's pixels.
        case .maxPool: guard order == Array(0..<parts.count) else { return nil }
        default: guard order.sorted() == Array(0..<parts.count), scale * Double(parts.count) == 1 else { return nil }
        }
        self.op = op
        x = first.image
        size = [Size(first.block), Size(first.block)]
    }

    /// What a chain of `max` or `+` joins, in order. Whether there are not too many, however deep they lie.
    private static func collect(
        _ id: ValueID, _ op: OpName, in graph: Graph, _ parts: inout [ValueID], _ steps: inout Int
    ) -> Bool {
        steps -= 1
        guard steps >= 0 else { return false }
        if let (left, right) = op == .maxPool ? larger(id, in: graph) : sum(id, in: graph) {
            return collect(left, op, in: graph, &parts, &steps) && collect(right, op, in: graph, &parts, &steps)
        }
        parts.append(id)
        return true
    }

    private static func sum(_ id: ValueID, in graph: Graph) -> (ValueID, ValueID)? {
        guard let operation = graph[id].operation, operation.op == .add else { return nil }
        return (operation.operands[0], operation.operands[1])
    }

    /// max(a, b), or a + relu(b − a).
    private static func larger(_ id: ValueID, in graph: Graph) -> (ValueID, ValueID)? {
        guard let operation = graph[id].operation else { return nil }
        if operation.op == .maximum { return (operation.operands[0], operation.operands[1]) }
        guard operation.op == .add else { return nil }
        for (first, rest) in [(0, 1), (1, 0)] {
            guard let positive = graph[operation.operands[rest]].operation, positive.op == .relu,
                let difference = graph[positive.operands[0]].operation, difference.op == .subtract,
                difference.operands[1] == operation.operands[first]
            else { continue }
            return (operation.operands[first], difference.operands[0])
        }
        return nil
    }

    /// The mean, or outside of training the largest, of a reshape's blocks.
    init?(blocks id: ValueID, in graph: Graph, isTrained: Bool) {
        guard let reduction = graph[id].operation,
            reduction.op == .mean || reduction.op == .reduceMax && !isTrained,
            reduction.attributes.integers("axes").sorted() == [2, 4], !reduction.attributes.truth("keep_dims"),
            let reshape = graph[reduction.operands[0]].operation, reshape.op == .reshape
        else { return nil }
        let image = graph[reshape.operands[0]].type.shape.dimensions
        let blocks = graph[reduction.operands[0]].type.shape.dimensions
        guard image.count == 4, blocks.count == 6, blocks[0] == image[0], blocks[5] == image[3] else { return nil }
        for (axis, place) in [(1, 1), (2, 3)] {
            // As many elements as the image has: none is left over where the quotient is rounded down.
            guard let block = blocks[place + 1].constant, (1...64).contains(block),
                blocks[place] == image[axis].floorDivided(by: block)
            else { return nil }
        }
        op = reduction.op == .mean ? .averagePool : .maxPool
        x = reshape.operands[0]
        size = [blocks[2], blocks[4]]
    }
}

/// One of the parts of an image that `space_to_depth` puts behind each other.
private struct Part {
    var image: ValueID
    /// What `space_to_depth` makes of it.
    var whole: ValueID
    var block: Int
    var index: Int
    var count: Int { block * block }

    init?(_ id: ValueID, in graph: Graph) {
        guard let slice = graph[id].operation, slice.op == .slice, slice.attributes.integer("axis") == 3,
            let parts = graph[slice.operands[0]].operation, parts.op == .spaceToDepth,
            let channels = graph[parts.operands[0]].type.shape.dimensions.last?.constant,
            slice.attributes.size("length").constant == channels, let start = slice.attributes.size("start").constant,
            start % channels == 0
        else { return nil }
        image = parts.operands[0]
        whole = slice.operands[0]
        block = parts.attributes.integer("block")
        index = start / channels
    }
}
