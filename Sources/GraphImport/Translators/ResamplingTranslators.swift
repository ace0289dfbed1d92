import GraphIR
import GraphInterchange

/// What makes images of other sizes.
let resamplingTranslators: [String: Translator] = [
    "Resize": { (translation, node) throws(TranslationError) in try translation.translateResize(node) },
    "Upsample": { (translation, node) throws(TranslationError) in try translation.translateResize(node) },
]

extension Translation {
    fileprivate mutating func translateResize(_ node: ForeignNode) throws(TranslationError) {
        let x = try image(node, 0)
        let mode = try node.text("mode", "nearest")
        let factor = try resizeFactor(node)
        let places = try node.text("coordinate_transformation_mode", node.op == "Upsample" ? "asymmetric" : "half_pixel")
        switch mode {
        case "nearest":
            let rounding = try node.text("nearest_mode", node.op == "Upsample" ? "floor" : "round_prefer_floor")
            // By a whole factor each pixel becomes a square of its own in these ways.
            let isRepetition =
                places == "asymmetric" && rounding == "floor" || places == "half_pixel" && rounding.hasPrefix("round_prefer")
                || places == "pytorch_half_pixel" && rounding.hasPrefix("round_prefer")
            guard isRepetition else { throw .node(.attribute("coordinate_transformation_mode", "\(places), \(rounding)")) }
            let copies = try apply(.concat, Array(repeating: x, count: factor * factor))
            set(node, image: try apply(.depthToSpace, [copies], Attributes(["block": .size(Size(factor))])))
        default: throw .node(.attribute("mode", mode))
        }
    }

    /// The whole number by which rows and columns are multiplied.
    private func resizeFactor(_ node: ForeignNode) throws(TranslationError) -> Int {
        // Sizes are the fourth operand, factors the third; before version 11 factors the second.
        let old = try shape(node, 0)
        var factors: [Double] = []
        if let sizes = try known(node, 3)?.sizes(), sizes.count == 4 {
            for (size, old) in zip(sizes, old) {
                guard let factor = (1...16).first(where: { Size($0) * old == size }) else { throw .node(.symbolicSize) }
                factors.append(Double(factor))
            }
        } else if let index = [2, 1].first(where: { index in
            if let name = input(node, index), case .known(let numbers) = values[name] { numbers.count == 4 } else { false }
        }) {
            factors = try neededKnown(node, index).floats().map { Double($0) }
        } else if case .floats(let numbers) = node.attributes["scales"] {
            factors = numbers
        }
        guard factors.count == 4, factors[0] == 1, factors[1] == 1, factors[2] == factors[3],
            let factor = Int(exactly: factors[2]), (1...16).contains(factor)
        else { throw .node(.attribute("scales", "\(factors)")) }
        return factor
    }
}
