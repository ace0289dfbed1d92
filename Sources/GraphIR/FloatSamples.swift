extension Graph {
    /// The same function of pictures whose samples are f32, from 0 to 255 with fractions: every u8 input is f32, and every
    /// u8 output is what was rounded and converted to it. Groups are left out.
    ///
    /// - Throws: ``NodeError`` where an op takes no f32 for a u8.
    public func withFloatSamples() throws(NodeError) -> Graph {
        var builder = GraphBuilder(name: name)
        var places: [ValueID] = []
        for id in ids {
            let node = self[id]
            if node.content == .input, node.type.element == .u8 {
                builder.origin = node.origin
                places.append(builder.declare(.input, type: TensorType(.f32, node.type.shape), named: node.name))
            } else if let operation = node.operation {
                builder.origin = node.origin
                do throws(OpError) {
                    places.append(
                        try builder.apply(
                            operation.op, operation.operands.map { places[$0.index] }, operation.attributes, named: node.name))
                } catch {
                    throw .op(error, at: node.place)
                }
            } else {
                places.append(builder.copy(node, operands: []))
            }
        }
        for output in outputs { builder.setOutput(output.name, places[valueBeforeRounding(output.value).index]) }
        return builder.graph.normalized()
    }

    /// What becomes a u8, before it is rounded; the value itself where it is none.
    private func valueBeforeRounding(_ id: ValueID) -> ValueID {
        guard let cast = self[id].operation, cast.op == .castToU8 else { return id }
        let rounded = cast.operands[0]
        guard let rounding = self[rounded].operation, rounding.op == .round else { return rounded }
        return rounding.operands[0]
    }
}
