import GraphFiles
import SystemPackage

/// A network of ncnn: a `.param` file of lines, a layer each, and a `.bin` file of weights beside it.
///
/// Layers become nodes in ONNX's words; ncnn's values have no dimension for the picture of a batch, and get one.
struct NCNNFile {
    private(set) var model: ForeignModel
    var weights: NCNNWeights

    static let signature = Array("7767517".utf8)

    private enum Limit {
        static let byteCount = 16 << 20
        static let layerCount = 100_000
    }

    /// - Parameter text: the `.param` file.
    init(_ text: InputFile, weights: InputFile) throws(InterchangeError) {
        model = ForeignModel(path: text.path, format: .ncnn, inputs: [], outputs: [], nodes: [], tensors: [:])
        self.weights = NCNNWeights(weights)
        let layers = try Self.layers(text)
        // A layer that is not known may have weights, behind which none is found.
        let unknown = layers.filter { Self.layerTypes[$0.type] == nil }
        guard unknown.isEmpty else {
            model.nodes = unknown.map { ForeignNode("ncnn.\($0.type)", name: $0.name, inputs: [], outputs: []) }
            return
        }
        var isRead: Set<String> = []
        for layer in layers { isRead.formUnion(layer.inputs) }
        for layer in layers {
            let add = Self.layerTypes[layer.type]!
            let nodeCount = model.nodes.count
            try add(&self, layer)
            let isRefused = model.nodes.dropFirst(nodeCount).contains { $0.op.hasPrefix("ncnn.") }
            guard !isRefused, let unread = layer.unreadArgument else { continue }
            model.nodes.removeLast(model.nodes.count - nodeCount)
            refuse(layer, argument: unread)
        }
        try self.weights.checkEnd()
        for layer in layers {
            for output in layer.outputs where !isRead.contains(output) && layer.type != "Input" {
                model.outputs.append(ForeignValue(name: output, element: .f32, sizes: nil))
            }
        }
        try model.putInOrder()
        nameInputChannels()
    }

    private static func layers(_ file: InputFile) throws(InterchangeError) -> [NCNNLayer] {
        guard file.byteCount <= Limit.byteCount else {
            throw .tooLarge(path: file.path, byteCount: file.byteCount, limit: Limit.byteCount)
        }
        let bytes = try inFile { () throws(FileError) in try file.bytes(at: 0, count: file.byteCount) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .damaged(path: file.path, FormatFault(.byte(0), .network(.isNotText)))
        }
        var layers: [NCNNLayer] = []
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        // Behind the mark of the format, how many layers and values there are.
        let counts = lines.count > 1 ? lines[1].split(whereSeparator: \.isWhitespace).map { Int($0) } : []
        for (index, line) in lines.enumerated() {
            guard index >= 2, !line.allSatisfy(\.isWhitespace) else { continue }
            do throws(FormatFault) { layers.append(try NCNNLayer(line, lineNumber: index + 1)) } catch {
                throw .damaged(path: file.path, error)
            }
            guard layers.count <= Limit.layerCount else {
                throw .damaged(
                    path: file.path, FormatFault(.network, .network(.hasTooMany(.layers, limit: Limit.layerCount))))
            }
        }
        guard !layers.isEmpty else { throw .notNetwork(path: file.path) }
        guard counts.count == 2, let layerCount = counts[0], layerCount == layers.count else {
            throw .damaged(
                path: file.path, FormatFault(.line(2), .network(.layerCount(counts.first ?? nil, found: layers.count))))
        }
        return layers
    }

    /// An input without a number of channels has as many as the convolution that reads it wants.
    private mutating func nameInputChannels() {
        for index in model.inputs.indices where model.inputs[index].sizes?[1] == .unknown {
            var names: Set = [model.inputs[index].name]
            for node in model.nodes where node.op == "Identity" && names.contains(node.inputs[0]) {
                names.formUnion(node.outputs)
            }
            let reader = model.nodes.first { node in
                node.op == "Conv" && names.contains(node.inputs[0])
            }
            let channelCount = reader.flatMap { model.tensors[$0.inputs[1]]?.shape[1] } ?? 3
            model.inputs[index].sizes?[1] = .known(channelCount)
        }
    }

    // MARK: What layers become

    /// What a layer becomes, by its type.
    typealias LayerReader = @Sendable (inout NCNNFile, NCNNLayer) throws(InterchangeError) -> Void

    private static let layerTypes: [String: LayerReader] =
        inputLayers.merging(convolutionLayers) { $1 }.merging(pointwiseLayers) { $1 }.merging(shapeLayers) { $1 }
        .merging(reductionLayers) { $1 }

    private static let inputLayers: [String: LayerReader] = [
        "Input": { (file, layer) throws(InterchangeError) in
            // Rows, columns and depth may be others when it runs.
            for key in [0, 1, 11] { _ = layer.argument(key) }
            let channels = layer.integer(2, 0)
            file.model.inputs.append(
                ForeignValue(
                    name: layer.outputs.first ?? layer.name, element: .f32,
                    sizes: [.symbol("N"), channels > 0 ? .known(channels) : .unknown, .symbol("H"), .symbol("W")]))
        },
        "MemoryData": { (file, layer) throws(InterchangeError) in
            let (width, height, channels) = (layer.integer(0, 0), layer.integer(1, 0), layer.integer(2, 0))
            // A line of numbers is one for each channel.
            let isLine = height == 0 && channels == 0
            let shape = isLine ? [width, 1, 1] : [layer.integer(11, 0), channels, height, width].filter { $0 > 0 }
            let tensor =
                layer.integer(21, 1) == 0
                ? try file.weights.marked(shape, of: layer) : try file.weights.plain(shape, of: layer)
            guard let name = layer.outputs.first, shape.count == 3, isLine || channels > 0 else {
                return file.refuse(layer, argument: 1)
            }
            file.model.tensors[name] = tensor
        },
        "Split": { (file, layer) throws(InterchangeError) in
            for output in layer.outputs { try file.add("Identity", layer, inputs: layer.inputs, outputs: [output]) }
        },
        "Noop": { (file, layer) throws(InterchangeError) in try file.add("Identity", layer) },
        "Dropout": { (file, layer) throws(InterchangeError) in
            guard layer.float(0, 1) == 1 else { return file.refuse(layer, argument: 0) }
            try file.add("Identity", layer)
        },
    ]

    /// Appends a node that makes what the layer makes.
    mutating func add(
        _ op: String, _ layer: NCNNLayer, inputs: [String]? = nil, outputs: [String]? = nil,
        _ attributes: [String: ForeignAttribute] = [:]
    ) throws(InterchangeError) {
        guard !layer.inputs.isEmpty, !layer.outputs.isEmpty else {
            throw .damaged(path: model.path, FormatFault(.node(layer.name), .network(.isNoLayer)))
        }
        model.nodes.append(
            ForeignNode(
                op, name: layer.name, inputs: inputs ?? layer.inputs, outputs: outputs ?? layer.outputs, attributes: attributes))
    }

    /// Keeps numbers under a name that no value of the file has.
    mutating func keep(_ tensor: ForeignTensor, _ part: String, of layer: NCNNLayer) -> String {
        let name = "\(layer.name).\(part)"
        model.tensors[name] = tensor
        return name
    }

    /// Appends a node that no network can have here: the layer means what it says, and nothing is known that computes it.
    mutating func refuse(_ layer: NCNNLayer, argument: Int) {
        let value =
            switch layer.argument(argument) {
            case .number(let number): Int(exactly: number).map(String.init) ?? "\(number)"
            case .numbers(let numbers): "\(numbers)"
            case .text(let text): text
            case nil: "(none)"
            }
        model.nodes.append(
            ForeignNode(
                "ncnn.\(layer.type)", name: layer.name, inputs: layer.inputs, outputs: layer.outputs,
                attributes: ["argument \(argument)": .text(value)]))
    }

    /// Of an argument that no layer of its type has.
    func fault(_ layer: NCNNLayer, argument: Int) -> InterchangeError {
        .damaged(path: model.path, FormatFault(.node(layer.name), .network(.argument(argument, of: layer.name))))
    }
}
