import GraphInterchange

/// Gives pixel shuffles their channels in the language's order where that costs nothing: in the weights that make them.
///
/// PyTorch and ncnn order the channels of a shuffle by c·b² + k, ONNX's mode CRD does too; the language, as TensorFlow, by
/// k·C + c. A convolution makes its channels in any order. Functions of each element stand between it and the shuffle.
///
/// Rewrites: `DepthToSpace` of mode CRD behind such a convolution, to mode DCR, with `channel_order` on the convolution and on
/// each PReLU between the two.
/// Requires: nobody else reads what is reordered.
/// Does not: touch other shuffles, for which `Translation` moves channels.
struct ShuffledChannels {
    private var model: ForeignModel
    private var makers: [String: Int] = [:]
    private var readerCounts: [String: Int] = [:]

    static let orderAttribute = "channel_order"

    static func rewritten(_ model: ForeignModel) -> ForeignModel {
        var rewriting = ShuffledChannels(model)
        for index in model.nodes.indices { rewriting.rewrite(index) }
        return rewriting.model
    }

    private init(_ model: ForeignModel) {
        self.model = model
        for (index, node) in model.nodes.enumerated() {
            for output in node.outputs { makers[output] = index }
            for input in node.inputs { readerCounts[input, default: 0] += 1 }
        }
        for output in model.outputs { readerCounts[output.name, default: 0] += 1 }
    }

    private mutating func rewrite(_ index: Int) {
        let node = model.nodes[index]
        guard node.op == "DepthToSpace", node.attributes["mode"] == .text("CRD"), let x = node.inputs.first,
            case .integer(let block) = node.attributes["blocksize"], (1...64).contains(block)
        else { return }
        var reordered: [Int] = []
        var value = x
        while readerCounts[value] == 1, let maker = makers[value] {
            let node = model.nodes[maker]
            // A value that is read twice by one node is counted twice.
            guard node.outputs.count == 1, let first = node.inputs.first else { return }
            switch node.op {
            case "Relu", "LeakyRelu", "Sigmoid", "Tanh", "Clip", "Identity": break
            case "PRelu": if let slope = model.tensors[node.inputs.last ?? ""], slope.count > 1 { reordered.append(maker) }
            case "Conv":
                guard node.inputs.count >= 2, let filter = model.tensors[node.inputs[1]], let count = filter.shape.first,
                    count.isMultiple(of: block * block), node.attributes["group"] ?? .integer(1) == .integer(1),
                    node.attributes[Self.orderAttribute] == nil
                else { return }
                let area = block * block
                let order = (0..<count).map { $0 % (count / area) * area + $0 / (count / area) }
                for place in reordered + [maker] { model.nodes[place].attributes[Self.orderAttribute] = .integers(order) }
                model.nodes[index].attributes["mode"] = .text("DCR")
                return
            default: return
            }
            value = first
        }
    }
}

extension Translation {
    /// A tensor whose first dimension of more than one element is that of channels, in the order that the node wants.
    func inChannelOrder(_ numbers: KnownNumbers, of node: ForeignNode) throws(TranslationError) -> KnownNumbers {
        guard case .integers(let order) = node.attributes[ShuffledChannels.orderAttribute],
            let axis = numbers.shape.firstIndex(of: order.count), numbers.shape[..<axis].allSatisfy({ $0 == 1 })
        else { return numbers }
        let inner = numbers.shape[(axis + 1)...].reduce(1, *)
        return try numbers.picked(
            order.flatMap { channel in (0..<inner).map { channel * inner + $0 } }, shape: numbers.shape)
    }
}
