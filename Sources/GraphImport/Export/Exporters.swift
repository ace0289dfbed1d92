import GraphIR
import GraphInterchange

/// Writes one operation as nodes of ONNX.
typealias Exporter = @Sendable (inout NetworkWriter, ValueID, Operation) -> Void

/// The exporter of each op that has a counterpart, but for convolutions and casts, which `NetworkWriter` knows.
let exporters: [OpName: Exporter] = [
    .subtract: plain("Sub"), .multiply: plain("Mul"), .divide: plain("Div"), .negate: plain("Neg"),
    .relu: plain("Relu"), .tanh: plain("Tanh"), .sigmoid: plain("Sigmoid"), .abs: plain("Abs"), .sqrt: plain("Sqrt"),
    .round: plain("Round"), .sign: plain("Sign"),
    .leakyReLU: { writer, id, operation in
        writer.emit("LeakyRelu", id, writer.operands(id, operation), ["alpha": .float(operation.attributes.float("slope"))])
    },
    .prelu: plain("PRelu"),
    .clip: { writer, id, operation in
        let bounds = ["min", "max"].map { writer.scalar(operation.attributes.float($0)) }
        writer.emit("Clip", id, writer.operands(id, operation) + bounds)
    },
    .depthToSpace: { writer, id, operation in
        writer.emit(
            "DepthToSpace", id, [writer.name(operation.operands[0])],
            ["blocksize": .integer(operation.attributes.integer("block")), "mode": .text("DCR")])
    },
    .maxPool: { writer, id, operation in writer.emitPooling("MaxPool", id, operation) },
    .averagePool: { writer, id, operation in
        let countsPadding = operation.attributes.truth("count_pad") ? 1 : 0
        writer.emitPooling("AveragePool", id, operation, ["count_include_pad": .integer(countsPadding)])
    },
    .resizeBicubic: { writer, id, operation in writer.emitBicubic(id, operation) },
    .spaceToDepth: { writer, id, operation in
        writer.emit(
            "SpaceToDepth", id, [writer.name(operation.operands[0])],
            ["blocksize": .integer(operation.attributes.integer("block"))])
    },
    .concat: { writer, id, operation in
        let rank = writer.graph[id].type.shape.rank
        let axis = NetworkWriter.axis(operation.attributes.integer("axis"), rank: rank)
        writer.emit("Concat", id, operation.operands.map { writer.operand($0, rank: rank) }, ["axis": .integer(axis)])
    },
    .exp: plain("Exp"), .log: plain("Log"), .erf: plain("Erf"), .floor: plain("Floor"), .power: plain("Pow"),
    .maximum: plain("Max"), .minimum: plain("Min"),
    .less: comparison("Less"), .lessOrEqual: comparison("LessOrEqual"), .equal: comparison("Equal"),
    .mean: { writer, id, operation in writer.emitReduction("ReduceMean", id, operation, takesAxesAsOperand: false) },
    .reduceMax: { writer, id, operation in writer.emitReduction("ReduceMax", id, operation, takesAxesAsOperand: false) },
    .sum: { writer, id, operation in writer.emitReduction("ReduceSum", id, operation, takesAxesAsOperand: true) },
    .slice: { writer, id, operation in
        let rank = writer.graph[id].type.shape.rank
        let start = operation.attributes.size("start"), length = operation.attributes.size("length")
        let axis = NetworkWriter.axis(operation.attributes.integer("axis"), rank: rank)
        let bounds = [writer.sizes([start], for: id), writer.sizes([start + length], for: id), writer.integers([axis])]
        writer.emit("Slice", id, [writer.operand(operation.operands[0], rank: rank)] + bounds)
    },
    .reshape: { writer, id, operation in writer.emitReshape(id, operation) },
    .transpose: { writer, id, operation in writer.emitTranspose(id, operation) },
    .matmul: { writer, id, operation in writer.emitProduct(id, operation) },
    .softmax: { writer, id, operation in
        let rank = writer.graph[id].type.shape.rank
        let axis = NetworkWriter.axis(operation.attributes.integer("axis"), rank: rank)
        writer.emit("Softmax", id, writer.operands(id, operation), ["axis": .integer(axis)])
    },
    .select: { writer, id, operation in
        var operands = writer.operands(id, operation)
        operands[0] = writer.emitInner("Cast", id, [operands[0]], ["to": .integer(ForeignElement.bool.onnxNumber)])
        writer.emit("Where", id, operands)
    },
    .resize: { writer, id, operation in writer.emitResize(id, operation) },
    .pad: { writer, id, operation in
        let sides = operation.attributes.sizes("sides").map(\.constant)
        guard let top = sides[0], let bottom = sides[1], let left = sides[2], let right = sides[3] else {
            return writer.refuse(operation.op)
        }
        let value = writer.scalar(operation.attributes.float("value"))
        writer.emit(
            "Pad", id, [writer.name(operation.operands[0]), writer.integers([0, 0, top, left, 0, 0, bottom, right]), value],
            ["mode": .text(operation.attributes.word("mode"))])
    },
]

/// An op of the same name and operands.
private func plain(_ name: String) -> Exporter {
    { writer, id, operation in writer.emit(name, id, writer.operands(id, operation)) }
}

/// An op whose truth values are numbers here.
private func comparison(_ name: String) -> Exporter {
    { writer, id, operation in
        let truth = writer.emitInner(name, id, writer.operands(id, operation))
        writer.emit("Cast", id, [truth], ["to": .integer(ForeignElement.f32.onnxNumber)])
    }
}

extension NetworkWriter {
    fileprivate mutating func emitPooling(
        _ op: String, _ id: ValueID, _ operation: Operation, _ more: [String: ForeignAttribute] = [:]
    ) {
        let size = operation.attributes.integers("size")
        let padding = ConvolutionPadding(operation.attributes, filterHeight: size[0], filterWidth: size[1])
        let attributes: [String: ForeignAttribute] = [
            "kernel_shape": .integers(size), "strides": .integers(operation.attributes.integers("stride")),
            "pads": .integers([padding.top, padding.left, padding.bottom, padding.right]),
        ]
        emit(op, id, [name(operation.operands[0])], attributes.merging(more) { $1 })
    }

    /// - Parameter takesAxesAsOperand: whether the axes are an operand in this version of the op, or an argument.
    fileprivate mutating func emitReduction(_ op: String, _ id: ValueID, _ operation: Operation, takesAxesAsOperand: Bool) {
        let rank = graph[operation.operands[0]].type.shape.rank
        let keeps = operation.attributes.truth("keep_dims")
        let axes = operation.attributes.integers("axes").map { NetworkWriter.axis($0, rank: rank) }.sorted()
        var inputs = [operand(operation.operands[0], rank: rank)]
        var attributes: [String: ForeignAttribute] = ["keepdims": .integer(keeps ? 1 : 0)]
        if !axes.isEmpty {
            if takesAxesAsOperand { inputs.append(integers(axes)) } else { attributes["axes"] = .integers(axes) }
        }
        // What is left of an image without an axis may lie in another order than the graph's.
        let left = Self.order(rank: rank).filter { !axes.contains(Self.axis($0, rank: rank)) }
        guard !keeps, !axes.isEmpty, left != left.sorted() else { return emit(op, id, inputs, attributes) }
        let made = emitInner(op, id, inputs, attributes)
        let order = left.sorted().map { axis in left.firstIndex(of: axis) ?? axis }
        emit("Transpose", id, [made], ["perm": .integers(order)])
    }

    /// By the factors of the sizes where they are whole, else to sizes that are computed.
    fileprivate mutating func emitResize(_ id: ValueID, _ operation: Operation) {
        let image = graph[operation.operands[0]].type.shape.dimensions, result = graph[id].type.shape.dimensions
        let factors = (1...2).compactMap { axis in (1...64).first { $0 * image[axis] == result[axis] } }
        let isNearest = operation.attributes.word("mode") == "nearest"
        let places = isNearest ? "asymmetric" : operation.attributes.truth("align_corners") ? "align_corners" : "half_pixel"
        var attributes: [String: ForeignAttribute] = [
            "mode": .text(isNearest ? "nearest" : "linear"), "coordinate_transformation_mode": .text(places),
        ]
        if isNearest { attributes["nearest_mode"] = .text("floor") }
        let x = name(operation.operands[0])
        if factors.count == 2 {
            let scales = floats([1, 1] + factors.map { Double($0) })
            return emit("Resize", id, [x, "", scales], attributes)
        }
        let shape = [result[0], result[3], result[1], result[2]]
        emit("Resize", id, [x, "", "", sizes(shape, for: id)], attributes)
    }
}
