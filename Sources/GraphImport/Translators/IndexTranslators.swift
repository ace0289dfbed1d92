import GraphIR
import GraphInterchange

/// What goes by the places of elements along an axis: the largest's place, masks, running sums.
let indexTranslators: [String: Translator] = [
    "ArgMax": { (translation, node) throws(TranslationError) in try translation.translateExtreme(node, isTurned: false) },
    "ArgMin": { (translation, node) throws(TranslationError) in try translation.translateExtreme(node, isTurned: true) },
    "Hardmax": { (translation, node) throws(TranslationError) in
        let x = try translation.placed(node, 0)
        let rank = x.order.count
        let axis = try translation.axis(try node.integer("axis", translation.opset < 13 ? 1 : -1), rank: rank)
        guard translation.opset >= 13 || axis == rank - 1 else {
            throw .node(.attribute("axis", "\(axis), in opset \(translation.opset)"))
        }
        let place = x.order.firstIndex(of: axis) ?? axis
        let first = try translation.firstExtreme(x.id, axis: place, isLast: false)
        let places = try translation.places(along: place, of: x.id)
        translation.set(
            node, Translation.Placed(id: try translation.apply(.equal, [places, first]), order: x.order))
    },
    "OneHot": { (translation, node) throws(TranslationError) in
        let count = try translation.neededKnown(node, 1).integers(), values = try translation.neededKnown(node, 2).floats()
        guard count.count == 1, (1...65536).contains(count[0]), values.count == 2 else {
            throw .node(.attribute("depth", "\(count)"))
        }
        let indices = try translation.plain(node, 0)
        var shape = translation.builder.type(of: indices).shape.dimensions
        let axis = try translation.axis(try node.integer("axis", -1), rank: shape.count + 1)
        let depth = translation.builder.constant(Double(count[0]))
        let isNegative = try translation.apply(.less, [indices, translation.builder.constant(0)])
        var places = try translation.apply(.add, [indices, try translation.apply(.multiply, [depth, isNegative])])
        shape.insert(Size(1), at: axis)
        places = try translation.reshaped(places, shape)
        let counted = try translation.counted(count[0], behind: shape.count - axis - 1)
        let isPlace = try translation.apply(.equal, [places, counted])
        let (off, on) = (Double(decimal: values[0]), Double(decimal: values[1]))
        let y = try translation.apply(
            .select, [isPlace, translation.builder.constant(on), translation.builder.constant(off)])
        translation.set(node, Translation.Placed(id: y, order: Array(0...shape.count - 1)))
    },
    "Trilu": { (translation, node) throws(TranslationError) in
        let x = try translation.plain(node, 0)
        let rank = translation.builder.type(of: x).shape.rank
        guard rank >= 2 else { throw .node(.rank(rank)) }
        let offset = Double(try translation.known(node, 1)?.integers().first ?? 0)
        let rows = try translation.places(along: rank - 2, of: x), columns = try translation.places(along: rank - 1, of: x)
        let diagonal = try translation.apply(.add, [rows, translation.builder.constant(offset)])
        let isUpper = try node.integer("upper", 1) != 0
        let isKept = try translation.apply(.lessOrEqual, isUpper ? [diagonal, columns] : [columns, diagonal])
        let y = try translation.apply(.select, [isKept, x, translation.builder.constant(0)])
        translation.set(node, Translation.Placed(id: y, order: Array(0..<rank)))
    },
    // A product with ones on one side of the diagonal.
    "CumSum": { (translation, node) throws(TranslationError) in
        let given = try translation.neededKnown(node, 1).integers()
        let x = try translation.placed(node, 0)
        let rank = x.order.count
        guard given.count == 1, rank > 0 else { throw .node(.rank(rank)) }
        let axis = try translation.axis(given[0], rank: rank)
        let order = (0..<rank).filter { $0 != axis } + [axis]
        let turned = try translation.arranged(x, order)
        let shape = translation.builder.type(of: turned).shape.dimensions
        guard let count = shape[rank - 1].constant else { throw .node(.symbolicSize) }
        let rows = try translation.counted(count, behind: 1), columns = try translation.counted(count, behind: 0)
        let isReversed = try node.integer("reverse", 0) != 0, isExclusive = try node.integer("exclusive", 0) != 0
        let mask = try translation.apply(isExclusive ? .less : .lessOrEqual, isReversed ? [columns, rows] : [rows, columns])
        let matrix = rank == 1 ? try translation.reshaped(turned, [Size(1)] + shape) : turned
        let sums = try translation.apply(.matmul, [matrix, mask])
        translation.set(node, Translation.Placed(id: try translation.reshaped(sums, shape), order: order))
    },
    "EyeLike": { (translation, node) throws(TranslationError) in
        let shape = try translation.shape(node, 0)
        guard shape.count == 2, let rows = shape[0].constant, let columns = shape[1].constant else { throw .node(.symbolicSize) }
        try KnownNumbers.checkCount([rows, columns])
        let offset = try node.integer("k", 0)
        let ones = (0..<rows).flatMap { row in (0..<columns).map { Float($0 - row == offset ? 1 : 0) } }
        translation.set(node, known: KnownNumbers(shape: [rows, columns], floats: ones))
    },
]

extension Translation {
    /// 0 to count - 1, along an axis with so many behind it.
    fileprivate mutating func counted(_ count: Int, behind: Int) throws(TranslationError) -> ValueID {
        try KnownNumbers.checkCount([count])
        let shape = [count] + Array(repeating: 1, count: behind)
        return try table(KnownNumbers(shape: shape, floats: (0..<count).map { Float($0) }), keepsOrder: true)
    }

    /// Numbers from 0 on along an axis of a value, which broadcast to it.
    fileprivate mutating func places(along axis: Int, of x: ValueID) throws(TranslationError) -> ValueID {
        let shape = builder.type(of: x).shape.dimensions
        guard shape.indices.contains(axis) else { throw .node(.rank(shape.count)) }
        guard let count = shape[axis].constant else { throw .node(.symbolicSize) }
        return try counted(count, behind: shape.count - axis - 1)
    }

    /// The place of the first or last of the largest along an axis, which stays with one element.
    fileprivate mutating func firstExtreme(_ x: ValueID, axis: Int, isLast: Bool) throws(TranslationError) -> ValueID {
        let along = Attributes(["axes": .sizes([Size(axis)]), "keep_dims": .truth(true)])
        let places = try places(along: axis, of: x)
        let isLargest = try apply(.equal, [x, try apply(.reduceMax, [x], along)])
        let none = builder.constant(-Double(1 << 24))
        if isLast { return try apply(.reduceMax, [try apply(.select, [isLargest, places, none])], along) }
        let turned = try apply(.negate, [places])
        return try apply(.negate, [try apply(.reduceMax, [try apply(.select, [isLargest, turned, none])], along)])
    }

    fileprivate mutating func translateExtreme(_ node: ForeignNode, isTurned: Bool) throws(TranslationError) {
        let x = try placed(node, 0)
        let rank = x.order.count
        let axis = try axis(try node.integer("axis", 0), rank: rank)
        guard rank > 0 else { throw .node(.rank(rank)) }
        let position = x.order.firstIndex(of: axis) ?? axis
        let value = isTurned ? try apply(.negate, [x.id]) : x.id
        let place = try firstExtreme(value, axis: position, isLast: try node.integer("select_last_index", 0) != 0)
        if try node.integer("keepdims", 1) != 0 { return set(node, Placed(id: place, order: x.order)) }
        var shape = builder.type(of: place).shape.dimensions
        shape.remove(at: position)
        let left = x.order.filter { $0 != axis }.map { $0 > axis ? $0 - 1 : $0 }
        set(node, Placed(id: try reshaped(place, shape), order: left))
    }

    /// Numbers of the file, or that were computed here, as a value of the graph: in its text where they are few.
    ///
    /// - Parameter keepsOrder: whether four dimensions are none of an image.
    mutating func table(_ numbers: KnownNumbers, keepsOrder: Bool = false) throws(TranslationError) -> ValueID {
        let turned = keepsOrder ? numbers : try numbers.permuted(Placed.order(rank: numbers.shape.count))
        let values = try turned.floats()
        guard values.allSatisfy(\.isFinite), values.count <= 256 else {
            return try weight(named: "constant", turned, form: "\(weightCount)", path: "constant")
        }
        if turned.shape.isEmpty { return builder.constant(Double(decimal: values[0])) }
        let table = NumberTable(shape: turned.shape, values: values.map { Double(decimal: $0) })
        return try apply(.table, [], Attributes(["values": .table(table)]))
    }
}
