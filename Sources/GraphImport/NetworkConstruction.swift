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

    /// The names of the graph's values, which its sizes do not have.
    private let valueNames: Set<String>

    init(_ model: ForeignModel, name: String, pixels: PixelRange) {
        self.model = model
        let names = model.inputs.map(\.name) + model.nodes.flatMap(\.outputs) + Array(model.tensors.keys)
        valueNames = Set(names.map(NameMaker.valueName))
        self.name = name
        self.pixels = pixels
    }

    /// Whether a picture goes in and one comes out.
    var isOfPictures: Bool { picture != nil }

    /// The input for the picture: of several the first in colour, or else the first grey one.
    private var picture: ForeignValue? {
        guard pixels != .tensors, !model.outputs.isEmpty, let picture = pictureInput else { return nil }
        return model.outputs.count == 1 || model.outputs.contains { isPicture($0, like: picture) } ? picture : nil
    }

    /// What comes out: where a picture goes in, the first picture alone.
    private var outputs: [ForeignValue] {
        guard model.outputs.count > 1, let picture else { return model.outputs }
        return model.outputs.first { isPicture($0, like: picture) }.map { [$0] } ?? model.outputs
    }

    private func isPicture(_ output: ForeignValue, like picture: ForeignValue) -> Bool {
        guard let sizes = output.sizes, let own = picture.sizes, sizes.count == 4 else { return false }
        return sizes[1] == own[1] && output.element.isFloat
    }

    private var pictureInput: ForeignValue? {
        func first(channels: Int) -> ForeignValue? {
            model.inputs.first { input in
                guard let sizes = input.sizes, sizes.count == 4, input.element.isFloat else { return false }
                return sizes[1] == .known(channels) && (model.inputs.count == 1 || sizes[2] != .known(1) || sizes[3] != .known(1))
            }
        }
        return first(channels: 3) ?? first(channels: 1)
    }

    /// Whether an input takes pixels: that of the picture, and others in colour that are as large. Maps of one channel beside it
    /// are numbers of their own range, as strengths.
    private func takesPixels(_ input: ForeignValue) -> Bool {
        guard let picture else { return false }
        guard input.name != picture.name, let own = input.sizes, let sizes = picture.sizes else {
            return input.name == picture.name
        }
        return own.count == 4 && input.element.isFloat && own[1] == .known(3) && own[2...] == sizes[2...]
    }

    mutating func graph() throws(ImportError) -> Graph {
        if !model.nodes.isEmpty, model.inputs.isEmpty || model.outputs.isEmpty, !hasUnknownLayers {
            throw .noTensors(path: model.path)
        }
        let isFixed = model.inputs.contains { input in
            input.sizes?.contains { if case .known = $0 { true } else { false } } ?? false
        }
        guard isOfPictures, isFixed else { return try graph(keepingSizes: !isOfPictures) }
        if hasFixedSides, let own = try? graph(keepingSizes: true), own.countsItsPixels { return keptToItsSize(own) }
        // A network of convolutions takes any size, whatever size it was written for.
        do {
            let graph = try graph(keepingSizes: false)
            if hasFixedSides, graph.hasConstantSides || !graph.fitsOtherSides { return try graphOfOwnSize() }
            guard let margin = Self.missingMargin(graph) else { return graph }
            self.margin = margin
            let whole = try self.graph(keepingSizes: false)
            notes.append(
                "its results lack \(margin) pixels of the picture on each side, which pictures get before it, from their edges")
            return whole
        } catch {
            guard case .unsupported = error, hasFixedSides else { throw error }
            return try graphOfOwnSize()
        }
    }

    /// What the file's sizes are needed to understand, as a pixel shuffle that is written as reshapes to known shapes.
    private mutating func graphOfOwnSize() throws(ImportError) -> Graph {
        let graph = try graph(keepingSizes: true)
        if let open = graph.withOpenSides(), Self.missingMargin(open) == nil { return open }
        return keptToItsSize(graph)
    }

    private mutating func keptToItsSize(_ graph: Graph) -> Graph {
        notes.append("its operations depend on the size of its pictures: others are cut into tiles of that size")
        return graph
    }

    /// Pixels that are put around a picture.
    private var margin = 0

    /// How many pixels of the small picture a result lacks on each side; nil where it is a whole number of times as large.
    private static func missingMargin(_ graph: Graph) -> Int? {
        guard graph.nodes.count(where: { $0.content == .input }) == 1,
            let input = graph.nodes.first(where: { $0.content == .input }), let output = graph.outputs.first
        else { return nil }
        let small = input.type.shape.dimensions, large = graph[output.value].type.shape.dimensions
        guard small.count == 4, large.count == 4 else { return nil }
        for scale in 1...16 {
            guard let rows = (scale * small[1] - large[1]).constant, let columns = (scale * small[2] - large[2]).constant,
                rows == columns
            else { continue }
            return rows > 0 && rows.isMultiple(of: 2 * scale) ? rows / (2 * scale) : nil
        }
        return nil
    }

    private var hasUnknownLayers: Bool { model.nodes.contains { $0.outputs.isEmpty } }

    private var hasFixedSides: Bool {
        guard let sizes = (picture ?? model.inputs.first)?.sizes, sizes.count == 4, case .known = sizes[2] else { return false }
        return true
    }

    private mutating func graph(keepingSizes: Bool) throws(ImportError) -> Graph {
        var translation = Translation(name: name, model)
        notes = []
        // Those of a translation before would lie in memory beside these.
        weights = []
        for input in model.inputs { try declare(input, keepingSizes: keepingSizes, in: &translation) }
        do throws(InterchangeError) {
            for node in model.nodes { try translation.translate(node) }
        } catch { throw .interchange(error) }
        guard translation.unsupported.isEmpty else { throw .unsupported(path: model.path, translation.unsupported) }
        for output in outputs {
            let result = try result(output, in: &translation)
            let outputName = NameMaker.valueName(output.name)
            let value = try pixelsOut(result, named: outputName, in: &translation)
            translation.builder.rename(value, to: outputName)
            translation.builder.setOutput(outputName, value)
        }
        let graph = translation.builder.graph.withoutWhatNothingNeeds()
        let paths = Set(graph.nodes.compactMap { if case .weight(let path, _) = $0.content { path } else { nil } })
        weights = translation.weights.filter { paths.contains($0.path) }
        describe(translation)
        return graph
    }

    /// A result as it goes out: images as `[N, H, W, C]`, all else as in the file.
    private func result(_ output: ForeignValue, in translation: inout Translation) throws(ImportError) -> ValueID {
        guard let value = translation.values[output.name] else { throw .noTensors(path: model.path) }
        do throws(TranslationError) {
            switch value {
            case .placed(let placed):
                return try translation.arranged(placed, Translation.Placed.order(rank: placed.order.count))
            case .known(let numbers): return try translation.table(numbers)
            case .missing: throw .node(.operandIsMissing(0))
            }
        } catch {
            switch error {
            case .interchange(let error): throw .interchange(error)
            case .node(let reason):
                let node = UnsupportedNodes(op: "output", reason: reason, names: [output.name], count: 1)
                throw .unsupported(path: model.path, [node])
            }
        }
    }

    private mutating func declare(
        _ input: ForeignValue, keepingSizes: Bool, in translation: inout Translation
    ) throws(ImportError) {
        let name = NameMaker.valueName(input.name)
        let sizes = input.sizes ?? []
        let order = Translation.Placed.order(rank: sizes.count)
        let dimensions = order.map { axis in size(sizes[axis], axis: axis, of: input, keepingSizes: keepingSizes) }
        let isPixels = takesPixels(input)
        let isBytes = isPixels || input.element == .u8
        if !isBytes, !input.element.isFloat, input.element != .bool {
            notes.append("whole numbers of '\(name)' run as f32, which holds those up to 16,777,216")
        }
        let type = TensorType(isBytes ? .u8 : .f32, Shape(dimensions))
        var value = translation.builder.declare(.input, type: type, named: name)
        if isPixels {
            value = try apply(.castToF32, [value], in: &translation)
            if pixels == .unit { value = try apply(.divide, [value, translation.builder.constant(255)], in: &translation) }
            if margin > 0 {
                let sides = Attributes(["sides": .size(Size(margin)), "mode": .word("edge")])
                value = try apply(.pad, [value], sides, in: &translation)
            }
        }
        translation.values[input.name] = .placed(Translation.Placed(id: value, order: order))
    }

    private func size(_ size: ForeignValue.Size, axis: Int, of input: ForeignValue, keepingSizes: Bool) -> Size {
        let rank = input.sizes?.count ?? 0
        let letters = ["N", "C", "H", "W"]
        let isSymbol = isOfPictures && axis != 1 && !keepingSizes
        if isSymbol, takesPixels(input) { return Size(symbol: letters[axis]) }
        if isSymbol, rank == 4, let sizes = picture?.sizes {
            // As the picture has it; one stands for every picture, row or column.
            if size == sizes[axis], size != .known(1) { return Size(symbol: letters[axis]) }
            if case .unknown = size { return Size(symbol: letters[axis]) }
        }
        switch size {
        case .known(let number): return Size(number)
        case .symbol(let name) where input.name != picture?.name:
            let sizeName = NameMaker.sizeName(name)
            return Size(symbol: valueNames.contains(sizeName) ? "\(sizeName)_size" : sizeName)
        case .symbol, .unknown:
            let letters = rank == 4 ? letters : (0..<rank).map { "D\($0)" }
            return Size(symbol: model.inputs.count == 1 ? letters[axis] : "\(NameMaker.valueName(input.name))_\(letters[axis])")
        }
    }

    private func pixelsOut(
        _ value: ValueID, named name: String, in translation: inout Translation
    ) throws(ImportError) -> ValueID {
        guard isOfPictures, pixels == .unit, translation.builder.type(of: value).element == .f32 else { return value }
        // The output's name belongs to what goes out.
        translation.builder.rename(value, to: TemporaryNames.base)
        return try apply(.multiply, [translation.builder.constant(255), value], in: &translation)
    }

    /// An operation on pixels. Sizes that the file gives may be such that no tensor can have them.
    private func apply(
        _ op: OpName, _ operands: [ValueID], _ attributes: Attributes = Attributes(), in translation: inout Translation
    ) throws(ImportError) -> ValueID {
        do { return try translation.builder.apply(op, operands, attributes) } catch {
            let name = model.inputs.first?.name ?? ""
            throw .unsupported(
                path: model.path, [UnsupportedNodes(op: "input", reason: .rule(error), names: [name], count: 1)])
        }
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
        let others = model.inputs.filter { $0.name != picture?.name }.map { "'\(NameMaker.valueName($0.name))'" }
        if !others.isEmpty { notes.append("beside the picture it takes \(others.joined(separator: ", "))") }
        let made = outputs.map(\.name)
        let leftOut = model.outputs.filter { !made.contains($0.name) }.map { "'\(NameMaker.valueName($0.name))'" }
        if !leftOut.isEmpty, let name = made.first {
            notes.append(
                "of its results '\(NameMaker.valueName(name))' is the picture, and \(leftOut.joined(separator: ", ")) left out; "
                    + "read as tensors it keeps all")
        }
    }
}

extension Graph {
    /// The graph with inputs and what its outputs depend on.
    fileprivate func withoutWhatNothingNeeds() -> Graph {
        let isNeeded = isNeeded(for: outputs.map(\.value))
        var builder = GraphBuilder(name: name)
        var places: [ValueID: ValueID] = [:]
        for id in ids where isNeeded[id.index] || self[id].content == .input {
            places[id] = builder.copy(self[id], operands: self[id].operands.map { places[$0] ?? $0 })
        }
        for output in outputs { builder.setOutput(output.name, places[output.value] ?? output.value) }
        return builder.graph
    }
}
