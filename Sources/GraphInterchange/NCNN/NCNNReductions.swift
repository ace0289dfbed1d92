/// Layers that make one number of many.
extension NCNNFile {
    static let reductionLayers: [String: LayerReader] = [
        "Pooling": { (file, layer) throws(InterchangeError) in
            let isMaximum = layer.integer(0, 0) == 0
            guard layer.integer(7, 0) == 0 else { return file.refuse(layer, argument: 7) }
            if layer.integer(4, 0) != 0 {
                return try file.add(isMaximum ? "GlobalMaxPool" : "GlobalAveragePool", layer)
            }
            let left = layer.integer(3, 0)
            let top = layer.integer(13, left)
            var attributes: [String: ForeignAttribute] = [
                "kernel_shape": .integers([layer.integer(11, layer.integer(1, 0)), layer.integer(1, 0)]),
                "strides": .integers([layer.integer(12, layer.integer(2, 1)), layer.integer(2, 1)]),
            ]
            switch layer.integer(5, 0) {
            case 0: attributes["ceil_mode"] = .integer(1)
            case 1: break
            case 2: attributes["auto_pad"] = .text("SAME_UPPER")
            case 3: attributes["auto_pad"] = .text("SAME_LOWER")
            default: throw file.fault(layer, argument: 5)
            }
            if attributes["auto_pad"] == nil {
                attributes["pads"] = .integers([top, left, layer.integer(15, top), layer.integer(14, left)])
            }
            if !isMaximum { attributes["count_include_pad"] = .integer(layer.integer(6, 0)) }
            try file.add(isMaximum ? "MaxPool" : "AveragePool", layer, attributes)
        },
        "Reduction": { (file, layer) throws(InterchangeError) in
            let ops = [0: "ReduceSum", 3: "ReduceMean", 4: "ReduceMax", 5: "ReduceMin"]
            guard let op = ops[layer.integer(0, 0)] else { return file.refuse(layer, argument: 0) }
            guard layer.float(2, 1) == 1 else { return file.refuse(layer, argument: 2) }
            var axes = [1, 2, 3]
            if layer.integer(1, 1) == 0 {
                axes = try (layer.integers(3) ?? []).map { axis throws(InterchangeError) in
                    try file.axis(axis, layer, argument: 3)
                }
            }
            let names = file.keep(ForeignTensor(shape: [axes.count], integers: axes), "axes", of: layer)
            // A value of one pixel stays an image: what reads it broadcasts it in any case.
            try file.add(op, layer, inputs: layer.inputs + [names], ["keepdims": .integer(1)])
        },
        "InstanceNorm": { (file, layer) throws(InterchangeError) in
            // Where nothing is trained, one factor and one shift are those of all channels.
            var scale = ForeignTensor(shape: [1], floats: [1]), shift = ForeignTensor(shape: [1], floats: [0])
            if layer.integer(2, 1) != 0 {
                scale = try file.weights.plain([layer.integer(0, 0)], of: layer)
                shift = try file.weights.plain([layer.integer(0, 0)], of: layer)
            }
            try file.add(
                "InstanceNormalization", layer,
                inputs: layer.inputs + [file.keep(scale, "weight", of: layer), file.keep(shift, "bias", of: layer)],
                ["epsilon": .float(layer.float(1, 0.001))])
        },
        "GroupNorm": { (file, layer) throws(InterchangeError) in
            let channels = layer.integer(1, 0)
            guard (1...1 << 16).contains(channels) else { throw file.fault(layer, argument: 1) }
            var scale = ForeignTensor(shape: [channels], floats: Array(repeating: 1, count: channels))
            var shift = ForeignTensor(shape: [channels], floats: Array(repeating: 0, count: channels))
            if layer.integer(3, 1) != 0 {
                scale = try file.weights.plain([channels], of: layer)
                shift = try file.weights.plain([channels], of: layer)
            }
            try file.add(
                "GroupNormalization", layer,
                inputs: layer.inputs + [file.keep(scale, "weight", of: layer), file.keep(shift, "bias", of: layer)],
                ["num_groups": .integer(layer.integer(0, 1)), "epsilon": .float(layer.float(2, 0.001))])
        },
        "Softmax": { (file, layer) throws(InterchangeError) in
            try file.add("Softmax", layer, ["axis": .integer(try file.axis(layer.integer(0, 0), layer, argument: 0))])
        },
    ]
}
