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
        // Numbers for each place of a picture of its size fit no other: what they are added to would be refused.
        let others = ownSizes.merging(["H": 720, "W": 1440]) { $1 }
        guard !open.hasConstantSides, (try? open.bound(to: others)) != nil else { return nil }
        return open
    }

    /// Whether pictures come out whose sides are known, whatever goes in.
    var hasConstantSides: Bool {
        outputs.contains { output in
            let sizes = self[output.value].type.shape.dimensions
            return sizes.count == 4 && sizes[1].constant != nil && sizes[2].constant != nil
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
