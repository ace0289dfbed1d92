import GraphIR
import GraphInterchange

/// Products with weights.
let convolutionTranslators: [String: Translator] = [
    "Conv": { (translation, node) throws(TranslationError) in try translation.translateConvolution(node) },
    "ConvTranspose": { (translation, node) throws(TranslationError) in try translation.translateTransposed(node) },
]

/// How a window moves over an image, as ONNX says it.
struct WindowArguments {
    var kernel: [Int]
    var strides: [Int]
    var dilations: [Int]
    /// Top, left, bottom, right.
    var pads: [Int]

    /// - Parameter sizes: rows and columns of the image, which some ways of padding depend on.
    init(_ node: ForeignNode, kernel: [Int], sizes: [Size]) throws(TranslationError) {
        self.kernel = kernel
        strides = try node.integers("strides") ?? [1, 1]
        dilations = try node.integers("dilations") ?? [1, 1]
        pads = try node.integers("pads") ?? [0, 0, 0, 0]
        guard strides.count == 2, dilations.count == 2, pads.count == 4, pads.allSatisfy({ (0...255).contains($0) }) else {
            throw .node(.attribute("pads", "\(pads)"))
        }
        guard (strides + dilations).allSatisfy({ (1...64).contains($0) }) else {
            throw .node(.attribute("strides", "\(strides)"))
        }
        let automatic = try node.text("auto_pad", "NOTSET")
        switch automatic {
        case "NOTSET": break
        case "VALID": pads = [0, 0, 0, 0]
        case "SAME_UPPER", "SAME_LOWER":
            for axis in 0..<2 {
                let total: Int
                let reach = (kernel[axis] - 1) * dilations[axis] + 1
                if strides[axis] == 1 {
                    total = reach - 1
                } else if let size = sizes[axis].constant {
                    total = max(0, ((size + strides[axis] - 1) / strides[axis] - 1) * strides[axis] + reach - size)
                } else {
                    throw .node(.symbolicSize)
                }
                let less = total / 2
                pads[axis] = automatic == "SAME_UPPER" ? less : total - less
                pads[axis + 2] = total - pads[axis]
            }
        default: throw .node(.attribute("auto_pad", automatic))
        }
    }

    /// The one step of both directions.
    func step() throws(TranslationError) -> Int {
        guard strides[0] == strides[1] else { throw .node(.attribute("strides", "\(strides)")) }
        return strides[0]
    }

    /// The one distance of taps in both directions.
    func dilation() throws(TranslationError) -> Int {
        // A single row or column of taps has none.
        let ones = (0..<2).filter { kernel[$0] == 1 }
        let needed = (0..<2).filter { !ones.contains($0) }.map { dilations[$0] }
        guard Set(needed).count <= 1 else { throw .node(.attribute("dilations", "\(dilations)")) }
        return needed.first ?? 1
    }

    /// Gives a filter HWIO of even sides a row or column of zeros behind the others, with as many more of padding.
    mutating func makeOdd(_ filter: KnownNumbers) throws(TranslationError) -> KnownNumbers {
        let added = kernel.map { $0.isMultiple(of: 2) ? 1 : 0 }
        if added == [0, 0] { return filter }
        let (height, width) = (kernel[0], kernel[1])
        let pixel = filter.shape[2] * filter.shape[3]
        let values = try filter.floats()
        var odd: [Float] = []
        for row in 0..<height {
            odd += values[row * width * pixel..<(row + 1) * width * pixel]
            odd += Array(repeating: 0, count: added[1] * pixel)
        }
        odd += Array(repeating: 0, count: added[0] * (width + added[1]) * pixel)
        for axis in 0..<2 {
            kernel[axis] += added[axis]
            pads[axis + 2] += added[axis] * dilations[axis]
        }
        return KnownNumbers(shape: [kernel[0], kernel[1]] + filter.shape[2...], floats: odd)
    }

    /// As `pad` of the language, in its shortest form.
    var padding: AttributeValue {
        let isSame = (0..<2).allSatisfy { axis in
            !kernel[axis].isMultiple(of: 2) && pads[axis] == (kernel[axis] - 1) / 2 * dilations[axis]
                && pads[axis + 2] == pads[axis]
        }
        if isSame { return .padding(.same) }
        if pads.allSatisfy({ $0 == 0 }) { return .padding(.valid) }
        if pads.allSatisfy({ $0 == pads[0] }) { return .size(Size(pads[0])) }
        return .sizes([pads[0], pads[2], pads[1], pads[3]].map { Size($0) })
    }
}

extension Translation {
    fileprivate mutating func translateConvolution(_ node: ForeignNode) throws(TranslationError) {
        let x = try image(node, 0)
        let filter = try neededKnown(node, 1)
        guard filter.shape.count == 4 else { throw .node(.rank(filter.shape.count)) }
        let sizes = builder.type(of: x).shape.dimensions
        var window = try WindowArguments(node, kernel: Array(filter.shape[2...]), sizes: Array(sizes[1...2]))
        let groupCount = try node.integer("group", 1)
        guard (1...65536).contains(groupCount) else { throw .node(.attribute("group", "\(groupCount)")) }
        // OIHW to HWIO.
        let turned = try window.makeOdd(try inChannelOrder(filter, of: node).permuted([2, 3, 1, 0]))
        let paths = layerPaths(node)
        let weight = try weight(
            named: node.inputs[1], turned, form: "HWIO\(shuffle(node))", initializer: .glorotUniform, path: paths.weight)
        let y = try apply(
            .conv2D, [x, weight],
            Attributes([
                "stride": .size(Size(try window.step())), "pad": window.padding,
                "dilation": .size(Size(try window.dilation())), "groups": .size(Size(groupCount)),
            ]))
        set(node, image: try addBias(node, to: y, path: paths.bias))
    }

    /// Adds the third operand, one number for each channel, if it is there.
    mutating func addBias(_ node: ForeignNode, to y: ValueID, path: String) throws(TranslationError) -> ValueID {
        guard let bias = try known(node, 2), let name = input(node, 2) else { return y }
        let numbers = try inChannelOrder(bias, of: node)
        return try apply(.add, [y, try weight(named: name, numbers, form: "bias\(shuffle(node))", path: path)])
    }

    /// Weights that serve in two orders are two.
    private func shuffle(_ node: ForeignNode) -> String {
        node.attributes[ShuffledChannels.orderAttribute].map { "\($0)" } ?? ""
    }

    /// What a layer's weights are called: as in the file where they are parts of one name there, and by the layer's own name
    /// where they share none.
    func layerPaths(_ node: ForeignNode) -> (weight: String, bias: String) {
        let weight = node.inputs[1]
        let bias = input(node, 2) ?? ""
        if let point = weight.lastIndex(of: "."), point > weight.startIndex,
            bias.isEmpty || bias.hasPrefix(weight[...point]) && bias != weight
        {
            return (weight, bias)
        }
        let layer = node.name.isEmpty ? node.outputs.first ?? "layer" : node.name
        return ("\(layer).weight", "\(layer).bias")
    }
}
