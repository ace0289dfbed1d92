import GraphIR

extension Graph {
    /// A small value for each symbolic size, in the order of the inputs' dimensions: one image, sides
    /// from 4 on, all different.
    public var exampleSizes: [(symbol: String, size: Int)] {
        var sizes: [(symbol: String, size: Int)] = []
        for node in nodes where node.content == .input {
            for (axis, dimension) in node.type.shape.dimensions.enumerated() {
                for symbol in dimension.symbols.sorted() where !sizes.contains(where: { $0.symbol == symbol }) {
                    sizes.append((symbol, axis == 0 ? 1 : 4 + sizes.count { $0.size > 1 }))
                }
            }
        }
        return sizes
    }
}
