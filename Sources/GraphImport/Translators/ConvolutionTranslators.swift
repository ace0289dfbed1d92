import GraphIR
import GraphInterchange

/// Products with weights.
let convolutionTranslators: [String: Translator] = [
    "Conv": { (translation, node) throws(TranslationError) in try translation.translateConvolution(node) },
    "ConvTranspose": { (translation, node) throws(TranslationError) in try translation.translateTransposed(node) },
]

extension Translation {
    fileprivate mutating func translateConvolution(_ node: ForeignNode) throws(TranslationError) {
        let filter = try neededKnown(node, 1)
        let x = try spatial(node, 0)
        let kernel = Array(filter.shape.dropFirst(2))
        guard filter.shape.count == x.rank, kernel.allSatisfy({ $0 < 256 }) else { throw .node(.rank(filter.shape.count)) }
        let window = try WindowArguments(node, kernel: kernel, sizes: x.sizes)
        let groupCount = try node.integer("group", 1)
        guard (1...65536).contains(groupCount) else { throw .node(.attribute("group", "\(groupCount)")) }
        // OIHW to HWIO.
        let flat = Array(repeating: 1, count: max(0, 4 - filter.shape.count))
        let shaped = try inChannelOrder(filter, of: node).reshaped(Array(filter.shape[..<2]) + flat + kernel)
        let turned = try shaped.permuted(Array(2..<shaped.shape.count) + [1, 0])
        let paths = layerPaths(node)
        func weight(_ filter: KnownNumbers, plane: Int?) throws(TranslationError) -> ValueID {
            let mark = plane.map { ".\($0)" } ?? ""
            return try self.weight(
                named: node.inputs[1], filter, form: "HWIO\(shuffle(node))\(mark)", initializer: .glorotUniform,
                path: paths.weight + mark)
        }
        func convolved(_ x: ValueID, _ filter: KnownNumbers, plane: Int?) throws(TranslationError) -> ValueID {
            var window = window.plane
            window.isLine = kernel.count == 1
            let odd = try window.makeOdd(filter)
            return try apply(
                .conv2D, [x, try weight(odd, plane: plane)],
                Attributes([
                    "stride": .size(Size(try window.step())), "pad": window.padding,
                    "dilation": .size(Size(try window.dilation())), "groups": .size(Size(groupCount)),
                ]))
        }
        guard x.rank == 5 else {
            let y = try convolved(x.id, turned, plane: nil)
            return try set(node, image: try addBias(node, to: y, path: paths.bias), of: x, depth: Size(1))
        }
        // Three dimensions are a sum over planes, each of which meets one plane of the filter.
        let values = try turned.floats()
        let planeShape = Array(turned.shape.dropFirst())
        let count = planeShape.reduce(1, *)
        var sum: ValueID?
        for plane in 0..<kernel[0] {
            let filter = KnownNumbers(shape: planeShape, floats: Array(values[plane * count..<(plane + 1) * count]))
            let y = try convolved(try images(of: x, meeting: plane, window), filter, plane: plane)
            sum = if let sum { try apply(.add, [sum, y]) } else { y }
        }
        guard let sum else { throw .node(.attribute("kernel_shape", "\(kernel)")) }
        let depth = window.count(0, of: x.sizes[0])
        try set(node, image: try addBias(node, to: sum, path: paths.bias), of: x, depth: depth)
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
