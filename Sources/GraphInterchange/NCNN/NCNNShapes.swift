/// Layers that rearrange and resample.
extension NCNNFile {
    static let shapeLayers: [String: LayerReader] = [
        "Concat": { (file, layer) throws(InterchangeError) in
            try file.add("Concat", layer, ["axis": .integer(try file.axis(layer.integer(0, 0), layer, argument: 0))])
        },
        "Slice": { (file, layer) throws(InterchangeError) in
            let axis = try file.axis(layer.integer(1, 0), layer, argument: 1)
            let lengths = layer.integers(0) ?? []
            guard lengths.count == layer.outputs.count else { throw file.fault(layer, argument: 0) }
            // −233 is an equal share of what is left.
            guard !lengths.dropLast().contains(-233) || lengths.allSatisfy({ $0 == -233 }) else {
                return file.refuse(layer, argument: 0)
            }
            if lengths.allSatisfy({ $0 == -233 }) { return try file.add("Split", layer, ["axis": .integer(axis)]) }
            var start = 0
            for (length, output) in zip(lengths, layer.outputs) {
                let end = length == -233 ? Int(Int32.max) : start + length
                try file.addSlice(layer, axes: [axis], starts: [start], ends: [end], output: output)
                start = end
            }
        },
        "Crop": { (file, layer) throws(InterchangeError) in
            if let starts = layer.integers(9), let ends = layer.integers(10), starts.count == ends.count {
                let axes = try (layer.integers(11) ?? Array(starts.indices)).map { axis throws(InterchangeError) in
                    try file.axis(axis, layer, argument: 11)
                }
                guard axes.count == starts.count else { throw file.fault(layer, argument: 11) }
                return try file.addSlice(
                    layer, axes: axes, starts: starts, ends: ends.map { $0 == -233 ? Int(Int32.max) : $0 },
                    output: layer.outputs.first ?? "")
            }
            guard layer.inputs.count == 1, (3...5).allSatisfy({ layer.integer($0, -233) == -233 }) else {
                return file.refuse(layer, argument: 3)
            }
            let starts = [layer.integer(2, 0), layer.integer(1, 0), layer.integer(0, 0)]
            let cuts = [layer.integer(8, 0), layer.integer(7, 0), layer.integer(6, 0)]
            try file.addSlice(
                layer, axes: [1, 2, 3], starts: starts, ends: cuts.map { $0 == 0 ? Int(Int32.max) : -$0 },
                output: layer.outputs.first ?? "")
        },
        "PixelShuffle": { (file, layer) throws(InterchangeError) in
            try file.add(
                "DepthToSpace", layer,
                ["blocksize": .integer(layer.integer(0, 1)), "mode": .text(layer.integer(1, 0) == 0 ? "CRD" : "DCR")])
        },
        "Reorg": { (file, layer) throws(InterchangeError) in
            try file.add(
                "SpaceToDepth", layer,
                ["blocksize": .integer(layer.integer(0, 1)), "mode": .text(layer.integer(1, 0) == 0 ? "CRD" : "DCR")])
        },
        "Interp": { (file, layer) throws(InterchangeError) in
            let modes = [1: "nearest", 2: "linear", 3: "cubic"]
            guard let mode = modes[layer.integer(0, 0)] else { return file.refuse(layer, argument: 0) }
            let places = layer.integer(6, 0) != 0 ? "align_corners" : mode == "nearest" ? "asymmetric" : "half_pixel"
            let attributes: [String: ForeignAttribute] = [
                "mode": .text(mode), "coordinate_transformation_mode": .text(places), "nearest_mode": .text("floor"),
            ]
            let sides = [layer.integer(3, 0), layer.integer(4, 0)]
            let isDynamic = layer.integer(5, 0) != 0
            if layer.inputs.count == 2 || sides != [0, 0] {
                // The sizes are those of another value, or are given; a picture and its channels stay as many.
                let sizes = try file.addSizes(layer, of: layer.inputs.count == 2 ? .value(layer.inputs[1]) : .numbers(sides))
                return try file.add("Resize", layer, inputs: [layer.inputs[0], "", "", sizes], attributes)
            }
            guard layer.inputs.count == 1, !isDynamic else { return file.refuse(layer, argument: 5) }
            let factors = [1, 1, layer.float(1, 1), layer.float(2, 1)]
            let scales = file.keep(ForeignTensor(shape: [4], floats: factors.map { Float($0) }), "scales", of: layer)
            try file.add("Resize", layer, inputs: layer.inputs + ["", scales], attributes)
        },
        "Reshape": { (file, layer) throws(InterchangeError) in
            let sizes = [layer.integer(2, -233), layer.integer(1, -233), layer.integer(0, -233)]
            guard layer.integer(11, -233) == -233 else { return file.refuse(layer, argument: 11) }
            // A 0 stands for a size of what is reshaped, which may have another number of dimensions.
            if let index = sizes.firstIndex(of: 0) { return file.refuse(layer, argument: 2 - index) }
            guard layer.inputs.count == 1, sizes.allSatisfy({ $0 > 0 || $0 == -1 || $0 == -233 }), sizes[2] != -233 else {
                return file.refuse(layer, argument: 0)
            }
            // A line of numbers is a pixel with as many channels; a matrix is a channel.
            let isLine = sizes[0] == -233 && sizes[1] == -233
            let image = isLine ? [sizes[2], 1, 1] : sizes.map { $0 == -233 ? 1 : $0 }
            try file.addReshape(layer, [0] + image)
        },
        "Tile": { (file, layer) throws(InterchangeError) in
            var counts = layer.integers(2) ?? []
            if counts.isEmpty {
                counts = [1, 1, 1]
                counts[try file.axis(layer.integer(0, 0), layer, argument: 0) - 1] = layer.integer(1, 1)
            }
            guard counts.count == 3 else { return file.refuse(layer, argument: 2) }
            let repeats = file.keep(ForeignTensor(shape: [4], integers: [1] + counts), "repeats", of: layer)
            try file.add("Tile", layer, inputs: layer.inputs + [repeats])
        },
        "Flatten": { (file, layer) throws(InterchangeError) in try file.addReshape(layer, [0, -1, 1, 1]) },
        "Padding": { (file, layer) throws(InterchangeError) in
            let modes = ["constant", "edge", "reflect"]
            guard layer.inputs.count == 1, modes.indices.contains(layer.integer(4, 0)) else {
                return file.refuse(layer, argument: 4)
            }
            guard layer.integer(6, 0) == 0 else { return file.refuse(layer, argument: 6) }
            let pads =
                [0, layer.integer(7, 0), layer.integer(0, 0), layer.integer(2, 0)]
                + [0, layer.integer(8, 0), layer.integer(1, 0), layer.integer(3, 0)]
            let sizes = file.keep(ForeignTensor(shape: [8], integers: pads), "pads", of: layer)
            let value = file.keep(ForeignTensor(shape: [], floats: [Float(layer.float(5, 0))]), "value", of: layer)
            try file.add(
                "Pad", layer, inputs: layer.inputs + [sizes, value], ["mode": .text(modes[layer.integer(4, 0)])])
        },
    ]

    /// The axis in ONNX's count, where a picture of the batch comes first. ncnn's values of images have three.
    func axis(_ axis: Int, _ layer: NCNNLayer, argument: Int) throws(InterchangeError) -> Int {
        guard (-3..<3).contains(axis) else { throw fault(layer, argument: argument) }
        return axis < 0 ? axis + 4 : axis + 1
    }

    private mutating func addReshape(_ layer: NCNNLayer, _ sizes: [Int]) throws(InterchangeError) {
        let shape = keep(ForeignTensor(shape: [sizes.count], integers: sizes), "shape", of: layer)
        try add("Reshape", layer, inputs: layer.inputs + [shape])
    }

    private enum Sides {
        case value(String)
        case numbers([Int])
    }

    /// The sizes of a layer's first operand, with other sides.
    private mutating func addSizes(_ layer: NCNNLayer, of sides: Sides) throws(InterchangeError) -> String {
        /// Two of the four sizes of a value.
        func part(_ value: String, from start: Int) throws(InterchangeError) -> String {
            let shape = "\(layer.name).shape\(start)", part = "\(layer.name).sizes\(start)"
            try add("Shape", layer, inputs: [value], outputs: [shape])
            let bounds = [(start, "start"), (start + 2, "end")].map { bound, name in
                keep(ForeignTensor(shape: [1], integers: [bound]), "\(name)\(start)", of: layer)
            }
            try add("Slice", layer, inputs: [shape] + bounds, outputs: [part])
            return part
        }
        guard let first = layer.inputs.first else { throw fault(layer, argument: 0) }
        let kept = try part(first, from: 0), result = "\(layer.name).sizes"
        let given =
            switch sides {
            case .value(let value): try part(value, from: 2)
            case .numbers(let numbers): keep(ForeignTensor(shape: [2], integers: numbers), "sides", of: layer)
            }
        try add("Concat", layer, inputs: [kept, given], outputs: [result], ["axis": .integer(0)])
        return result
    }

    private mutating func addSlice(
        _ layer: NCNNLayer, axes: [Int], starts: [Int], ends: [Int], output: String
    ) throws(InterchangeError) {
        var names: [String] = []
        for (part, numbers) in [("starts", starts), ("ends", ends), ("axes", axes)] {
            names.append(keep(ForeignTensor(shape: [numbers.count], integers: numbers), "\(output).\(part)", of: layer))
        }
        try add("Slice", layer, inputs: Array(layer.inputs.prefix(1)) + names, outputs: [output])
    }
}
