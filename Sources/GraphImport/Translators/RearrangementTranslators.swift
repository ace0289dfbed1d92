import GraphIR
import GraphInterchange

/// What moves elements and changes none.
let rearrangementTranslators: [String: Translator] = [
    "Concat": { (translation, node) throws(TranslationError) in try translation.translateConcatenation(node) },
    "Slice": { (translation, node) throws(TranslationError) in try translation.translateSlice(node) },
    "Split": { (translation, node) throws(TranslationError) in try translation.translateSplit(node) },
    "Transpose": { (translation, node) throws(TranslationError) in try translation.translateTranspose(node) },
    "Pad": { (translation, node) throws(TranslationError) in try translation.translatePad(node) },
]

extension Translation {
    fileprivate mutating func translateConcatenation(_ node: ForeignNode) throws(TranslationError) {
        if areKnown(node) { return try concatenateKnown(node) }
        var operands: [Placed] = []
        for index in node.inputs.indices { operands.append(try placed(node, index)) }
        guard let first = operands.first else { throw .node(.operandIsMissing(0)) }
        for index in operands.indices where operands[index].order != first.order {
            guard operands[index].order.count == first.order.count else { throw .node(.broadcast) }
            operands[index] = Placed(id: try arranged(operands[index], first.order), order: first.order)
        }
        let axis = try axis(try node.integer("axis", 1), rank: first.order.count)
        let position = first.order.firstIndex(of: axis) ?? axis
        set(node, Placed(id: try concatenated(operands.map(\.id), axis: position), order: first.order))
    }

    private mutating func concatenateKnown(_ node: ForeignNode) throws(TranslationError) {
        var parts: [KnownNumbers] = []
        for index in node.inputs.indices { parts.append(try neededKnown(node, index)) }
        guard let first = parts.first else { throw .node(.operandIsMissing(0)) }
        let axis = try axis(try node.integer("axis", 0), rank: first.shape.count)
        guard first.shape.indices.contains(axis) else { throw .node(.rank(0)) }
        var shape = first.shape
        shape[axis] = 0
        for part in parts {
            guard part.shape.count == shape.count,
                shape.indices.allSatisfy({ $0 == axis || part.shape[$0] == shape[$0] })
            else { throw .node(.broadcast) }
            shape[axis] += part.shape[axis]
        }
        try KnownNumbers.checkCount(shape)
        let outer = shape[..<axis].reduce(1, *)
        let inner = shape[(axis + 1)...].reduce(1, *)
        let isFloat = parts.contains { $0.isFloat }
        let floats = isFloat ? try parts.map { (part) throws(TranslationError) in try part.floats() } : []
        let sizes = isFloat ? [] : try parts.map { (part) throws(TranslationError) in try part.sizes() }
        func joined<Number>(_ lists: [[Number]]) -> [Number] {
            (0..<outer).flatMap { index in
                zip(parts, lists).flatMap { part, list in
                    let length = part.shape[axis] * inner
                    return list[index * length..<(index + 1) * length]
                }
            }
        }
        set(
            node,
            known: isFloat
                ? KnownNumbers(shape: shape, floats: joined(floats)) : KnownNumbers(shape: shape, sizes: joined(sizes)))
    }

    fileprivate mutating func translateSlice(_ node: ForeignNode) throws(TranslationError) {
        // Operands since version 10, arguments before.
        var starts: [Size], ends: [Size], axes: [Int]?, steps: [Int]?
        if let numbers = try known(node, 1) {
            starts = try numbers.sizes()
            ends = try neededKnown(node, 2).sizes()
            axes = try known(node, 3)?.integers()
            steps = try known(node, 4)?.integers()
        } else {
            starts = (try node.integers("starts") ?? []).map { Size($0) }
            ends = (try node.integers("ends") ?? []).map { Size($0) }
            axes = try node.integers("axes")
        }
        let shape = try shape(node, 0)
        let axisList = axes ?? Array(starts.indices)
        guard starts.count == ends.count, axisList.count == starts.count, steps?.count ?? starts.count == starts.count else {
            throw .node(.attribute("starts", "\(starts.count) numbers"))
        }
        var ranges: [(axis: Int, start: Size, length: Size, step: Int)] = []
        for (index, given) in axisList.enumerated() {
            let axis = try axis(given, rank: shape.count)
            guard shape.indices.contains(axis) else { throw .node(.rank(shape.count)) }
            guard !ranges.contains(where: { $0.axis == axis }) else { throw .node(.attribute("axes", "\(axisList)")) }
            let step = steps?[index] ?? 1
            guard step != 0, abs(Double(step)) < 1e9 else { throw .node(.attribute("steps", "\(step)")) }
            if step < 0 {
                guard let size = shape[axis].constant, let start = starts[index].constant, let end = ends[index].constant else {
                    throw .node(.symbolicSize)
                }
                let first = min(max(start < 0 ? start + size : start, -1), size - 1)
                let last = min(max(end < 0 ? end + size : end, -1), size - 1)
                let count = max(0, (first - last + -step - 1) / -step)
                ranges.append((axis, Size(first), Size(count), step))
                continue
            }
            let start = try bounded(starts[index], size: shape[axis])
            let end = try bounded(ends[index], size: shape[axis])
            let length = (end - start + (step - 1)).floorDivided(by: step)
            ranges.append((axis, start, length, step))
        }
        if areKnown(node) { return set(node, known: try sliced(try neededKnown(node, 0), ranges)) }
        var value = try placed(node, 0)
        for range in ranges {
            let position = value.order.firstIndex(of: range.axis) ?? range.axis
            if range.start == Size(0), range.length == shape[range.axis] { continue }
            guard range.step > 0 else {
                guard let start = range.start.constant, let length = range.length.constant, length > 0 else {
                    throw .node(.symbolicSize)
                }
                let indices = (0..<min(length, 1 << 16)).map { start + $0 * range.step }
                value.id = try elements(of: value.id, at: indices, axis: position)
                continue
            }
            value.id = try elements(
                of: value.id, axis: position, start: range.start, length: range.length, step: range.step)
        }
        set(node, value)
    }

    /// A start or end of a slice, counted from the front and not beyond the end.
    private func bounded(_ place: Size, size: Size) throws(TranslationError) -> Size {
        guard let number = place.constant else { return place }
        let fromFront = number < 0 ? size + Size(number) : Size(number)
        guard let known = size.constant, let front = fromFront.constant else {
            // What lies far behind any end stands for it.
            return number >= 1 << 30 ? size : number <= -(1 << 30) ? Size(0) : fromFront
        }
        return Size(min(max(front, 0), known))
    }

    private func sliced(
        _ numbers: KnownNumbers, _ ranges: [(axis: Int, start: Size, length: Size, step: Int)]
    ) throws(TranslationError) -> KnownNumbers {
        var shape = numbers.shape
        var strides = KnownNumbers.rowMajorStrides(shape)
        var start = 0
        for range in ranges {
            guard let first = range.start.constant, let length = range.length.constant else { throw .node(.symbolicSize) }
            let last = first + (length - 1) * range.step
            guard length <= 0 || numbers.shape[range.axis] > max(first, last) && min(first, last) >= 0 else {
                throw .node(.attribute("length", "\(length)"))
            }
            start += first * strides[range.axis]
            strides[range.axis] *= range.step
            shape[range.axis] = max(0, length)
        }
        guard shape.allSatisfy({ $0 > 0 }) else {
            return try numbers.picked([], shape: shape)
        }
        return try numbers.picked(KnownNumbers.places(shape: shape, strides: strides, start: start), shape: shape)
    }

    fileprivate mutating func translateSplit(_ node: ForeignNode) throws(TranslationError) {
        let shape = try shape(node, 0)
        let axis = try axis(try node.integer("axis", 0), rank: shape.count)
        guard shape.indices.contains(axis) else { throw .node(.rank(shape.count)) }
        let count = node.outputs.count
        let lengths: [Size]
        let operand = try known(node, 1)?.sizes()
        let argument = try node.integers("split")?.map { Size($0) }
        if let given = operand ?? argument, !given.isEmpty {
            lengths = given
        } else {
            guard let size = shape[axis].constant, count > 0 else { throw .node(.symbolicSize) }
            let share = (size + count - 1) / count
            lengths = (0..<count).map { Size(min(share, size - $0 * share)) }
        }
        guard lengths.count == count else { throw .node(.attribute("split", "\(lengths.count) parts")) }
        var start = Size(0)
        if areKnown(node) {
            let numbers = try neededKnown(node, 0)
            for (index, length) in lengths.enumerated() {
                set(node, known: try sliced(numbers, [(axis, start, length, 1)]), output: index)
                start = start + length
            }
            return
        }
        let value = try placed(node, 0)
        let position = value.order.firstIndex(of: axis) ?? axis
        // Nothing is nothing that anybody could read.
        for (index, length) in lengths.enumerated() where length != Size(0) {
            let part = try apply(
                .slice, [value.id],
                Attributes(["axis": .size(Size(position)), "start": .size(start), "length": .size(length)]))
            set(node, Placed(id: part, order: value.order), output: index)
            start = start + length
        }
    }

    fileprivate mutating func translatePad(_ node: ForeignNode) throws(TranslationError) {
        let rank = try shape(node, 0).count
        // Operands since version 11, arguments before.
        var pads = try known(node, 1)?.sizes() ?? []
        if pads.isEmpty { pads = (try node.integers("pads") ?? []).map { Size($0) } }
        if let given = try known(node, 3)?.integers() {
            var all = Array(repeating: Size(0), count: 2 * rank)
            guard pads.count == 2 * given.count else { throw .node(.attribute("pads", "\(pads)")) }
            for (index, axis) in given.enumerated() {
                let axis = try self.axis(axis, rank: rank)
                (all[axis], all[axis + rank]) = (pads[index], pads[index + given.count])
            }
            pads = all
        }
        guard pads.count == 2 * rank else { throw .node(.attribute("pads", "\(pads)")) }
        if pads.allSatisfy({ $0 == Size(0) }) { return try pass(node) }
        let x = try cut(try image(node, 0), by: &pads)
        guard [0, 1, 4, 5].allSatisfy({ pads[$0] == Size(0) }) else { throw .node(.attribute("pads", "\(pads)")) }
        let mode = try node.text("mode", "constant")
        guard ["constant", "edge", "reflect"].contains(mode) else { throw .node(.attribute("mode", mode)) }
        let operand = try known(node, 2)?.floats().first
        let value = operand.map { Double(decimal: $0) }
        let argument = try node.float("value", 0)
        guard (value ?? argument).isFinite else { throw .node(.attribute("value", "\(value ?? argument)")) }
        let sides = [pads[2], pads[6], pads[3], pads[7]]
        if sides.allSatisfy({ $0 == Size(0) }) { return set(node, image: x) }
        let y = try apply(
            .pad, [x],
            Attributes(["sides": .sizes(sides), "mode": .word(mode), "value": .float(mode == "constant" ? value ?? argument : 0)])
        )
        set(node, image: y)
    }

    /// An image without the rows and columns that paddings below 0 take away; these are 0 then.
    private mutating func cut(_ image: ValueID, by pads: inout [Size]) throws(TranslationError) -> ValueID {
        var result = image
        // Rows and columns of an image are the axes 1 and 2, and 2 and 3 of the file's tensors.
        for axis in 1...2 {
            func taken(_ place: Int) -> Size {
                guard let number = pads[place].constant, number < 0 else { return Size(0) }
                pads[place] = Size(0)
                return Size(-number)
            }
            let before = taken(axis + 1), after = taken(axis + 5)
            let length = builder.type(of: result).shape.dimensions[axis] - before - after
            result = try elements(of: result, axis: axis, start: before, length: length, step: 1)
        }
        return result
    }

    fileprivate mutating func translateTranspose(_ node: ForeignNode) throws(TranslationError) {
        let rank = try shape(node, 0).count
        let order = try node.integers("perm") ?? Array((0..<rank).reversed())
        guard order.sorted() == Array(0..<rank) else { throw .node(.attribute("perm", "\(order)")) }
        if areKnown(node) { return set(node, known: try neededKnown(node, 0).permuted(order)) }
        // Dimension k of the result is dimension order[k] of the operand: nothing moves.
        var value = try placed(node, 0)
        value.order = value.order.map { dimension in order.firstIndex(of: dimension) ?? dimension }
        set(node, value)
    }

    /// An image with its channels in another order.
    mutating func channels(of x: ValueID, in order: [Int]) throws(TranslationError) -> ValueID {
        try elements(of: x, at: order, axis: 3)
    }
}
