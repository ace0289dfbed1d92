import GraphIR

/// Makes a resize of an image whose pixels are repeated by other means.
///
/// Rewrites
///
///     depth_to_space(concat(x, x, x, x), block = 2)    to  resize(x, height = 2*H, width = 2*W, mode = nearest)
///
/// and other blocks alike. Ensures: the same result. Examples: `Tests/Golden/Differentiate`.
func recognizeRepetitions(_ graph: Graph) throws(NodeError) -> Graph {
    try graph.replacingValues { id, rewriter throws(OpError) in
        guard let shuffle = graph[id].operation, shuffle.op == .depthToSpace,
            let copies = graph[shuffle.operands[0]].operation, copies.op == .concat, copies.attributes.integer("axis") == 3,
            case let x = copies.operands[0], copies.operands.allSatisfy({ $0 == x }), graph[x].type.element == .f32
        else { return nil }
        let block = shuffle.attributes.integer("block"), image = graph[x].type.shape.dimensions
        guard copies.operands.count == block * block, block > 1 else { return nil }
        return try rewriter.builder.apply(
            .resize, [rewriter.place(of: x)],
            Attributes(["height": .size(block * image[1]), "width": .size(block * image[2]), "mode": .word("nearest")]),
            named: graph[id].name)
    }
}
