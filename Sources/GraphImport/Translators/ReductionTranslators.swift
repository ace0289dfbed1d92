import GraphIR
import GraphInterchange

/// What makes one number of many.
let reductionTranslators: [String: Translator] = [
    "ReduceMean": reduction { (translation, x, attributes) throws(TranslationError) in
        try translation.apply(.mean, [x], attributes)
    },
    "ReduceSum": reduction { (translation, x, attributes) throws(TranslationError) in try translation.apply(.sum, [x], attributes)
    },
    "ReduceMax": reduction { (translation, x, attributes) throws(TranslationError) in
        try translation.apply(.reduceMax, [x], attributes)
    },
    "ReduceMin": reduction { (translation, x, attributes) throws(TranslationError) in
        let turned = try translation.apply(.negate, [x])
        return try translation.apply(.negate, [try translation.apply(.reduceMax, [turned], attributes)])
    },
    "ReduceL1": reduction { (translation, x, attributes) throws(TranslationError) in
        try translation.apply(.sum, [try translation.apply(.abs, [x])], attributes)
    },
    "ReduceL2": reduction { (translation, x, attributes) throws(TranslationError) in
        let squares = try translation.apply(.multiply, [x, x])
        return try translation.apply(.sqrt, [try translation.apply(.sum, [squares], attributes)])
    },
    "ReduceSumSquare": reduction { (translation, x, attributes) throws(TranslationError) in
        try translation.apply(.sum, [try translation.apply(.multiply, [x, x])], attributes)
    },
    "ReduceLogSum": reduction { (translation, x, attributes) throws(TranslationError) in
        try translation.apply(.log, [try translation.apply(.sum, [x], attributes)])
    },
    "ReduceLogSumExp": reduction { (translation, x, attributes) throws(TranslationError) in
        try translation.apply(.log, [try translation.apply(.sum, [try translation.apply(.exp, [x])], attributes)])
    },
    "ReduceProd": { (translation, node) throws(TranslationError) in
        if translation.areKnown(node), case let numbers = try translation.neededKnown(node, 0), numbers.shape.count <= 1 {
            let keeps = try node.integer("keepdims", 1) != 0 && !numbers.shape.isEmpty
            var product = Size(1)
            for size in try numbers.sizes() {
                product = product * size
                guard product.complexity <= Size.complexityLimit else { throw .node(.complexSize) }
            }
            return translation.set(node, known: KnownNumbers(shape: keeps ? [1] : [], sizes: [product]))
        }
        try reduction { (translation, x, attributes) throws(TranslationError) in
            try translation.product(x, attributes)
        }(&translation, node)
    },
    "GlobalAveragePool": { (translation, node) throws(TranslationError) in try translation.reducePlaces(node, by: .mean) },
    "GlobalMaxPool": { (translation, node) throws(TranslationError) in try translation.reducePlaces(node, by: .reduceMax) },
    "Softmax": { (translation, node) throws(TranslationError) in
        let (y, order) = try translation.softmax(node)
        translation.set(node, Translation.Placed(id: y, order: order))
    },
    "LogSoftmax": { (translation, node) throws(TranslationError) in
        let (y, order) = try translation.softmax(node)
        translation.set(node, Translation.Placed(id: try translation.apply(.log, [y]), order: order))
    },
    "MatMul": { (translation, node) throws(TranslationError) in
        var a = try translation.plain(node, 0), b = try translation.plain(node, 1)
        // A list of numbers is a row on the left, and a column on the right.
        let shapes = [a, b].map { translation.builder.type(of: $0).shape.dimensions }
        if shapes[0].count == 1 { a = try translation.reshaped(a, [Size(1)] + shapes[0]) }
        if shapes[1].count == 1 { b = try translation.reshaped(b, shapes[1] + [Size(1)]) }
        var y = try translation.apply(.matmul, [a, b])
        var shape = translation.builder.type(of: y).shape.dimensions
        if shapes[1].count == 1 { shape.removeLast() }
        if shapes[0].count == 1 { shape.remove(at: shape.count - (shapes[1].count == 1 ? 1 : 2)) }
        y = try translation.reshaped(y, shape)
        translation.set(node, Translation.Placed(id: y, order: Array(shape.indices)))
    },
    "Gemm": { (translation, node) throws(TranslationError) in
        let a = try translation.plain(node, 0), b = try translation.plain(node, 1)
        let turns = (try node.integer("transA", 0) != 0, try node.integer("transB", 0) != 0)
        var y = try translation.apply(
            .matmul, [a, b], Attributes(["transpose_a": .truth(turns.0), "transpose_b": .truth(turns.1)]))
        let alpha = try node.float("alpha", 1), beta = try node.float("beta", 1)
        if alpha != 1 {
            y = try translation.apply(.multiply, [translation.builder.constant(Double(decimal: Float(alpha))), y])
        }
        if translation.input(node, 2) != nil, beta != 0 {
            var c = try translation.aligned(node, 2, to: [0, 1])
            if beta != 1 {
                c = try translation.apply(.multiply, [translation.builder.constant(Double(decimal: Float(beta))), c])
            }
            y = try translation.apply(.add, [y, c])
        }
        translation.set(node, Translation.Placed(id: y, order: [0, 1]))
    },
]

/// - Parameter write: makes of a value what it is over axes.
private func reduction(
    _ write: @escaping @Sendable (inout Translation, ValueID, Attributes) throws(TranslationError) -> ValueID
) -> Translator {
    { (translation, node) throws(TranslationError) in
        let x = try translation.placed(node, 0)
        let rank = x.order.count
        var axes: [Int] = []
        for axis in try translation.axes(node) { axes.append(try translation.axis(axis, rank: rank)) }
        if axes.isEmpty {
            guard try node.integer("noop_with_empty_axes", 0) == 0 else { return translation.set(node, x) }
            axes = Array(0..<rank)
        }
        let keeps = try node.integer("keepdims", 1) != 0
        let places = axes.map { axis in x.order.firstIndex(of: axis) ?? axis }.sorted()
        let attributes = Attributes(["axes": .sizes(places.map { Size($0) }), "keep_dims": .truth(keeps)])
        let y = try write(&translation, x.id, attributes)
        if keeps { return translation.set(node, Translation.Placed(id: y, order: x.order)) }
        // What is left keeps its order; its dimensions are counted anew.
        let left = x.order.filter { !axes.contains($0) }
        let order = left.map { dimension in left.count { $0 < dimension } }
        translation.set(node, Translation.Placed(id: y, order: order))
    }
}

extension Translation {
    /// Over all but pictures and channels, which stay as one.
    fileprivate mutating func reducePlaces(_ node: ForeignNode, by op: OpName) throws(TranslationError) {
        let x = try placed(node, 0)
        let places = x.order.indices.filter { x.order[$0] > 1 }
        guard !places.isEmpty else { return set(node, x) }
        let axes = Attributes(["axes": .sizes(places.map { Size($0) }), "keep_dims": .truth(true)])
        set(node, Placed(id: try apply(op, [x.id], axes), order: x.order))
    }

    /// The product over axes of known sizes, element after element.
    fileprivate mutating func product(_ x: ValueID, _ attributes: Attributes) throws(TranslationError) -> ValueID {
        var y = x
        var shape = builder.type(of: x).shape.dimensions
        let axes = attributes.integers("axes")
        for axis in axes {
            guard let count = shape[axis].constant, count <= 1024 else { throw .node(.symbolicSize) }
            let parts = try (0..<count).map { (index) throws(TranslationError) in
                try elements(of: y, axis: axis, start: Size(index), length: Size(1), step: 1)
            }
            y = parts[0]
            for part in parts.dropFirst() { y = try apply(.multiply, [y, part]) }
            shape[axis] = Size(1)
        }
        if attributes.truth("keep_dims") { return y }
        return try reshaped(y, shape.indices.filter { !axes.contains($0) }.map { shape[$0] })
    }

    fileprivate mutating func softmax(_ node: ForeignNode) throws(TranslationError) -> (ValueID, order: [Int]) {
        let x = try placed(node, 0)
        let rank = x.order.count
        let axis = try axis(try node.integer("axis", opset < 13 ? 1 : -1), rank: rank)
        // Before version 13 all dimensions from the axis on were one.
        guard opset >= 13 || axis >= rank - 1 || shape(of: x)[(axis + 1)...].allSatisfy({ $0 == Size(1) }) else {
            throw .node(.attribute("axis", "\(axis), in opset \(opset)"))
        }
        let place = x.order.firstIndex(of: axis) ?? axis
        return (try apply(.softmax, [x.id], Attributes(["axis": .size(Size(place))])), x.order)
    }
}
