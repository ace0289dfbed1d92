/// Layers that make one number of many.
extension NCNNFile {
    static let reductionLayers: [String: LayerReader] = [
        "Pooling": { (file, layer) throws(InterchangeError) in
            let isMaximum = layer.integer(0, 0) == 0
            guard layer.integer(7, 0) == 0 else { throw file.fault(layer, argument: 7) }
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
            guard let op = ops[layer.integer(0, 0)], layer.float(2, 1) == 1 else { throw file.fault(layer, argument: 0) }
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
        "Softmax": { (file, layer) throws(InterchangeError) in
            try file.add("Softmax", layer, ["axis": .integer(try file.axis(layer.integer(0, 0), layer, argument: 0))])
        },
    ]
}
