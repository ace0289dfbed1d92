import GraphIR

/// Makes a 1×1 convolution of a product with one matrix: a dense layer, forward and in its gradients, has the kernels of
/// convolutions.
///
/// Rewrites
///
///     matmul(x, w)    to  conv2d(x, reshape(w, [1, 1, K, C]))                                         for x [N, H, W, K]
///     matmul(x, w)    to  reshape(conv2d(reshape(x, [1, 1, N, K]), reshape(w, [1, 1, K, C])), [N, C])   for x [N, K]
///
/// and other ranks of x as the second. Ensures: the same result but for rounding. Does not touch products of several matrices
/// each, or of an x that is read transposed. Examples: `Tests/Golden/Differentiate`.
func recognizeConvolutions(_ graph: Graph) throws(NodeError) -> Graph {
    try graph.replacingValues { id, rewriter throws(OpError) in
        guard let product = graph[id].operation, product.op == .matmul, !product.attributes.truth("transpose_a"),
            graph[product.operands[1]].type.shape.rank == 2,
            let columns = graph[id].type.shape.dimensions.last?.constant,
            let depth = graph[product.operands[0]].type.shape.dimensions.last?.constant
        else { return nil }
        func reshape(_ value: ValueID, to sizes: [Size]) throws(OpError) -> ValueID {
            if rewriter.builder.graph[value].type.shape.dimensions == sizes { return value }
            return try rewriter.builder.apply(.reshape, [value], Attributes(["shape": .sizes(sizes)]))
        }
        var matrix = rewriter.place(of: product.operands[1])
        if product.attributes.truth("transpose_b") {
            matrix = try rewriter.builder.apply(.transpose, [matrix], Attributes(["order": .sizes([Size(1), Size(0)])]))
        }
        let filter = try reshape(matrix, to: [Size(1), Size(1), Size(depth), Size(columns)])
        let shape = graph[product.operands[0]].type.shape
        let x = rewriter.place(of: product.operands[0])
        if shape.rank == 4 { return try rewriter.builder.apply(.conv2D, [x, filter], named: graph[id].name) }
        let rowCount = shape.dimensions.dropLast().reduce(Size(1), *)
        let pixels = try reshape(x, to: [Size(1), Size(1), rowCount, Size(depth)])
        let products = try rewriter.builder.apply(.conv2D, [pixels, filter])
        return try reshape(products, to: graph[id].type.shape.dimensions)
    }
}
