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
        for name in ["antialias", "exclude_outside"] {
            let flag = try node.integer(name, 0)
            guard flag == 0 else { throw .node(.attribute(name, "\(flag)")) }
        }
        let policy = try node.text("keep_aspect_ratio_policy", "stretch")
        guard policy == "stretch" else { throw .node(.attribute("keep_aspect_ratio_policy", policy)) }
        guard node.attributes["axes"] == nil else { throw .node(.attribute("axes", "given")) }
        let (height, width, isWhole) = try resizedSides(node)
        let mode = try node.text("mode", "nearest")
        let places = try node.text("coordinate_transformation_mode", node.op == "Upsample" ? "asymmetric" : "half_pixel")
        var attributes = Attributes(["height": .size(height), "width": .size(width)])
        switch (mode, places) {
        case ("nearest", _):
            let rounding = try node.text("nearest_mode", node.op == "Upsample" ? "floor" : "round_prefer_floor")
            // By a whole factor each pixel becomes a square of its own in these ways, too.
            let isRepetition = isWhole && places.hasSuffix("half_pixel") && rounding.hasPrefix("round_prefer")
            guard isRepetition || places == "asymmetric" && rounding == "floor" else {
                throw .node(.attribute("coordinate_transformation_mode", "\(places), \(rounding)"))
            }
            attributes["mode"] = .word("nearest")
        case ("linear", "half_pixel"): break
        // Where one pixel is made, it is the first and not the middle one.
        case ("linear", "pytorch_half_pixel") where height != Size(1) && width != Size(1): break
        case ("linear", "align_corners"): attributes["align_corners"] = .truth(true)
        case ("linear", _): throw .node(.attribute("coordinate_transformation_mode", places))
        default: throw .node(.attribute("mode", mode))
        }
        set(node, image: try apply(.resize, [x], attributes))
    }

    /// The result's height and width, and whether they are the operand's times a whole number.
    private func resizedSides(_ node: ForeignNode) throws(TranslationError) -> (height: Size, width: Size, isWhole: Bool) {
        // Sizes are the fourth operand, factors the third; before version 11 factors the second.
        let old = try shape(node, 0)
        var sides: [Size] = [], isWhole = true
        if let sizes = try known(node, 3)?.sizes(), sizes.count == 4 {
            guard sizes[0] == old[0], sizes[1] == old[1] else { throw .node(.attribute("sizes", "\(sizes)")) }
            for axis in 2..<4 {
                isWhole = isWhole && (1...16).contains { Size($0) * old[axis] == sizes[axis] }
                sides.append(sizes[axis])
            }
            return (sides[0], sides[1], isWhole)
        }
        var factors: [Double] = []
        if let index = [2, 1].first(where: { index in
            if let name = input(node, index), case .known(let numbers) = values[name] { numbers.count == 4 } else { false }
        }) {
            factors = try neededKnown(node, index).floats().map { Double($0) }
        } else if case .floats(let numbers) = node.attributes["scales"] {
            factors = numbers
        }
        guard factors.count == 4, factors[0] == 1, factors[1] == 1 else { throw .node(.attribute("scales", "\(factors)")) }
        for axis in 2..<4 {
            if let factor = Int(exactly: factors[axis]), (1...64).contains(factor) {
                sides.append(factor * old[axis])
            } else if let size = old[axis].constant, let side = Int(exactly: factors[axis] * Double(size)), side > 0 {
                // Pixels lie where the factor says only if nothing of it is rounded away.
                sides.append(Size(side))
                isWhole = false
            } else {
                throw .node(.attribute("scales", "\(factors)"))
            }
        }
        return (sides[0], sides[1], isWhole)
    }
}
