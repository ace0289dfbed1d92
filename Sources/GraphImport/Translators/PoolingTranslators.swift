import GraphIR
import GraphInterchange

/// What makes one pixel of a window.
let poolingTranslators: [String: Translator] = [
    "MaxPool": { (translation, node) throws(TranslationError) in
        guard node.outputs.dropFirst().allSatisfy(\.isEmpty) else { throw .node(.output(1)) }
        let x = try translation.spatial(node, 0)
        let window = try translation.pooledWindow(node, of: x)
        guard window.dilations.allSatisfy({ $0 == 1 }) else { return try translation.poolDilated(node, x, window) }
        try translation.pool(node, .maxPool, x, window)
    },
    "AveragePool": { (translation, node) throws(TranslationError) in
        let x = try translation.spatial(node, 0)
        let countsPadding = try node.integer("count_include_pad", 0) != 0
        // What is added so that a last window fits counts in neither way.
        let roundsUp = try node.integer("ceil_mode", 0) != 0
        let window = try translation.pooledWindow(node, of: x)
        let given = try WindowArguments(node, kernel: window.kernel, sizes: x.sizes)
        guard !countsPadding || !roundsUp || window.pads == given.pads else { throw .node(.attribute("ceil_mode", "1")) }
        guard window.dilations.allSatisfy({ $0 == 1 }) else { throw .node(.attribute("dilations", "\(window.dilations)")) }
        try translation.pool(node, .averagePool, x, window, Attributes(["count_pad": .truth(countsPadding)]))
    },
    "LpPool": { (translation, node) throws(TranslationError) in
        var x = try translation.spatial(node, 0)
        let exponent = try node.integer("p", 2)
        let window = try translation.pooledWindow(node, of: x)
        guard exponent >= 1, window.dilations.allSatisfy({ $0 == 1 }) else {
            throw .node(.attribute("dilations", "\(window.dilations)"))
        }
        x.id = try translation.absolutePower(x.id, exponent)
        let pooled = try translation.pooled(.averagePool, x, window, Attributes(["count_pad": .truth(true)]))
        // The sum is the mean times the window.
        let count = translation.builder.constant(Double(window.kernel.reduce(1, *)))
        let sum = try translation.apply(.multiply, [count, pooled.id])
        try translation.set(node, image: try translation.root(sum, exponent), of: x, depth: pooled.depth)
    },
]

extension Translation {
    fileprivate func pooledWindow(_ node: ForeignNode, of x: SpatialValue) throws(TranslationError) -> WindowArguments {
        let kernel = try node.integers("kernel_shape") ?? []
        guard kernel.count == x.sizes.count, kernel.allSatisfy({ (1...255).contains($0) }) else {
            throw .node(.attribute("kernel_shape", "\(kernel)"))
        }
        var window = try WindowArguments(node, kernel: kernel, sizes: x.sizes)
        if try node.integer("ceil_mode", 0) != 0 { window.roundUp(x.sizes) }
        return window
    }

    fileprivate mutating func pool(
        _ node: ForeignNode, _ op: OpName, _ x: SpatialValue, _ window: WindowArguments, _ more: Attributes = Attributes()
    ) throws(TranslationError) {
        let pooled = try pooled(op, x, window, more)
        try set(node, image: pooled.id, of: x, depth: pooled.depth)
    }

    /// Windows of a volume are pooled along its depth first, and then in each plane.
    fileprivate mutating func pooled(
        _ op: OpName, _ x: SpatialValue, _ window: WindowArguments, _ more: Attributes
    ) throws(TranslationError) -> (id: ValueID, depth: Size) {
        func pool(_ image: ValueID, _ size: [Int], _ stride: [Int], _ padding: AttributeValue) throws(TranslationError) -> ValueID
        {
            var attributes = more
            attributes["size"] = .sizes(size.map { Size($0) })
            attributes["stride"] = .sizes(stride.map { Size($0) })
            attributes["pad"] = padding
            return try apply(op, [image], attributes)
        }
        var image = x.id
        var depth = Size(1)
        if x.rank == 5 {
            depth = window.count(0, of: x.sizes[0])
            let sides = [window.pads[0], window.pads[3], 0, 0].map { Size($0) }
            let rows = try pool(try stack(x), [window.kernel[0], 1], [window.strides[0], 1], .sizes(sides))
            image = try images(of: x, stack: rows, depth: depth)
        }
        let plane = window.plane
        return (try pool(image, plane.kernel, plane.strides, plane.padding), depth)
    }

    /// The largest of pixels that lie apart, along one axis after the other: of twice as many taps, the larger of two places.
    fileprivate mutating func poolDilated(
        _ node: ForeignNode, _ x: SpatialValue, _ window: WindowArguments
    ) throws(TranslationError) {
        guard x.rank < 5 else { throw .node(.attribute("dilations", "\(window.dilations)")) }
        let plane = window.plane
        let sides = [plane.pads[0], plane.pads[2], plane.pads[1], plane.pads[3]]
        var image = try padded(x.id, sides, value: -Double(Float.greatestFiniteMagnitude))
        for axis in 0..<2 {
            var taps = 1
            while taps < plane.kernel[axis] {
                let more = min(taps, plane.kernel[axis] - taps)
                let length = builder.type(of: image).shape.dimensions[axis + 1] - more * plane.dilations[axis]
                let parts = try [0, more * plane.dilations[axis]].map { (start) throws(TranslationError) in
                    try elements(of: image, axis: axis + 1, start: Size(start), length: length, step: 1)
                }
                image = try apply(.maximum, parts)
                taps += more
            }
            let size = builder.type(of: image).shape.dimensions[axis + 1]
            let count = (size - 1).floorDivided(by: plane.strides[axis]) + 1
            image = try elements(of: image, axis: axis + 1, start: Size(0), length: count, step: plane.strides[axis])
        }
        try set(node, image: image, of: x, depth: Size(1))
    }

    /// |x| to the power of a whole number.
    mutating func absolutePower(_ x: ValueID, _ exponent: Int) throws(TranslationError) -> ValueID {
        if exponent == 1 { return try apply(.abs, [x]) }
        if exponent == 2 { return try apply(.multiply, [x, x]) }
        return try apply(.power, [try apply(.abs, [x]), builder.constant(Double(exponent))])
    }

    /// Its inverse for what is not negative.
    mutating func root(_ x: ValueID, _ exponent: Int) throws(TranslationError) -> ValueID {
        if exponent == 1 { return x }
        if exponent == 2 { return try apply(.sqrt, [x]) }
        return try apply(.power, [x, builder.constant(1 / Double(exponent))])
    }
}
