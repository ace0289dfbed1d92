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
    "GlobalAveragePool": { (translation, node) throws(TranslationError) in
        let x = try translation.image(node, 0)
        translation.set(node, image: try translation.apply(.mean, [x], wholePicture))
    },
    "GlobalMaxPool": { (translation, node) throws(TranslationError) in
        let x = try translation.image(node, 0)
        translation.set(node, image: try translation.apply(.reduceMax, [x], wholePicture))
    },
    "Softmax": { (translation, node) throws(TranslationError) in
        let (y, order) = try translation.softmax(node)
        translation.set(node, Translation.Placed(id: y, order: order))
    },
    "LogSoftmax": { (translation, node) throws(TranslationError) in
        let (y, order) = try translation.softmax(node)
        translation.set(node, Translation.Placed(id: try translation.apply(.log, [y]), order: order))
    },
    "MatMul": { (translation, node) throws(TranslationError) in
        let a = try translation.plain(node, 0), b = try translation.plain(node, 1)
        let rank = max(translation.builder.type(of: a).shape.rank, translation.builder.type(of: b).shape.rank)
        let y = try translation.apply(.matmul, [a, b])
        translation.set(node, Translation.Placed(id: y, order: Array(0..<rank)))
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

/// Over rows and columns of images, which stay as one.
private let wholePicture = Attributes(["axes": .sizes([Size(1), Size(2)]), "keep_dims": .truth(true)])

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
    fileprivate mutating func softmax(_ node: ForeignNode) throws(TranslationError) -> (ValueID, order: [Int]) {
        let x = try placed(node, 0)
        let rank = x.order.count
        let axis = try axis(try node.integer("axis", opset < 13 ? 1 : -1), rank: rank)
        // Before version 13 all dimensions from the axis on were one.
        guard opset >= 13 || axis == rank - 1 || shape(of: x)[(axis + 1)...].allSatisfy({ $0 == Size(1) }) else {
            throw .node(.attribute("axis", "\(axis), in opset \(opset)"))
        }
        let place = x.order.firstIndex(of: axis) ?? axis
        return (try apply(.softmax, [x.id], Attributes(["axis": .size(Size(place))])), x.order)
    }
}
