import GraphIR
import GraphInterchange

/// Values in an order of dimensions that an op needs.
extension Translation {
    /// An operand whose dimensions lie in the graph in this order of the file's.
    mutating func arranged(_ node: ForeignNode, _ index: Int, _ order: (Int) -> [Int]) throws(TranslationError) -> ValueID {
        let placed = try placed(node, index)
        return try arranged(placed, order(placed.order.count))
    }

    /// An operand whose dimensions lie in the graph as in the file.
    mutating func plain(_ node: ForeignNode, _ index: Int) throws(TranslationError) -> ValueID {
        try arranged(node, index) { Array(0..<$0) }
    }

    mutating func arranged(_ placed: Placed, _ order: [Int]) throws(TranslationError) -> ValueID {
        if placed.order == order { return placed.id }
        let shape = builder.type(of: placed.id).shape.dimensions
        let places = order.map { dimension in placed.order.firstIndex(of: dimension) ?? dimension }
        let new = places.map { shape[$0] }
        // Where all dimensions but one have one element, the order of the others changes nothing.
        let moving = places.filter { shape[$0] != Size(1) }
        if moving == moving.sorted() {
            return try apply(.reshape, [placed.id], Attributes(["shape": .sizes(new)]))
        }
        // Dimensions of one element that a reshape put in go in again behind what moves, and make no shape that others miss.
        if places.count > 4, moving.count < places.count, let source = builder.graph[placed.id].operation, source.op == .reshape {
            let there = shape.indices.filter { shape[$0] != Size(1) }
            let dense = try reshaped(placed.id, there.map { shape[$0] })
            let order = moving.map { place in Size(there.firstIndex(of: place) ?? place) }
            return try reshaped(try apply(.transpose, [dense], Attributes(["order": .sizes(order)])), new)
        }
        return try apply(.transpose, [placed.id], Attributes(["order": .sizes(places.map { Size($0) })]))
    }

    /// A value in another shape, whose dimensions lie as in the file. Of reshapes in a row the last is made.
    mutating func reshaped(_ id: ValueID, _ shape: [Size]) throws(TranslationError) -> ValueID {
        if builder.type(of: id).shape.dimensions == shape { return id }
        if let inner = builder.graph[id].operation, inner.op == .reshape {
            let source = builder.type(of: inner.operands[0]).shape
            if source.elementCount.compared(to: Shape(shape).elementCount) != .different {
                return try reshaped(inner.operands[0], shape)
            }
        }
        return try apply(.reshape, [id], Attributes(["shape": .sizes(shape)]))
    }
}
