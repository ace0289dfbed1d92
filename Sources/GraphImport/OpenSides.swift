import GraphIR

extension Graph {
    /// A network of one picture, written for one size, for pictures of any size; nil where what it does depends on its own.
    ///
    /// Every operation is applied again to pictures whose sides are open.
    func withOpenSides() -> Graph? {
        var builder = GraphBuilder(name: name)
        var places: [ValueID: ValueID] = [:]
        var ownSizes: [String: Int] = [:]
        for id in ids {
            let node = self[id]
            let operands = node.operands.map { places[$0] ?? $0 }
            if node.content == .input {
                guard ownSizes.isEmpty, let sizes = node.type.shape.constant, sizes.count == 4 else { return nil }
                ownSizes = ["N": sizes[0], "H": sizes[1], "W": sizes[2]]
                let shape = ["N", "H", "W"].map { Size(symbol: $0) } + [Size(sizes[3])]
                places[id] = builder.declare(.input, type: TensorType(node.type.element, Shape(shape)), named: node.name)
            } else if let operation = node.operation {
                let (old, new) = (operation.operands.map { self[$0].type }, operands.map { builder.type(of: $0) })
                guard let attributes = operation.attributes(for: new, whichWere: old),
                    let place = try? builder.apply(operation.op, operands, attributes, named: node.name)
                else { return nil }
                places[id] = place
            } else {
                places[id] = builder.copy(node, operands: operands)
            }
        }
        for output in outputs { builder.setOutput(output.name, places[output.value] ?? output.value) }
        let open = builder.graph
        return open.hasConstantSides || !open.fitsOtherSides ? nil : open
    }

    /// Whether pictures of other sides fit, which many numbers divide: numbers for each place of a picture of one size fit no
    /// other.
    var fitsOtherSides: Bool {
        let others = [(20_160, 40_320), (40_320, 60_480)]
        return others.allSatisfy { height, width in
            let sizes = Dictionary(uniqueKeysWithValues: sizeSymbols.map { ($0, $0 == "H" ? height : $0 == "W" ? width : 1) })
            return (try? bound(to: sizes)) != nil
        }
    }

    /// Whether an operation on pictures of one size is written by how many pixels they have: a window that is as large as the
    /// image, or a sum over it that is divided by their count. With other sizes it would mean something else.
    var countsItsPixels: Bool {
        nodes.contains { node in
            guard let operation = node.operation, let first = operation.operands.first,
                let sizes = self[first].type.shape.constant
            else { return false }
            switch operation.op {
            case .maxPool, .averagePool:
                // A window that fits a small image by chance goes on in steps of its size, or belongs to a few pixels.
                let window = operation.attributes.sizes("size").map(\.constant)
                return sizes.count == 4 && (1...2).contains { sizes[$0] > 8 && window[$0 - 1] == sizes[$0] }
            case .multiply, .divide:
                return operation.operands.contains { operand in
                    guard let factor = number(operand), let count = summedCount(operation.operands.first { $0 != operand }) else {
                        return false
                    }
                    return count > 1 && [factor, 1 / factor].contains { abs($0 / Double(count) - 1) < 1e-5 }
                }
            default: return false
            }
        }
    }

    private func number(_ id: ValueID) -> Double? {
        if case .constant(let number) = self[id].content { number } else { nil }
    }

    /// How many pixels of an image each element of a sum is made of; nil of other values.
    private func summedCount(_ id: ValueID?) -> Int? {
        guard let id, let operation = self[id].operation else { return nil }
        switch operation.op {
        case .reshape: return summedCount(operation.operands.first)
        case .sum, .sumTo:
            guard let from = self[operation.operands[0]].type.shape.constant, let to = self[id].type.shape.constant else {
                return nil
            }
            // Rows may be summed first, and columns of what comes out. Channels are as many for all sizes.
            guard from.count == 4, to.count == 4, from[3] == to[3] else { return nil }
            return from.reduce(1, *) / max(to.reduce(1, *), 1) * (summedCount(operation.operands[0]) ?? 1)
        default: return nil
        }
    }

    /// Whether pictures come out whose sides are known, whatever goes in.
    var hasConstantSides: Bool {
        outputs.contains { output in
            let sizes = self[output.value].type.shape.dimensions
            // One pixel, as of a mean over all, is made of any size.
            return sizes.count == 4 && (1...2).contains { sizes[$0].constant ?? 1 > 1 }
        }
    }
}

extension Operation {
    /// The arguments for operands whose sides are open; nil where what they say of sides is true of some sides alone.
    fileprivate func attributes(for operands: [TensorType], whichWere old: [TensorType]) -> Attributes? {
        switch op {
        case .reshape, .broadcast, .sumTo: return nil
        case .slice, .padZero: return attributes.integer("axis") == 3 ? attributes : nil
        case .resize:
            var attributes = attributes
            for (axis, name) in [(1, "height"), (2, "width")] {
                guard let new = attributes.size(name).constant, let was = old[0].shape.dimensions[axis].constant,
                    new.isMultiple(of: was)
                else { return nil }
                attributes[name] = .size(new / was * operands[0].shape.dimensions[axis])
            }
            return attributes
        default: return attributes
        }
    }
}
