import GraphIR
import GraphInterchange

/// What makes images of other sizes.
let resamplingTranslators: [String: Translator] = [
    "Resize": { (translation, node) throws(TranslationError) in try translation.translateResize(node) },
    "Upsample": { (translation, node) throws(TranslationError) in try translation.translateResize(node) },
]

/// The sides of a resized image.
private struct ResizedSides {
    var sizes: [Size]
    /// By which factor pixels lie apart; nil where that follows from the sizes.
    var factors: [Double?]
    /// Whether both are the operand's times a whole number.
    var isWhole: Bool
}

extension Translation {
    fileprivate mutating func translateResize(_ node: ForeignNode) throws(TranslationError) {
        let x = try image(node, 0)
        let isUpsample = node.op == "Upsample"
        let sides = try resizedSides(node)
        let old = Array(builder.type(of: x).shape.dimensions[1...2])
        if sides.sizes == old { return set(node, image: x) }
        let places = try node.text(
            "coordinate_transformation_mode", isUpsample || opset < 11 ? "asymmetric" : "half_pixel")
        let mode = try node.text("mode", "nearest")
        guard let kind = ResamplingTaps.Mode(rawValue: mode == "bilinear" ? "linear" : mode) else {
            throw .node(.attribute("mode", mode))
        }
        guard ResamplingTaps.knownPlaces.contains(places) else {
            throw .node(.attribute("coordinate_transformation_mode", places))
        }
        var taps = ResamplingTaps(mode: kind, places: places)
        taps.rounding = try node.text("nearest_mode", isUpsample || opset < 11 ? "floor" : "round_prefer_floor")
        taps.cubicCoefficient = try node.float("cubic_coeff_a", -0.75)
        taps.filtersFirst = try node.integer("antialias", 0) != 0 && kind != .nearest
        taps.leavesOutOutside = try node.integer("exclude_outside", 0) != 0
        if let attributes = resizeAttributes(taps, sides, old) {
            return set(node, image: try apply(.resize, [x], attributes))
        }
        if let y = try resampledByFilters(node, x, taps, sides) { return set(node, image: y) }
        guard let known = old.map(\.constant) as? [Int], let wanted = sides.sizes.map(\.constant) as? [Int] else {
            throw .node(.attribute("coordinate_transformation_mode", "\(places) with mode = \(mode) and sizes that are open"))
        }
        let factors = (0..<2).map { sides.factors[$0] ?? Double(wanted[$0]) / Double(known[$0]) }
        set(node, image: try resampledByMatrices(node, x, taps, known, wanted, factors))
    }

    /// The language's own resize; nil where it means something else.
    private func resizeAttributes(_ taps: ResamplingTaps, _ sides: ResizedSides, _ old: [Size]) -> Attributes? {
        guard !taps.leavesOutOutside, !taps.filtersFirst || sides.isWhole else { return nil }
        var attributes = Attributes(["height": .size(sides.sizes[0]), "width": .size(sides.sizes[1])])
        // Pixels lie where the factor says only if nothing of it is rounded away.
        let isExact = (0..<2).allSatisfy { axis in
            guard let factor = sides.factors[axis] else { return true }
            if sides.isWhole { return true }
            guard let size = old[axis].constant, let resized = sides.sizes[axis].constant else { return false }
            return Double(resized) == factor * Double(size)
        }
        guard isExact else { return nil }
        switch (taps.mode, taps.places) {
        case (.nearest, _):
            // By a whole factor each pixel becomes a square of its own in these ways, too.
            let isRepetition = sides.isWhole && taps.places.hasSuffix("half_pixel") && taps.rounding.hasPrefix("round_prefer")
            guard isRepetition || taps.places == "asymmetric" && taps.rounding == "floor" else { return nil }
            attributes["mode"] = .word("nearest")
        case (.linear, "half_pixel"): break
        // Where one pixel is made, it is the first and not the middle one.
        case (.linear, "pytorch_half_pixel") where !sides.sizes.contains(Size(1)): break
        case (.linear, "align_corners"): attributes["align_corners"] = .truth(true)
        default: return nil
        }
        return attributes
    }

    /// By a whole factor, or a whole part, each pixel is made of those around it in one of few ways: by a filter each.
    ///
    /// The image gets its outermost pixels once more around it. Filters of one channel each step by as many pixels as become
    /// one, and a pixel shuffle puts the results of several beside each other.
    private mutating func resampledByFilters(
        _ node: ForeignNode, _ x: ValueID, _ taps: ResamplingTaps, _ sides: ResizedSides
    ) throws(TranslationError) -> ValueID? {
        let sizes = builder.type(of: x).shape.dimensions
        guard !taps.leavesOutOutside, taps.places.hasSuffix("half_pixel") || taps.places == "asymmetric",
            !sides.sizes.contains(Size(1)), let channels = sizes[3].constant,
            let filters = axisFilters(taps, sizes[1], sides.sizes[0], sides.factors[0]),
            sides.factors[0] == sides.factors[1],
            axisFilters(taps, sizes[2], sides.sizes[1], sides.factors[1]) != nil
        else { return nil }
        let border = [filters.before, filters.after, filters.before, filters.after].map { Size($0) }
        let padded =
            border.allSatisfy { $0 == Size(0) }
            ? x : try apply(.pad, [x], Attributes(["sides": .sizes(border), "mode": .word("edge")]))
        let length = filters.weights[0].count
        try KnownNumbers.checkCount([length + 1, length + 1, channels])
        var parts: [ValueID] = []
        for (row, rowWeights) in filters.weights.enumerated() {
            for (column, columnWeights) in filters.weights.enumerated() {
                var values: [Float] = []
                for a in rowWeights { for b in columnWeights { values += Array(repeating: Float(a * b), count: channels) } }
                var window = WindowArguments.square(length)
                let filter = try window.makeOdd(KnownNumbers(shape: [length, length, 1, channels], floats: values))
                let name = "\(node.shownName).resize"
                let mark = filters.weights.count > 1 ? ".\(row).\(column)" : ""
                let weight = try weight(named: name, filter, form: mark, initializer: .glorotUniform, path: name + mark)
                parts.append(
                    try apply(
                        .conv2D, [padded, weight],
                        Attributes([
                            "stride": .size(Size(filters.step)), "pad": window.padding, "groups": .size(Size(channels)),
                        ])))
            }
        }
        if parts.count == 1 { return parts[0] }
        return try apply(
            .depthToSpace, [try apply(.concat, parts)], Attributes(["block": .size(Size(filters.weights.count))]))
    }

    /// For each place within what one step makes, the weights of what it is made of.
    private func axisFilters(
        _ taps: ResamplingTaps, _ size: Size, _ resizedSize: Size, _ factor: Double?
    ) -> (weights: [[Double]], step: Int, before: Int, after: Int)? {
        let count: Int, step: Int
        if let whole = (1...8).first(where: { $0 * size == resizedSize }), factor == nil || factor == Double(whole) {
            (count, step) = (whole, 1)
        } else if let factor, let part = (2...16).first(where: { factor == 1 / Double($0) }),
            size.floorDivided(by: part) == resizedSize
        {
            (count, step) = (1, part)
        } else {
            return nil
        }
        let ratio = Double(count) / Double(step)
        var made: [[Int: Double]] = []
        for index in 0..<count {
            let place = taps.place(index, of: 2, size: 2, factor: ratio)
            let below = Int(place.rounded(.down))
            var weights: [Int: Double] = [:]
            for tap in taps.taps(at: place, factor: ratio) where tap.weight != 0 { weights[below + tap.offset] = tap.weight }
            made.append(weights)
        }
        let first = min(0, made.flatMap(\.keys).min() ?? 0), last = max(step - 1, made.flatMap(\.keys).max() ?? 0)
        guard last - first < 128 else { return nil }
        return (made.map { weights in (first...last).map { weights[$0] ?? 0 } }, step, -first, last - step + 1)
    }

    /// Sizes that are known make any resampling a product with a matrix for each direction.
    private mutating func resampledByMatrices(
        _ node: ForeignNode, _ x: ValueID, _ taps: ResamplingTaps, _ old: [Int], _ new: [Int], _ factors: [Double]
    ) throws(TranslationError) -> ValueID {
        let shape = builder.type(of: x).shape.dimensions
        func matrix(_ axis: Int) throws(TranslationError) -> ValueID {
            try KnownNumbers.checkCount([new[axis], old[axis]])
            let values = taps.matrix(old[axis], to: new[axis], factor: factors[axis])
            let name = "\(node.shownName).\(axis == 0 ? "rows" : "columns")"
            return try weight(named: name, KnownNumbers(shape: [new[axis], old[axis]], floats: values), form: "", path: name)
        }
        var y = try reshaped(x, [shape[0], shape[1], shape[2] * shape[3]])
        y = try apply(.matmul, [try matrix(0), y])
        y = try reshaped(y, [new[0] * shape[0], shape[2], shape[3]])
        y = try apply(.matmul, [try matrix(1), y])
        return try reshaped(y, [shape[0], Size(new[0]), Size(new[1]), shape[3]])
    }

    /// Sizes are the fourth operand, factors the third; before version 11 factors the second.
    private func resizedSides(_ node: ForeignNode) throws(TranslationError) -> ResizedSides {
        let old = try shape(node, 0)
        let axes = try (try node.integers("axes") ?? [0, 1, 2, 3]).map { (axis) throws(TranslationError) in
            try self.axis(axis, rank: 4)
        }
        var sides = ResizedSides(sizes: Array(old[2...]), factors: [1, 1], isWhole: true)
        if let given = try known(node, 3)?.sizes(), given.count == axes.count {
            var wanted = old
            for (axis, size) in zip(axes, given) { wanted[axis] = size }
            try keepRatio(node, axes, old, &wanted)
            guard wanted[0] == old[0], wanted[1] == old[1] else { throw .node(.attribute("sizes", "\(wanted)")) }
            for axis in 2..<4 {
                sides.isWhole = sides.isWhole && (1...16).contains { Size($0) * old[axis] == wanted[axis] }
            }
            return ResizedSides(sizes: Array(wanted[2...]), factors: [nil, nil], isWhole: sides.isWhole)
        }
        var factors: [Double] = []
        if let index = [2, 1].first(where: { index in
            if let name = input(node, index), case .known(let numbers) = values[name] {
                numbers.count == axes.count && numbers.isFloat
            } else {
                false
            }
        }) {
            factors = try neededKnown(node, index).floats().map { Double($0) }
        } else if case .floats(let numbers) = node.attributes["scales"] {
            factors = numbers
        } else {
            for index in [1, 2, 3] where input(node, index) != nil { _ = try known(node, index) }
        }
        guard factors.count == axes.count else { throw .node(.attribute("scales", "\(factors)")) }
        for (axis, factor) in zip(axes, factors) {
            guard axis > 1 || factor == 1, factor > 0, factor < 1024 else { throw .node(.attribute("scales", "\(factors)")) }
            guard axis > 1 else { continue }
            sides.factors[axis - 2] = factor
            if let whole = Int(exactly: factor), whole <= 64 {
                sides.sizes[axis - 2] = whole * old[axis]
                continue
            }
            sides.isWhole = false
            if let part = (2...16).first(where: { factor == 1 / Double($0) }) {
                sides.sizes[axis - 2] = old[axis].floorDivided(by: part)
            } else if let size = old[axis].constant, let side = Int(exactly: (factor * Double(size)).rounded(.down)), side > 0 {
                sides.sizes[axis - 2] = Size(side)
            } else {
                throw .node(.attribute("scales", "\(factors)"))
            }
        }
        return sides
    }

    /// Sizes that bound an image whose sides keep their ratio.
    private func keepRatio(
        _ node: ForeignNode, _ axes: [Int], _ old: [Size], _ wanted: inout [Size]
    ) throws(TranslationError) {
        let policy = try node.text("keep_aspect_ratio_policy", "stretch")
        if policy == "stretch" { return }
        guard ["not_larger", "not_smaller"].contains(policy) else { throw .node(.attribute("keep_aspect_ratio_policy", policy)) }
        var ratios: [Double] = []
        for axis in axes {
            guard let size = old[axis].constant, let side = wanted[axis].constant else { throw .node(.symbolicSize) }
            ratios.append(Double(side) / Double(size))
        }
        guard let ratio = policy == "not_larger" ? ratios.min() : ratios.max() else { return }
        for axis in axes {
            guard let size = old[axis].constant else { throw .node(.symbolicSize) }
            guard let side = Int(exactly: (ratio * Double(size)).rounded(.toNearestOrAwayFromZero)) else {
                throw .node(.attribute("sizes", "\(wanted)"))
            }
            wanted[axis] = Size(side)
        }
    }
}
