import GraphIR
import GraphInterchange

/// Other shapes of the same elements, and what becomes of pixels and channels in squares.
let reshapeTranslators: [String: Translator] = [
    "Reshape": { (translation, node) throws(TranslationError) in try translation.translateReshape(node) },
    "DepthToSpace": { (translation, node) throws(TranslationError) in
        let x = try translation.image(node, 0)
        let block = try node.integer("blocksize", 0)
        let isColumnRowDepth = try node.text("mode", "DCR") == "CRD"
        let source = isColumnRowDepth ? try translation.reorderedForShuffle(x, block: block) : x
        translation.set(
            node, image: try translation.apply(.depthToSpace, [source], Attributes(["block": .size(Size(block))])))
    },
    "SpaceToDepth": { (translation, node) throws(TranslationError) in
        let x = try translation.image(node, 0)
        let block = try node.integer("blocksize", 0)
        let isColumnRowDepth = try node.text("mode", "DCR") == "CRD"
        let y = try isColumnRowDepth ? translation.unshuffled(x, block: block) : translation.squares(of: x, block: block)
        translation.set(node, image: y)
    },
]

extension Translation {
    fileprivate mutating func translateReshape(_ node: ForeignNode) throws(TranslationError) {
        let old = try shape(node, 0)
        let operand = try known(node, 1)?.sizes()
        let argument = try node.integers("shape") ?? []
        let wanted = operand ?? argument.map { Size($0) }
        let keepsZeros = try node.integer("allowzero", 0) == 0
        var shape: [Size] = []
        for (index, size) in wanted.enumerated() {
            shape.append(size == Size(0) && keepsZeros && old.indices.contains(index) ? old[index] : size)
        }
        if areKnown(node) {
            let numbers = try neededKnown(node, 0)
            var known: [Int] = []
            for size in shape {
                guard let number = size.constant else { throw .node(.symbolicSize) }
                known.append(number)
            }
            let free = known.firstIndex(of: -1)
            if let free { known[free] = 1 }
            try KnownNumbers.checkCount(known)
            if let free {
                let others = known.reduce(1, *)
                known[free] = others == 0 ? 0 : numbers.count / others
            }
            guard known.reduce(1, *) == numbers.count else { throw .node(.attribute("shape", "\(known)")) }
            return set(node, known: try numbers.reshaped(known))
        }
        if let free = shape.firstIndex(of: Size(-1)) {
            guard let size = shape.missingSize(at: free, ofAsManyElementsAs: old) else { throw .node(.symbolicSize) }
            shape[free] = size
        }
        try reshape(node, shape)
    }

    /// Gives the first operand another shape.
    mutating func reshape(_ node: ForeignNode, _ shape: [Size]) throws(TranslationError) {
        let value = try placed(node, 0)
        if let same = try withOtherOnes(value, shape) { return set(node, same) }
        if let image = try shuffled(value, to: shape) { return set(node, image: image) }
        if let channels = try unshuffled(value, to: shape) { return set(node, channels) }
        let flat = try reshaped(try arranged(value, Array(0..<value.order.count)), shape)
        set(node, Placed(id: flat, order: Array(0..<shape.count)))
    }

    /// A value of a shape in which only dimensions of one element come or go: nothing moves. Nil for other shapes.
    private mutating func withOtherOnes(_ value: Placed, _ shape: [Size]) throws(TranslationError) -> Placed? {
        let old = self.shape(of: value)
        // A file for one picture has its count in some shapes only: it stands for as many as there are.
        if let oldCount = old.first, let count = shape.first, old.dropFirst() == shape.dropFirst(),
            oldCount == count || count == Size(1) && oldCount.constant == nil
        {
            return value
        }
        let oldAxes = old.indices.filter { old[$0] != Size(1) }
        let newAxes = shape.indices.filter { shape[$0] != Size(1) }
        guard oldAxes.map({ old[$0] }) == newAxes.map({ shape[$0] }) else { return nil }
        let newAxis = Dictionary(uniqueKeysWithValues: zip(oldAxes, newAxes))
        let moving = value.order.compactMap { newAxis[$0] }
        // As images lie if that is possible, and as the value lies else.
        let usual = Placed.order(rank: shape.count)
        let order =
            usual.filter(Set(newAxes).contains) == moving
            ? usual : shape.indices.filter { !newAxes.contains($0) } + moving
        return Placed(id: try reshaped(value.id, order.map { shape[$0] }), order: order)
    }

    /// A pixel shuffle that is written as a reshape to six dimensions, a transpose and a reshape; nil for all else.
    private mutating func shuffled(_ value: Placed, to shape: [Size]) throws(TranslationError) -> ValueID? {
        // [N, C, b, b, H, W] in the order of the file, read as [N, C, H, b, W, b].
        guard shape.count == 4, let (image, split) = splitImage(value) else { return nil }
        let sizes = builder.type(of: image).shape.dimensions
        guard let channels = sizes[3].constant, value.order == [0, 1, 3, 5, 2, 4], let block = split[2].constant,
            (1...Self.largestBlock).contains(block), split[3].constant == block, split[4] == sizes[1], split[5] == sizes[2],
            channels.isMultiple(of: block * block),
            shape == [split[0], Size(channels / (block * block)), block * sizes[1], block * sizes[2]]
        else { return nil }
        let ordered = try reorderedForShuffle(image, block: block)
        return try apply(.depthToSpace, [ordered], Attributes(["block": .size(Size(block))]))
    }

    /// The inverse of a pixel shuffle, written as a reshape to six dimensions, a transpose and a reshape to the result's
    /// dimensions, between which may stand some of one element; nil for all else.
    private mutating func unshuffled(_ value: Placed, to shape: [Size]) throws(TranslationError) -> Placed? {
        // [N, C, H/b, b, W/b, b] in the order of the file, read as [N, C, b, b, H/b, W/b].
        guard let (image, split) = splitImage(value), value.order == [0, 1, 4, 2, 5, 3], let block = split[3].constant,
            (1...Self.largestBlock).contains(block), split[5].constant == block, let channels = split[1].constant
        else { return nil }
        let sizes = builder.type(of: image).shape.dimensions
        guard sizes[3] == split[1], split[2] == sizes[1].floorDivided(by: block), split[4] == sizes[2].floorDivided(by: block)
        else { return nil }
        let wanted = [split[0], Size(channels * block * block), split[2], split[4]]
        if shape == wanted { return Placed(id: try unshuffled(image, block: block), order: Placed.image) }
        // PyTorch's exporter makes of its pixel_unshuffle a shape with ones between.
        guard shape == wanted[..<2] + [Size(1), Size(1)] + wanted[2...] else { return nil }
        return try withOtherOnes(Placed(id: try unshuffled(image, block: block), order: Placed.image), shape)
    }

    /// The image of which a value in six dimensions was made, and the sizes of these as they lie; nil for all else.
    private func splitImage(_ value: Placed) -> (image: ValueID, split: [Size])? {
        guard value.order.count == 6, let reshape = builder.graph[value.id].operation, reshape.op == .reshape else { return nil }
        let split = builder.type(of: value.id).shape.dimensions
        var image = reshape.operands[0]
        if let source = builder.graph[image].operation, source.op == .transpose,
            source.attributes.integers("order") == [0, 3, 1, 2]
        {
            image = source.operands[0]
        } else {
            // Of one channel nothing is transposed.
            let sizes = builder.type(of: image).shape.dimensions
            guard sizes.count == 4, sizes[3] == Size(1) else { return nil }
        }
        let count = builder.type(of: image).shape.dimensions[0]
        guard split[0] == count || split[0] == Size(1) else { return nil }
        return (image, split)
    }

    /// Pixels of a square's side, and channels that are put in order, at most.
    private static var largestBlock: Int { 64 }
    private static var mostShuffledChannels: Int { 1 << 16 }

    /// Channels of the squares of an image's pixels, all of one pixel before the next.
    fileprivate mutating func squares(of image: ValueID, block: Int) throws(TranslationError) -> ValueID {
        try apply(.spaceToDepth, [image], Attributes(["block": .size(Size(block))]))
    }

    /// The same in the order of ONNX's mode CRD and of PyTorch's pixel unshuffle: all pixels of a channel before the next.
    fileprivate mutating func unshuffled(_ image: ValueID, block: Int) throws(TranslationError) -> ValueID {
        guard let channels = builder.type(of: image).shape.dimensions[3].constant else { throw .node(.symbolicSize) }
        guard (1...Self.largestBlock).contains(block), channels <= Self.mostShuffledChannels else {
            throw .node(.attribute("blocksize", "\(block)"))
        }
        let y = try squares(of: image, block: block)
        let area = block * block
        if block == 1 { return y }
        return try self.channels(of: y, in: (0..<channels * area).map { $0 % area * channels + $0 / area })
    }

    /// An image whose channels are in the order of ONNX's mode CRD and PyTorch's pixel shuffle, in that of the language:
    /// channel c·b² + k becomes channel k·C + c.
    fileprivate mutating func reorderedForShuffle(_ x: ValueID, block: Int) throws(TranslationError) -> ValueID {
        guard let count = builder.type(of: x).shape.dimensions[3].constant else { throw .node(.symbolicSize) }
        guard (1...Self.largestBlock).contains(block), count <= Self.mostShuffledChannels, count.isMultiple(of: block * block)
        else {
            throw .node(.attribute("blocksize", "\(block)"))
        }
        if block == 1 { return x }
        let area = block * block
        let channels = count / area
        return try self.channels(of: x, in: (0..<count).map { $0 % channels * area + $0 / channels })
    }
}

extension [Size] {
    /// The size that makes as many elements of a shape as another has; nil where none is found. Where it is so for some sizes
    /// only, as for `[3, H//2, 2, -1]` of `[3, H, W]`, these are checked when sizes are bound.
    fileprivate func missingSize(at place: Int, ofAsManyElementsAs old: [Size]) -> Size? {
        // What stands in both is left out, so that products stay small.
        var old = old
        var others = indices.filter { $0 != place }.map { self[$0] }
        for size in others {
            guard let same = old.firstIndex(of: size), let here = others.firstIndex(of: size) else { continue }
            old.remove(at: same)
            others.remove(at: here)
        }
        // With symbols that stand for multiples of many numbers no quotient leaves a rest, so that products can be compared.
        func even(_ size: Size) -> Size { size.substituting { 20_160 * Size(symbol: $0) } }
        func product(_ sizes: some Sequence<Size>) -> Size { sizes.reduce(Size(1)) { $0 * $1 } }
        let total = even(product(old))
        let rest = even(product(others))
        func atOne(_ size: Size) -> Int? { size.substituting { _ in Size(1) }.constant }
        guard old.count <= 8, let totalCount = atOne(total), totalCount < Size.limit else { return nil }
        // A multiple or a share of some of the other's dimensions.
        for subset in 0..<1 << old.count {
            let base = product(old.indices.lazy.filter { subset >> $0 & 1 == 1 }.map { old[$0] })
            guard let count = atOne(even(base) * rest), count > 0, totalCount > 0 else { continue }
            // Of a share of several dimensions nothing says that it comes out even.
            guard totalCount >= count || subset.nonzeroBitCount == 1 else { continue }
            let candidate =
                totalCount >= count ? totalCount / count * base : base.floorDivided(by: count / totalCount)
            if even(candidate) * rest == total { return candidate }
        }
        return nil
    }
}
