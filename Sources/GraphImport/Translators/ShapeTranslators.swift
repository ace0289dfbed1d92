import GraphIR
import GraphInterchange

/// Arithmetic on shapes, of which nothing is left in the graph.
let shapeTranslators: [String: Translator] = [
    "Shape": { (translation, node) throws(TranslationError) in
        let shape = try translation.shape(node, 0)
        let start = min(max(try node.integer("start", 0), -shape.count), shape.count)
        let end = min(max(try node.integer("end", shape.count), -shape.count), shape.count)
        let range = (start < 0 ? start + shape.count : start, end < 0 ? end + shape.count : end)
        translation.set(node, known: KnownNumbers(range.0 < range.1 ? Array(shape[range.0..<range.1]) : []))
    },
    "Size": { (translation, node) throws(TranslationError) in
        let count = try translation.shape(node, 0).reduce(Size(1)) { $0 * $1 }
        translation.set(node, known: KnownNumbers(shape: [], sizes: [count]))
    },
    "ConstantOfShape": { (translation, node) throws(TranslationError) in
        var value = KnownNumbers(shape: [], floats: [0])
        if case .tensor(let tensor) = node.attributes["value"] { value = KnownNumbers(tensor) }
        guard value.count == 1 else { throw .node(.attribute("value", "of \(value.count) numbers")) }
        let sizes = try translation.neededKnown(node, 0).sizes()
        guard sizes.allSatisfy({ $0.constant != nil }) else {
            let order = Translation.Placed.order(rank: sizes.count)
            let number = translation.builder.constant(Double(decimal: try value.floats()[0]))
            let y = try translation.broadcast(number, to: order.map { sizes[$0] })
            return translation.set(node, Translation.Placed(id: y, order: order))
        }
        let shape = try translation.neededKnown(node, 0).integers()
        let count = try KnownNumbers.checked(shape)
        translation.set(node, known: try value.picked(Array(repeating: 0, count: count), shape: shape))
    },
    "Range": { (translation, node) throws(TranslationError) in
        let first = try translation.neededKnown(node, 0)
        let numbers = try [first, try translation.neededKnown(node, 1), try translation.neededKnown(node, 2)].map {
            (numbers) throws(TranslationError) in
            let floats = try numbers.floats()
            guard floats.count == 1, abs(floats[0]) < 1e15 else { throw .node(.attribute("range", "\(floats)")) }
            return Double(floats[0])
        }
        let count = numbers[2] == 0 ? 0 : max(0, ((numbers[1] - numbers[0]) / numbers[2]).rounded(.up))
        guard count <= Double(KnownNumbers.countLimit) else { throw .node(.attribute("range", "\(count)")) }
        let values = (0..<Int(count)).map { numbers[0] + Double($0) * numbers[2] }
        translation.set(
            node,
            known: first.isFloat
                ? KnownNumbers(shape: [values.count], floats: values.map { Float($0) })
                : KnownNumbers(values.map { Size(Int($0)) }))
    },
    "Unsqueeze": { (translation, node) throws(TranslationError) in
        let axes = try translation.axes(node)
        if translation.areKnown(node) {
            let numbers = try translation.neededKnown(node, 0)
            let rank = numbers.shape.count + axes.count
            let new = Set(try axes.map { (axis) throws(TranslationError) in try translation.axis(axis, rank: rank) })
            var old = numbers.shape[...]
            let shape = (0..<rank).map { new.contains($0) ? 1 : old.popFirst() ?? 1 }
            guard shape.reduce(1, *) == numbers.count else { throw .node(.attribute("axes", "\(axes)")) }
            return translation.set(node, known: try numbers.reshaped(shape))
        }
        let old = try translation.shape(node, 0)
        let rank = old.count + axes.count
        let new = Set(try axes.map { (axis) throws(TranslationError) in try translation.axis(axis, rank: rank) })
        var rest = old[...]
        try translation.reshape(node, (0..<rank).map { new.contains($0) ? Size(1) : rest.popFirst() ?? Size(1) })
    },
    "Squeeze": { (translation, node) throws(TranslationError) in
        if translation.areKnown(node) {
            let numbers = try translation.neededKnown(node, 0)
            var axes = Set<Int>()
            for axis in try translation.axes(node) {
                axes.insert(try translation.axis(axis, rank: numbers.shape.count))
            }
            let isAll = axes.isEmpty
            let kept = numbers.shape.indices.filter { isAll ? numbers.shape[$0] != 1 : !axes.contains($0) }
            let shape = kept.map { numbers.shape[$0] }
            guard shape.reduce(1, *) == numbers.count else { throw .node(.attribute("axes", "\(axes.sorted())")) }
            return translation.set(node, known: try numbers.reshaped(shape))
        }
        let old = try translation.shape(node, 0)
        var axes = Set<Int>()
        for axis in try translation.axes(node) { axes.insert(try translation.axis(axis, rank: old.count)) }
        let kept = old.indices.filter { axes.isEmpty ? old[$0] != Size(1) : !axes.contains($0) }
        try translation.reshape(node, kept.map { old[$0] })
    },
    "Flatten": { (translation, node) throws(TranslationError) in
        let old = try translation.shape(node, 0)
        let given = try node.integer("axis", 1)
        let axis = given == old.count ? given : try translation.axis(given, rank: old.count)
        try translation.reshape(node, [old[..<axis], old[axis...]].map { $0.reduce(Size(1)) { $0 * $1 } })
    },
]

extension Translation {
    /// Axes that were an argument at first, and are the second operand since.
    func axes(_ node: ForeignNode, operand: Int = 1) throws(TranslationError) -> [Int] {
        if let numbers = try known(node, operand) { return try numbers.integers() }
        return try node.integers("axes") ?? []
    }

    mutating func gatherKnown(_ node: ForeignNode) throws(TranslationError) {
        let numbers = try neededKnown(node, 0)
        let places = try neededKnown(node, 1)
        let axis = try axis(try node.integer("axis", 0), rank: numbers.shape.count)
        guard numbers.shape.indices.contains(axis) else { throw .node(.rank(0)) }
        let size = numbers.shape[axis]
        var indices: [Int] = []
        for index in try places.integers() {
            guard (-size..<size).contains(index) else { throw .node(.attribute("index", "\(index)")) }
            indices.append(index < 0 ? index + size : index)
        }
        let outer = Array(numbers.shape[..<axis]), inner = Array(numbers.shape[(axis + 1)...])
        try KnownNumbers.checkCount(outer + places.shape + inner)
        let innerCount = inner.reduce(1, *)
        var picked: [Int] = []
        for start in 0..<outer.reduce(1, *) {
            for index in indices { picked += (0..<innerCount).map { (start * size + index) * innerCount + $0 } }
        }
        set(node, known: try numbers.picked(picked, shape: outer + places.shape + inner))
    }
}
