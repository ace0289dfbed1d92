import GraphIR
import GraphInterchange
import GraphPack
import SystemPackage

/// Makes the graph of a network: its inputs, what pixels become on their way in and out, and the operations between.
struct NetworkConstruction {
    private let model: ForeignModel
    private let name: String
    private let pixels: PixelRange
    private(set) var notes: [String] = []
    private(set) var weights: [PackedTensor] = []
    /// What stands above the graph.
    private(set) var documentation: [String] = []

    init(_ model: ForeignModel, name: String, pixels: PixelRange) {
        self.model = model
        self.name = name
        self.pixels = pixels
    }

    /// Whether a picture goes in and one comes out.
    var isOfPictures: Bool {
        guard pixels != .tensors, model.inputs.count == 1, model.outputs.count == 1, let sizes = model.inputs[0].sizes,
            sizes.count == 4, model.inputs[0].element.isFloat
        else { return false }
        return sizes[1] == .known(3) || sizes[1] == .known(1)
    }

    mutating func graph() throws(ImportError) -> Graph {
        if !model.nodes.isEmpty, model.inputs.isEmpty || model.outputs.isEmpty, !hasUnknownLayers {
            throw .noTensors(path: model.path)
        }
        let isFixed = model.inputs.contains { input in
            input.sizes?.contains { if case .known = $0 { true } else { false } } ?? false
        }
        guard isOfPictures, isFixed else { return try graph(keepingSizes: !isOfPictures) }
        // A network of convolutions takes any size, whatever size it was written for.
        do { return try graph(keepingSizes: false) } catch {
            guard case .unsupported = error, hasFixedSides else { throw error }
            let graph = try graph(keepingSizes: true)
            notes.append("it takes pictures of its own size alone, since its operations depend on it")
            return graph
        }
    }

    private var hasUnknownLayers: Bool { model.nodes.contains { $0.outputs.isEmpty } }

    private var hasFixedSides: Bool {
        guard let sizes = model.inputs.first?.sizes, sizes.count == 4, case .known = sizes[2] else { return false }
        return true
    }

    private mutating func graph(keepingSizes: Bool) throws(ImportError) -> Graph {
        var translation = Translation(name: name, model)
        notes = []
        do throws(InterchangeError) {
            for input in model.inputs { try declare(input, keepingSizes: keepingSizes, in: &translation) }
            for node in model.nodes { try translation.translate(node) }
        } catch { throw .interchange(error) }
        guard translation.unsupported.isEmpty else { throw .unsupported(path: model.path, translation.unsupported) }
        for output in model.outputs {
            guard case .placed(let placed) = translation.values[output.name] else { throw .noTensors(path: model.path) }
            guard placed.order == Translation.Placed.order(rank: placed.order.count) else {
                let node = UnsupportedNodes(op: "output", reason: .layout, names: [output.name], count: 1)
                throw .unsupported(path: model.path, [node])
            }
            let outputName = NameMaker.valueName(output.name)
            let value = try pixelsOut(placed.id, named: outputName, in: &translation)
            translation.builder.rename(value, to: outputName)
            translation.builder.setOutput(outputName, value)
        }
        weights = translation.weights
        describe(translation)
        return translation.builder.graph
    }

    private mutating func declare(
        _ input: ForeignValue, keepingSizes: Bool, in translation: inout Translation
    ) throws(InterchangeError) {
        let name = NameMaker.valueName(input.name)
        let sizes = input.sizes ?? []
        let order = Translation.Placed.order(rank: sizes.count)
        let dimensions = order.map { axis in size(sizes[axis], axis: axis, of: input, keepingSizes: keepingSizes) }
        let isBytes = isOfPictures || input.element == .u8
        guard isBytes || input.element.isFloat else {
            translation.values[input.name] = .missing
            return
        }
        let type = TensorType(isBytes ? .u8 : .f32, Shape(dimensions))
        var value = translation.builder.declare(.input, type: type, named: name)
        if isOfPictures {
            // These fit by their types.
            value = try! translation.builder.apply(.castToF32, [value])
            if pixels == .unit { value = try! translation.builder.apply(.divide, [value, translation.builder.constant(255)]) }
        }
        translation.values[input.name] = .placed(Translation.Placed(id: value, order: order))
    }

    private func size(_ size: ForeignValue.Size, axis: Int, of input: ForeignValue, keepingSizes: Bool) -> Size {
        let rank = input.sizes?.count ?? 0
        if isOfPictures, axis != 1, !keepingSizes { return Size(symbol: ["N", "C", "H", "W"][axis]) }
        switch size {
        case .known(let number): return Size(number)
        case .symbol(let name) where !isOfPictures: return Size(symbol: NameMaker.valueName(name))
        case .symbol, .unknown:
            let letters = rank == 4 ? ["N", "C", "H", "W"] : (0..<rank).map { "D\($0)" }
            return Size(symbol: model.inputs.count == 1 ? letters[axis] : "\(NameMaker.valueName(input.name))_\(letters[axis])")
        }
    }

    private func pixelsOut(
        _ value: ValueID, named name: String, in translation: inout Translation
    ) throws(ImportError) -> ValueID {
        guard isOfPictures, pixels == .unit, translation.builder.type(of: value).element == .f32 else { return value }
        // The output's name belongs to what goes out.
        translation.builder.rename(value, to: TemporaryNames.base)
        return try! translation.builder.apply(.multiply, [translation.builder.constant(255), value])
    }

    private mutating func describe(_ translation: Translation) {
        let format =
            switch model.format {
            case .onnx(let opset): "ONNX, opset \(opset)"
            case .ncnn: "ncnn"
            }
        let file = model.path.lastComponent?.string ?? "a file"
        documentation = ["Imported from \(file.filter { $0.isASCII && !$0.isNewline }) (\(format))."]
        guard isOfPictures else {
            notes.append("inputs and outputs are tensors, as in the file, but for images as [N, H, W, C]")
            return
        }
        let range = pixels == .unit ? "0…1" : "0…255"
        documentation.append("Pixels run through the network as \(pixels == .unit ? "0 to 1" : "0 to 255").")
        notes.append("pixels run through the network as \(range)")
    }
}
