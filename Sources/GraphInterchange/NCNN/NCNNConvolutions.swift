/// Layers that multiply by weights.
extension NCNNFile {
    static let convolutionLayers: [String: LayerReader] = [
        "Convolution": { (file, layer) throws(InterchangeError) in try file.addConvolution(layer, groupCount: 1) },
        "ConvolutionDepthWise": { (file, layer) throws(InterchangeError) in
            try file.addConvolution(layer, groupCount: layer.integer(7, 1))
        },
        "Deconvolution": { (file, layer) throws(InterchangeError) in try file.addDeconvolution(layer, groupCount: 1) },
        "DeconvolutionDepthWise": { (file, layer) throws(InterchangeError) in
            try file.addDeconvolution(layer, groupCount: layer.integer(7, 1))
        },
        // What goes in is one pixel, as global pooling leaves it; the number of its channels is checked with the filter's.
        "InnerProduct": { (file, layer) throws(InterchangeError) in
            let outputs = layer.integer(0, 0)
            let count = layer.integer(2, 0)
            guard outputs > 0, count > 0, count.isMultiple(of: outputs) else { throw file.fault(layer, argument: 2) }
            let filter = try file.weights.marked([outputs, count / outputs, 1, 1], of: layer)
            try file.addProduct("Conv", layer, layer.inputs, filter, outputs: outputs, hasBias: layer.integer(1, 0) != 0)
        },
        "BatchNorm": { (file, layer) throws(InterchangeError) in
            let channels = layer.integer(0, 0)
            guard channels > 0 else { throw file.fault(layer, argument: 0) }
            let slope = try file.weights.plain([channels], of: layer)
            let mean = try file.weights.plain([channels], of: layer)
            let variance = try file.weights.plain([channels], of: layer)
            let bias = try file.weights.plain([channels], of: layer)
            let names = [
                file.keep(slope, "weight", of: layer), file.keep(bias, "bias", of: layer),
                file.keep(mean, "running_mean", of: layer), file.keep(variance, "running_var", of: layer),
            ]
            try file.add(
                "BatchNormalization", layer, inputs: layer.inputs + names, ["epsilon": .float(layer.float(1, 0))])
        },
        "Scale": { (file, layer) throws(InterchangeError) in
            let channels = layer.integer(0, 0)
            guard channels > 0 else { throw file.fault(layer, argument: 0) }
            let scale = file.keep(try file.weights.plain([channels, 1, 1], of: layer), "scale", of: layer)
            guard layer.integer(1, 0) != 0 else { return try file.add("Mul", layer, inputs: layer.inputs + [scale]) }
            let bias = file.keep(try file.weights.plain([channels, 1, 1], of: layer), "bias", of: layer)
            let scaled = "\(layer.name).scaled"
            try file.add("Mul", layer, inputs: layer.inputs + [scale], outputs: [scaled])
            try file.add("Add", layer, inputs: [scaled, bias])
        },
    ]

    /// The sizes of a window: its height and width, and how it moves.
    struct Window {
        var kernel: [Int]
        var dilations: [Int]
        var strides: [Int]

        init(_ layer: NCNNLayer) {
            kernel = [layer.integer(11, layer.integer(1, 0)), layer.integer(1, 0)]
            dilations = [layer.integer(12, layer.integer(2, 1)), layer.integer(2, 1)]
            strides = [layer.integer(13, layer.integer(3, 1)), layer.integer(3, 1)]
        }

        var attributes: [String: ForeignAttribute] {
            ["kernel_shape": .integers(kernel), "dilations": .integers(dilations), "strides": .integers(strides)]
        }
    }

    private mutating func addConvolution(_ layer: NCNNLayer, groupCount: Int) throws(InterchangeError) {
        let (window, outputs, inputs) = try sizes(layer, groupCount: groupCount)
        let filter = try weights.marked([outputs, inputs / groupCount] + window.kernel, of: layer)
        var attributes = window.attributes
        attributes["group"] = .integer(groupCount)
        let border = layer.float(18, 0)
        var operands = layer.inputs
        switch layer.integer(4, 0) {
        case -233, -234:
            attributes["auto_pad"] = .text(layer.integer(4, 0) == -233 ? "SAME_UPPER" : "SAME_LOWER")
            guard border == 0 else {
                // The weights of later layers stand behind the bias.
                if layer.integer(5, 0) != 0 { _ = try weights.plain([outputs], of: layer) }
                return refuse(layer, argument: 18)
            }
        default:
            let pads = Self.pads(layer)
            if border == 0 { attributes["pads"] = .integers(pads) } else { operands = try addBorder(layer, border, pads) }
        }
        try addProduct("Conv", layer, operands, filter, outputs: outputs, hasBias: layer.integer(5, 0) != 0, attributes)
    }

    /// A border of another number than 0.
    private mutating func addBorder(_ layer: NCNNLayer, _ number: Double, _ pads: [Int]) throws(InterchangeError) -> [String] {
        let sizes = keep(ForeignTensor(shape: [8], integers: [0, 0] + pads[..<2] + [0, 0] + pads[2...]), "pads", of: layer)
        let value = keep(ForeignTensor(shape: [], floats: [Float(number)]), "border", of: layer)
        let padded = "\(layer.name).padded"
        try add("Pad", layer, inputs: layer.inputs + [sizes, value], outputs: [padded], ["mode": .text("constant")])
        return [padded]
    }

    private mutating func addDeconvolution(_ layer: NCNNLayer, groupCount: Int) throws(InterchangeError) {
        let (window, outputs, inputs) = try sizes(layer, groupCount: groupCount)
        let refused =
            groupCount != 1 && (groupCount != outputs || outputs != inputs)
            ? 7 : layer.integer(4, 0) < 0 ? 4 : layer.integer(20, 0) != 0 ? 20 : nil
        if let refused {
            // The weights of later layers stand behind these.
            _ = try weights.marked([layer.integer(6, 0)], of: layer)
            if layer.integer(5, 0) != 0 { _ = try weights.plain([outputs], of: layer) }
            return refuse(layer, argument: refused)
        }
        // ONNX has the channels that go in first. Of one channel a group, in and out are the same.
        let shape = groupCount == 1 ? [outputs, inputs] : [outputs, 1]
        let stored = try weights.marked(shape + window.kernel, of: layer)
        let filter = groupCount == 1 ? stored.transposed([1, 0, 2, 3]) : stored
        var attributes = window.attributes
        attributes["group"] = .integer(groupCount)
        attributes["pads"] = .integers(Self.pads(layer))
        attributes["output_padding"] = .integers([layer.integer(19, layer.integer(18, 0)), layer.integer(18, 0)])
        try addProduct(
            "ConvTranspose", layer, layer.inputs, filter, outputs: outputs, hasBias: layer.integer(5, 0) != 0, attributes)
    }

    private func sizes(
        _ layer: NCNNLayer, groupCount: Int
    ) throws(InterchangeError) -> (Window, outputs: Int, inputs: Int) {
        let window = Window(layer)
        let outputs = layer.integer(0, 0)
        let count = layer.integer(6, 0)
        let limit = 1 << 16
        guard (1...limit).contains(outputs), (1...limit).contains(groupCount), outputs.isMultiple(of: groupCount) else {
            throw fault(layer, argument: 0)
        }
        guard window.kernel.allSatisfy({ (1...255).contains($0) }) else { throw fault(layer, argument: 1) }
        let perInput = window.kernel[0] * window.kernel[1] * (outputs / groupCount)
        guard count > 0, count.isMultiple(of: perInput), (count / perInput).isMultiple(of: groupCount) else {
            throw fault(layer, argument: 6)
        }
        return (window, outputs, count / perInput)
    }

    /// Top, left, bottom and right, as ONNX has them.
    private static func pads(_ layer: NCNNLayer) -> [Int] {
        let left = layer.integer(4, 0)
        let top = layer.integer(14, left)
        return [top, left, layer.integer(16, top), layer.integer(15, left)]
    }

    /// A product with weights, its bias and what follows it in the same layer.
    private mutating func addProduct(
        _ op: String, _ layer: NCNNLayer, _ operands: [String], _ filter: ForeignTensor, outputs: Int, hasBias: Bool,
        _ attributes: [String: ForeignAttribute] = [:]
    ) throws(InterchangeError) {
        var inputs = operands + [keep(filter, "weight", of: layer)]
        if hasBias { inputs.append(keep(try weights.plain([outputs], of: layer), "bias", of: layer)) }
        try addActivated(op, layer, inputs: inputs, attributes)
    }

    /// A node and the function that arguments 9 and 10 of its layer name.
    private mutating func addActivated(
        _ op: String, _ layer: NCNNLayer, inputs: [String], _ attributes: [String: ForeignAttribute]
    ) throws(InterchangeError) {
        let type = layer.integer(9, 0)
        guard type != 0 else { return try add(op, layer, inputs: inputs, attributes) }
        let numbers = layer.floats(10)
        let linear = "\(layer.name).linear"
        try add(op, layer, inputs: inputs, outputs: [linear], attributes)
        switch type {
        case 1: try add("Relu", layer, inputs: [linear])
        case 2: try add("LeakyRelu", layer, inputs: [linear], ["alpha": .float(numbers.first ?? 0)])
        case 3:
            guard numbers.count == 2 else { throw fault(layer, argument: 10) }
            try add("Clip", layer, inputs: [linear], ["min": .float(numbers[0]), "max": .float(numbers[1])])
        case 4: try add("Sigmoid", layer, inputs: [linear])
        case 5: try add("Mish", layer, inputs: [linear])
        case 6:
            guard numbers.count == 2 else { throw fault(layer, argument: 10) }
            try addHardSwish(layer, linear, alpha: numbers[0], beta: numbers[1])
        default: refuse(layer, argument: 9)
        }
    }
}
