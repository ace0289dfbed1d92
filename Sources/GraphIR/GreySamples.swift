extension Graph {
    /// The same function of pictures of three channels, done to each of the three by itself: for a graph that takes and makes
    /// pictures of one. Weights and other inputs stay the same ones. Groups are left out.
    ///
    /// - Parameter input: that of the picture.
    /// - Throws: ``NodeError`` where an op takes no slice of the input.
    public func onEachOfThreeChannels(of input: String) throws(NodeError) -> Graph {
        var builder = GraphBuilder(name: name)
        var places: [[ValueID]] = []
        for id in ids {
            let node = self[id]
            builder.origin = node.origin
            do throws(OpError) {
                let isPicture = node.content == .input && node.name == input
                places.append(try builder.onEachChannel(node, isPicture: isPicture) { operand in places[operand.index] })
            } catch {
                throw .op(error, at: node.place)
            }
        }
        for output in outputs {
            do throws(OpError) {
                builder.setOutput(output.name, try builder.apply(.concat, places[output.value.index]))
            } catch {
                throw .op(error, at: self[output.value].place)
            }
        }
        return builder.graph.normalized()
    }
}

extension GraphBuilder {
    /// The values of a node for each of the three channels: one and the same where it is declared, but for the picture.
    fileprivate mutating func onEachChannel(
        _ node: Node, isPicture: Bool, _ places: (ValueID) -> [ValueID]
    ) throws(OpError) -> [ValueID] {
        if isPicture {
            var shape = node.type.shape
            shape.dimensions[3] = Size(3)
            let input = declare(.input, type: TensorType(node.type.element, shape), named: node.name)
            var channels: [ValueID] = []
            for channel in 0..<3 {
                let slice = Attributes(["start": .size(Size(channel)), "length": .size(Size(1))])
                channels.append(try apply(.slice, [input], slice))
            }
            return channels
        }
        guard let operation = node.operation else { return Array(repeating: copy(node, operands: []), count: 3) }
        let operands = operation.operands.map(places)
        // What is made of weights alone is made once.
        let isShared = operands.allSatisfy { $0[0] == $0[1] }
        var values: [ValueID] = []
        for channel in 0..<(isShared ? 1 : 3) {
            values.append(try apply(operation.op, operands.map { $0[channel] }, operation.attributes, named: node.name))
        }
        return isShared ? Array(repeating: values[0], count: 3) : values
    }
}
