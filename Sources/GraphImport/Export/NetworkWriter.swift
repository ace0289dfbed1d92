import GraphIR
import GraphInterchange

/// Puts a graph into the words of ONNX.
///
/// Requires: a graph of public ops.
/// Ensures: a value of four dimensions is `[N, C, H, W]` in the network, any other as in the graph; a weight is an initializer
/// under its path.
struct NetworkWriter {
    let graph: Graph
    /// Whether bytes stay bytes, or are floats of whole numbers.
    private let keepsBytes: Bool
    private let values: (String) -> [Float]
    private var network: ForeignModel
    private var names: [ValueID: String] = [:]
    private var takenNames: Set<String> = []
    private var useCounts: [Int]
    /// The last node that reads a value.
    private var readers: [ValueID: ValueID] = [:]
    private var unsupported: [OpName] = []
    /// The sizes of inputs that were read, by their symbols.
    var symbolNames: [String: String] = [:]

    init(_ graph: Graph, keepsBytes: Bool, values: @escaping (String) -> [Float]) {
        self.graph = graph
        self.keepsBytes = keepsBytes
        self.values = values
        network = ForeignModel(
            path: "", format: .onnx(opset: NetworkExport.opset), inputs: [], outputs: [], nodes: [], tensors: [:])
        useCounts = [Int](repeating: 0, count: graph.nodes.count)
        for id in graph.ids {
            for operand in graph[id].operands {
                useCounts[operand.index] += 1
                readers[operand] = id
            }
        }
        for output in graph.outputs { useCounts[output.value.index] += 1 }
        // Weights go by their paths.
        takenNames = Set(graph.nodes.filter { $0.operation != nil || $0.content == .input }.map(\.name))
    }

    mutating func written() throws(ExportError) -> ForeignModel {
        for id in graph.ids {
            switch graph[id].content {
            case .input:
                names[id] = graph[id].name
                network.inputs.append(described(id, named: graph[id].name))
            case .operation(let operation): write(id, operation)
            case .weight, .state, .scalar, .constant: break
            }
        }
        guard unsupported.isEmpty else { throw .unsupported(graph: graph.name, unsupported) }
        for output in graph.outputs {
            // A network's outputs are results of nodes under names of their own.
            if names[output.value] != output.name {
                network.nodes.append(
                    ForeignNode("Identity", name: "", inputs: [name(output.value)], outputs: [output.name]))
            }
            network.outputs.append(described(output.value, named: output.name))
        }
        return network
    }

    private func described(_ id: ValueID, named name: String) -> ForeignValue {
        let type = graph[id].type
        let element: ForeignElement = type.element == .u8 && keepsBytes ? .u8 : .f32
        let sizes = Self.order(rank: type.shape.rank).map { axis -> ForeignValue.Size in
            let size = type.shape.dimensions[axis]
            return size.constant.map { .known($0) } ?? .symbol(size.description)
        }
        return ForeignValue(name: name, element: element, sizes: sizes)
    }

    /// For each dimension of the network's value, the one of the graph's that it is.
    static func order(rank: Int) -> [Int] { rank == 4 ? [0, 3, 1, 2] : Array(0..<rank) }

    /// The dimension of the network's value that one of the graph's is.
    static func axis(_ axis: Int, rank: Int) -> Int { order(rank: rank).firstIndex(of: axis) ?? axis }

    // MARK: Writing nodes

    private mutating func write(_ id: ValueID, _ operation: Operation) {
        let op = operation.op
        switch op {
        case .castToF32:
            if keepsBytes {
                emit("Cast", id, [name(operation.operands[0])], ["to": .integer(ForeignElement.f32.onnxNumber)])
            } else {
                names[id] = name(operation.operands[0])
            }
        case .castToU8:
            let source = clippedToBytes(operation.operands[0])
            if keepsBytes {
                emit("Cast", id, [source], ["to": .integer(ForeignElement.u8.onnxNumber)])
            } else {
                emit("Floor", id, [source])
            }
        case .add:
            if let convolution = graph[operation.operands[0]].operation, isWrittenWithBias(id, operation) {
                writeConvolution(id, convolution, bias: operation.operands[1])
            } else {
                emit("Add", id, operands(id, operation))
            }
        case .conv2D: if !isBiased(id) { writeConvolution(id, operation, bias: nil) }
        // It becomes an initializer where it is read.
        case .table: break
        default:
            guard let exporter = exporters[op] else {
                refuse(op)
                return
            }
            exporter(&self, id, operation)
        }
    }

    /// Appends a node that makes a value of the graph.
    mutating func emit(_ op: String, _ id: ValueID, _ inputs: [String], _ attributes: [String: ForeignAttribute] = [:]) {
        let name = graph[id].name
        names[id] = name
        network.nodes.append(ForeignNode(op, name: name, inputs: inputs, outputs: [name], attributes: attributes))
    }

    /// Appends a node whose result stands for no value of the graph; returns its name.
    mutating func emitInner(
        _ op: String, _ id: ValueID, _ inputs: [String], _ attributes: [String: ForeignAttribute] = [:]
    ) -> String {
        var name = "\(graph[id].name)_\(op)"
        while !takenNames.insert(name).inserted { name += "_" }
        network.nodes.append(ForeignNode(op, name: name, inputs: inputs, outputs: [name], attributes: attributes))
        return name
    }

    /// Notes an op that has no counterpart.
    mutating func refuse(_ op: OpName) {
        if !unsupported.contains(op) { unsupported.append(op) }
    }

    /// The name of a value, which a node has made.
    func name(_ id: ValueID) -> String { names[id] ?? graph[id].name }

    /// The operands of an operation that computes element by element, as they broadcast in the network.
    mutating func operands(_ id: ValueID, _ operation: Operation) -> [String] {
        let rank = graph[id].type.shape.rank
        return operation.operands.map { operand($0, rank: rank) }
    }

    /// A value or an initializer that broadcasts to a value of so many dimensions.
    mutating func operand(_ id: ValueID, rank: Int) -> String {
        switch graph[id].content {
        case .constant(let number): return scalar(number)
        case .operation(let operation) where operation.op == .table:
            let table = operation.attributes.table("values")
            let values = table.values.map { Float($0) }
            var tensor = ForeignTensor(shape: table.shape, floats: values)
            tensor.isConstant = true
            guard rank == 4 else { return keep(tensor, graph[id].name, form: "") }
            tensor.shape = Array(repeating: 1, count: 4 - table.shape.count) + table.shape
            let turned = tensor.transposed(Self.order(rank: 4))
            return keep(turned, graph[id].name, form: "image")
        case .weight(let path, _), .state(let path, _):
            let shape = graph[id].type.shape.constant ?? []
            guard rank == 4 else { return keep(ForeignTensor(shape: shape, floats: values(path)), path, form: "") }
            // [C] stands at the last dimension of the graph's, and at the second of the network's.
            let padded = Array(repeating: 1, count: 4 - shape.count) + shape
            let turned = ForeignTensor(shape: padded, floats: values(path)).transposed(Self.order(rank: 4))
            return keep(turned, path, form: "image")
        default: return rank == 4 ? broadcastable(id) : name(id)
        }
    }

    /// A computed value with the dimensions of an image: `[C]` stands at the last of the graph's, and at the second of the
    /// network's.
    private mutating func broadcastable(_ id: ValueID) -> String {
        let rank = graph[id].type.shape.rank
        switch rank {
        case 0, 4: return name(id)
        case 1: return emitInner("Unsqueeze", id, [name(id), integers([0, 2, 3])])
        default:
            let image = emitInner("Unsqueeze", id, [name(id), integers(Array(0..<4 - rank))])
            return emitInner("Transpose", id, [image], ["perm": .integers(Self.order(rank: 4))])
        }
    }

    /// A number as an initializer.
    mutating func scalar(_ number: Double) -> String {
        keep(ForeignTensor(shape: [], floats: [Float(number)]), "number_\(Float(number))", form: "")
    }

    /// Whole numbers as an initializer.
    mutating func integers(_ numbers: [Int]) -> String {
        keep(
            ForeignTensor(shape: [numbers.count], integers: numbers),
            "integers_\(numbers.map(String.init).joined(separator: "_"))", form: "")
    }

    /// Numbers as an initializer.
    mutating func floats(_ numbers: [Double]) -> String {
        keep(
            ForeignTensor(shape: [numbers.count], floats: numbers.map { Float($0) }),
            "numbers_\(numbers.map { "\(Float($0))" }.joined(separator: "_"))", form: "")
    }

    private var kept: [String: String] = [:]

    /// Numbers as an initializer, one for each name and form.
    mutating func keep(_ tensor: ForeignTensor, _ name: String, form: String) -> String {
        if let known = kept["\(form) \(name)"] { return known }
        var unique = name
        while !takenNames.insert(unique).inserted { unique += "_" }
        network.tensors[unique] = tensor
        kept["\(form) \(name)"] = unique
        return unique
    }

    // MARK: Convolutions

    /// Whether a sum is that of a convolution and its bias, which ONNX has in one.
    private func isWrittenWithBias(_ id: ValueID, _ sum: Operation) -> Bool {
        guard case .weight = graph[sum.operands[1]].content, graph[sum.operands[1]].type.shape.rank == 1 else { return false }
        return graph[sum.operands[0]].operation?.op == .conv2D && useCounts[sum.operands[0].index] == 1
    }

    private func isBiased(_ id: ValueID) -> Bool {
        guard useCounts[id.index] == 1, let reader = readers[id],
            let sum = graph[reader].operation, sum.op == .add, sum.operands[0] == id
        else { return false }
        return isWrittenWithBias(reader, sum)
    }

    private mutating func writeConvolution(_ id: ValueID, _ operation: Operation, bias: ValueID?) {
        guard case .weight(let path, _) = graph[operation.operands[1]].content,
            let shape = graph[operation.operands[1]].type.shape.constant
        else {
            return refuse(operation.op)
        }
        let filter = ForeignTensor(shape: shape, floats: values(path)).transposed([3, 2, 0, 1])
        var inputs = [name(operation.operands[0]), keep(filter, path, form: "filter")]
        if let bias, case .weight(let path, _) = graph[bias].content {
            inputs.append(keep(ForeignTensor(shape: [shape[3]], floats: values(path)), path, form: ""))
        }
        let padding = ConvolutionPadding(operation.attributes, filterHeight: shape[0], filterWidth: shape[1])
        let stride = operation.attributes.integer("stride")
        let dilation = operation.attributes.integer("dilation"), groups = operation.attributes.integer("groups")
        var attributes: [String: ForeignAttribute] = [
            "kernel_shape": .integers([shape[0], shape[1]]), "strides": .integers([stride, stride]),
            "pads": .integers([padding.top, padding.left, padding.bottom, padding.right]),
        ]
        if dilation > 1 { attributes["dilations"] = .integers([dilation, dilation]) }
        if groups > 1 { attributes["group"] = .integer(groups) }
        emit("Conv", id, inputs, attributes)
    }

    /// A value from 0 to 255: what lies beyond is no byte, and other programs make of it what they like.
    private mutating func clippedToBytes(_ id: ValueID) -> String {
        var source = id
        while let operation = graph[source].operation, operation.op == .round { source = operation.operands[0] }
        if let operation = graph[source].operation, operation.op == .clip, operation.attributes.float("min") >= 0,
            operation.attributes.float("max") <= 255
        {
            return name(id)
        }
        let name = "\(graph[id].name)_clipped"
        network.nodes.append(
            ForeignNode("Clip", name: name, inputs: [self.name(id), scalar(0), scalar(255)], outputs: [name]))
        return name
    }
}
