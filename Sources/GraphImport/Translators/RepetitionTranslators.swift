import GraphIR
import GraphInterchange

/// What takes elements more than once, or some of them.
let repetitionTranslators: [String: Translator] = [
    "Tile": { (translation, node) throws(TranslationError) in
        let counts = try translation.neededKnown(node, 1).sizes()
        var x = try translation.placed(node, 0)
        guard counts.count == x.order.count, counts.allSatisfy({ (1...65536).contains($0.constant ?? 1) }) else {
            throw .node(.attribute("repeats", "[\(counts.map(\.description).joined(separator: ", "))]"))
        }
        // One element along an axis may be repeated as often as the input's sizes say.
        var shape = translation.builder.type(of: x.id).shape.dimensions
        for (axis, count) in counts.enumerated() where count != Size(1) {
            let position = x.order.firstIndex(of: axis) ?? axis
            if shape[position] == Size(1) {
                shape[position] = count
            } else {
                guard let number = count.constant else { throw .node(.symbolicSize) }
                x.id = try translation.repeated(x.id, axis: position, count: number)
                shape[position] = number * shape[position]
            }
        }
        x.id = try translation.broadcast(x.id, to: shape)
        translation.set(node, x)
    },
    "Expand": { (translation, node) throws(TranslationError) in
        let wanted = try translation.neededKnown(node, 1).sizes()
        if translation.areKnown(node), wanted.allSatisfy({ $0.constant != nil }) {
            let numbers = try translation.neededKnown(node, 0)
            let sizes = try translation.neededKnown(node, 1).integers()
            let zeros = KnownNumbers(shape: sizes, sizes: Array(repeating: Size(0), count: try KnownNumbers.checked(sizes)))
            return translation.set(node, known: try combined(numbers, zeros, { a, _ in a }, { a, _ in a }))
        }
        let old = try translation.shape(node, 0)
        let rank = max(old.count, wanted.count)
        var x = try translation.placed(node, 0)
        if rank > old.count {
            let plain = try translation.arranged(x, Array(old.indices))
            let shape = Array(repeating: Size(1), count: rank - old.count) + old
            x = Translation.Placed(id: try translation.reshaped(plain, shape), order: Array(0..<rank))
        }
        var shape = translation.shape(of: x)
        for (index, size) in wanted.enumerated() where size != Size(1) {
            let axis = index + rank - wanted.count
            guard shape[axis] == Size(1) || shape[axis] == size else {
                throw .node(.attribute("shape", "[\(wanted.map(\.description).joined(separator: ", "))]"))
            }
            shape[axis] = size
        }
        x.id = try translation.broadcast(x.id, to: x.order.map { shape[$0] })
        translation.set(node, x)
    },
    "Gather": { (translation, node) throws(TranslationError) in
        if translation.areKnown(node) { return try translation.gatherKnown(node) }
        let places = try translation.neededKnown(node, 1)
        var x = try translation.placed(node, 0)
        let sizes = translation.shape(of: x)
        let axis = try translation.axis(try node.integer("axis", 0), rank: sizes.count)
        guard sizes.indices.contains(axis), let size = sizes[axis].constant else { throw .node(.symbolicSize) }
        var indices: [Int] = []
        for index in try places.integers() {
            guard (-size..<size).contains(index) else { throw .node(.attribute("index", "\(index)")) }
            indices.append(index < 0 ? index + size : index)
        }
        let position = x.order.firstIndex(of: axis) ?? axis
        x.id = try translation.elements(of: x.id, at: indices, axis: position)
        if places.shape.count == 1 { return translation.set(node, x) }
        let plain = try translation.arranged(x, Array(sizes.indices))
        let shape = sizes[..<axis] + places.shape.map { Size($0) } + sizes[(axis + 1)...]
        let y = try translation.reshaped(plain, Array(shape))
        translation.set(node, Translation.Placed(id: y, order: Array(shape.indices.map { $0 - shape.startIndex })))
    },
]

extension Translation {
    /// A value repeated along axes of one element until it has a shape.
    mutating func broadcast(_ x: ValueID, to shape: [Size]) throws(TranslationError) -> ValueID {
        if builder.type(of: x).shape.dimensions == shape { return x }
        return try apply(.broadcast, [x], Attributes(["shape": .sizes(shape)]))
    }

    /// A value so many times along an axis, by doubling.
    mutating func repeated(_ x: ValueID, axis: Int, count: Int) throws(TranslationError) -> ValueID {
        var parts: [ValueID] = []
        var (power, left) = (x, count)
        while left > 0 {
            if left & 1 == 1 { parts.append(power) }
            left >>= 1
            if left > 0 { power = try apply(.concat, [power, power], Attributes(["axis": .size(Size(axis))])) }
        }
        return parts.count == 1 ? parts[0] : try apply(.concat, parts, Attributes(["axis": .size(Size(axis))]))
    }

    /// Some elements along an axis, one after another. Each that follows the one before goes along with it.
    mutating func elements(of x: ValueID, at indices: [Int], axis: Int) throws(TranslationError) -> ValueID {
        guard let first = indices.first else { throw .node(.attribute("indices", "none")) }
        if indices == Array(0..<indices.count), builder.type(of: x).shape.dimensions[axis] == Size(indices.count) { return x }
        var runs = [first..<first + 1]
        for index in indices.dropFirst() {
            if let last = runs.last, last.upperBound == index {
                runs[runs.count - 1] = last.lowerBound..<index + 1
            } else {
                runs.append(index..<index + 1)
            }
        }
        guard runs.count <= 1 << 12 else { throw .node(.attribute("indices", "of \(runs.count) parts")) }
        var parts: [ValueID] = []
        for run in runs {
            parts.append(
                try apply(
                    .slice, [x],
                    Attributes([
                        "axis": .size(Size(axis)), "start": .size(Size(run.lowerBound)), "length": .size(Size(run.count)),
                    ])))
        }
        return try concatenated(parts, axis: axis)
    }

    /// Values one behind the other along an axis; at least one.
    mutating func concatenated(_ values: [ValueID], axis: Int) throws(TranslationError) -> ValueID {
        var parts = values
        // An op takes no more than 256 operands.
        while parts.count > 1 {
            parts = try stride(from: 0, to: parts.count, by: 256).map { (start) throws(TranslationError) in
                let group = Array(parts[start..<min(start + 256, parts.count)])
                return group.count == 1 ? group[0] : try apply(.concat, group, Attributes(["axis": .size(Size(axis))]))
            }
        }
        return parts[0]
    }

    /// Every so many elements along an axis, from a place on.
    mutating func elements(
        of x: ValueID, axis: Int, start: Size, length: Size, step: Int
    ) throws(TranslationError) -> ValueID {
        let shape = builder.type(of: x).shape.dimensions
        let reach = step * (length - 1) + 1
        var y = x
        if start != Size(0) || reach != shape[axis] {
            y = try apply(
                .slice, [x], Attributes(["axis": .size(Size(axis)), "start": .size(start), "length": .size(reach)]))
        }
        if step == 1 { return y }
        // Rows of an image in which what lies before and behind the axis are pictures and columns.
        let outer = shape[..<axis].reduce(Size(1)) { $0 * $1 }, inner = shape[(axis + 1)...].reduce(Size(1)) { $0 * $1 }
        y = try everyRow(try reshaped(y, [outer, reach, inner, Size(1)]), step: step)
        return try reshaped(y, shape[..<axis] + [length] + shape[(axis + 1)...])
    }
}
