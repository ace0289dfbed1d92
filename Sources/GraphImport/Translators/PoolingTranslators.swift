import GraphIR
import GraphInterchange

/// What makes one pixel of a window.
let poolingTranslators: [String: Translator] = [
    "MaxPool": { (translation, node) throws(TranslationError) in
        guard node.outputs.dropFirst().allSatisfy(\.isEmpty) else { throw .node(.output(1)) }
        let x = try translation.image(node, 0)
        let attributes = try translation.windowAttributes(node, of: x)
        translation.set(node, image: try translation.apply(.maxPool, [x], attributes))
    },
    "AveragePool": { (translation, node) throws(TranslationError) in
        let x = try translation.image(node, 0)
        var attributes = try translation.windowAttributes(node, of: x)
        let countsPadding = try node.integer("count_include_pad", 0) != 0
        // What is added so that a last window fits counts in neither way.
        let roundsUp = try node.integer("ceil_mode", 0) != 0
        guard !countsPadding || !roundsUp else { throw .node(.attribute("ceil_mode", "1")) }
        attributes["count_pad"] = .truth(countsPadding)
        translation.set(node, image: try translation.apply(.averagePool, [x], attributes))
    },
]

extension Translation {
    fileprivate func windowAttributes(_ node: ForeignNode, of x: ValueID) throws(TranslationError) -> Attributes {
        let kernel = try node.integers("kernel_shape") ?? []
        guard kernel.count == 2, kernel.allSatisfy({ (1...255).contains($0) }) else {
            throw .node(.attribute("kernel_shape", "\(kernel)"))
        }
        let sizes = builder.type(of: x).shape.dimensions
        var window = try WindowArguments(node, kernel: kernel, sizes: Array(sizes[1...2]))
        guard window.dilations == [1, 1] else { throw .node(.attribute("dilations", "\(window.dilations)")) }
        if try node.integer("ceil_mode", 0) != 0 {
            // A quotient rounded up is one rounded down of as much more.
            for axis in 0..<2 { window.pads[axis + 2] += window.strides[axis] - 1 }
        }
        return Attributes([
            "size": .sizes(kernel.map { Size($0) }), "stride": .sizes(window.strides.map { Size($0) }), "pad": window.padding,
        ])
    }
}
