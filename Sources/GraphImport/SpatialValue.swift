import GraphIR
import GraphInterchange

/// A value over places: a line is an image of one row, and a volume is a stack of images.
struct SpatialValue {
    /// `[N, H, W, C]`, of a line with one row, and of a volume `[N, D, H, W, C]`.
    var id: ValueID
    /// Of the file's value: 3 for a line, 4 for an image, 5 for a volume.
    var rank: Int
    /// Sizes of the axes over which a window moves.
    var sizes: [Size]
    var batch: Size
    var channels: Size
}

extension Translation {
    /// An operand over one to three dimensions of places.
    mutating func spatial(_ node: ForeignNode, _ index: Int) throws(TranslationError) -> SpatialValue {
        let placed = try placed(node, index)
        let rank = placed.order.count
        guard (3...5).contains(rank) else { throw .node(.rank(rank)) }
        let sizes = shape(of: placed)
        var id = try arranged(placed, [0] + Array(2..<rank) + [1])
        if rank == 3 { id = try reshaped(id, [sizes[0], Size(1), sizes[2], sizes[1]]) }
        return SpatialValue(id: id, rank: rank, sizes: Array(sizes[2...]), batch: sizes[0], channels: sizes[1])
    }

    /// Says that a node's result is an image that was made of a value over places.
    ///
    /// - Parameter depth: how many images a volume has in a stack.
    mutating func set(_ node: ForeignNode, image y: ValueID, of x: SpatialValue, depth: Size) throws(TranslationError) {
        let sizes = builder.type(of: y).shape.dimensions
        switch x.rank {
        case 3: set(node, Placed(id: try reshaped(y, [sizes[0], sizes[2], sizes[3]]), order: [0, 2, 1]))
        case 5: set(node, Placed(id: try reshaped(y, [x.batch, depth] + sizes[1...]), order: [0, 2, 3, 4, 1]))
        default: set(node, image: y)
        }
    }

    /// A volume with rows and columns as one, for what goes along its depth: `[N, D, H·W, C]`.
    mutating func stack(_ x: SpatialValue) throws(TranslationError) -> ValueID {
        try reshaped(x.id, [x.batch, x.sizes[0], x.sizes[1] * x.sizes[2], x.channels])
    }

    /// What was a stack of so many images as images one after another: `[N·D, H, W, C]`.
    mutating func images(of x: SpatialValue, stack: ValueID, depth: Size) throws(TranslationError) -> ValueID {
        try reshaped(stack, [x.batch * depth, x.sizes[1], x.sizes[2], x.channels])
    }

    /// Every so many rows of an image, from its first row on.
    mutating func everyRow(_ image: ValueID, step: Int) throws(TranslationError) -> ValueID {
        if step == 1 { return image }
        return try apply(
            .averagePool, [image],
            Attributes(["size": .sizes([Size(1), Size(1)]), "stride": .sizes([Size(step), Size(1)]), "pad": .padding(.valid)]))
    }

    /// Images of a volume that meet one plane of a filter, one after another.
    mutating func images(
        of x: SpatialValue, meeting plane: Int, _ window: WindowArguments
    ) throws(TranslationError) -> ValueID {
        let depth = window.count(0, of: x.sizes[0])
        var rows = try padded(try stack(x), [window.pads[0], window.pads[3], 0, 0], value: 0)
        let length = window.strides[0] * (depth - 1) + 1
        rows = try apply(
            .slice, [rows],
            Attributes(["axis": .size(Size(1)), "start": .size(Size(plane * window.dilations[0])), "length": .size(length)]))
        return try images(of: x, stack: try everyRow(rows, step: window.strides[0]), depth: depth)
    }

    /// An image with pixels of one value around it.
    ///
    /// - Parameter sides: top, bottom, left, right.
    mutating func padded(_ image: ValueID, _ sides: [Int], value: Double) throws(TranslationError) -> ValueID {
        if sides.allSatisfy({ $0 == 0 }) { return image }
        return try apply(
            .pad, [image],
            Attributes(["sides": .sizes(sides.map { Size($0) }), "mode": .word("constant"), "value": .float(value)]))
    }
}
