/// Layers that compute element by element.
extension NCNNFile {
    static let pointwiseLayers: [String: LayerReader] = [
        "PReLU": { (file, layer) throws(InterchangeError) in
            let count = layer.integer(0, 0)
            guard count > 0 else { throw file.fault(layer, argument: 0) }
            let slope = try file.weights.plain(count == 1 ? [1] : [count, 1, 1], of: layer)
            try file.add("PRelu", layer, inputs: layer.inputs + [file.keep(slope, "slope", of: layer)])
        },
        "ReLU": { (file, layer) throws(InterchangeError) in
            let slope = layer.float(0, 0)
            try slope == 0 ? file.add("Relu", layer) : file.add("LeakyRelu", layer, ["alpha": .float(slope)])
        },
        "Sigmoid": { (file, layer) throws(InterchangeError) in try file.add("Sigmoid", layer) },
        "TanH": { (file, layer) throws(InterchangeError) in try file.add("Tanh", layer) },
        "AbsVal": { (file, layer) throws(InterchangeError) in try file.add("Abs", layer) },
        "Mish": { (file, layer) throws(InterchangeError) in try file.add("Mish", layer) },
        "Swish": { (file, layer) throws(InterchangeError) in
            let gate = "\(layer.name).gate"
            try file.add("Sigmoid", layer, outputs: [gate])
            try file.add("Mul", layer, inputs: layer.inputs + [gate])
        },
        "ELU": { (file, layer) throws(InterchangeError) in
            try file.add("Elu", layer, ["alpha": .float(layer.float(0, 0.1))])
        },
        "SELU": { (file, layer) throws(InterchangeError) in
            try file.add(
                "Selu", layer,
                ["alpha": .float(layer.float(0, 1.67326324)), "gamma": .float(layer.float(1, 1.050700987))])
        },
        "Softplus": { (file, layer) throws(InterchangeError) in try file.add("Softplus", layer) },
        "Erf": { (file, layer) throws(InterchangeError) in try file.add("Erf", layer) },
        "GELU": { (file, layer) throws(InterchangeError) in
            try file.add("Gelu", layer, ["approximate": .text(layer.integer(0, 0) != 0 ? "tanh" : "none")])
        },
        "Clip": { (file, layer) throws(InterchangeError) in
            try file.add("Clip", layer, ["min": .float(layer.float(0, -.infinity)), "max": .float(layer.float(1, .infinity))])
        },
        "HardSigmoid": { (file, layer) throws(InterchangeError) in
            try file.add(
                "HardSigmoid", layer, ["alpha": .float(layer.float(0, 0.2)), "beta": .float(layer.float(1, 0.5))])
        },
        "HardSwish": { (file, layer) throws(InterchangeError) in
            guard let x = layer.inputs.first else { throw file.fault(layer, argument: 0) }
            try file.addHardSwish(layer, x, alpha: layer.float(0, 0.2), beta: layer.float(1, 0.5))
        },
        "BinaryOp": { (file, layer) throws(InterchangeError) in
            let type = layer.integer(0, 0)
            guard let (op, isTurned) = binaryOps[type] else { return file.refuse(layer, argument: 0) }
            var operands = layer.inputs
            if layer.integer(1, 0) != 0 {
                operands.append(file.keep(ForeignTensor(shape: [], floats: [Float(layer.float(2, 0))]), "number", of: layer))
            }
            guard operands.count == 2 else { throw file.fault(layer, argument: 1) }
            try file.add(op, layer, inputs: isTurned ? operands.reversed() : operands)
        },
        "UnaryOp": { (file, layer) throws(InterchangeError) in
            let type = layer.integer(0, 0)
            if type == 4 { return try file.add("Mul", layer, inputs: layer.inputs + layer.inputs) }
            if type == 6 {
                let root = "\(layer.name).root"
                try file.add("Sqrt", layer, outputs: [root])
                return try file.add("Reciprocal", layer, inputs: [root])
            }
            guard let op = unaryOps[type] else { return file.refuse(layer, argument: 0) }
            try file.add(op, layer)
        },
        "Eltwise": { (file, layer) throws(InterchangeError) in
            let ops = [0: "Mul", 1: "Add", 2: "Max"]
            guard let op = ops[layer.integer(0, 0)], layer.inputs.count >= 2 else { throw file.fault(layer, argument: 0) }
            let factors = layer.floats(1)
            guard factors.isEmpty || op == "Add" && factors.count == layer.inputs.count else {
                throw file.fault(layer, argument: 1)
            }
            var operands = layer.inputs
            for (index, factor) in factors.enumerated() where factor != 1 {
                let number = file.keep(ForeignTensor(shape: [], floats: [Float(factor)]), "factor\(index)", of: layer)
                let scaled = "\(layer.name).scaled\(index)"
                try file.add("Mul", layer, inputs: [operands[index], number], outputs: [scaled])
                operands[index] = scaled
            }
            for index in 1..<operands.count {
                let isLast = index == operands.count - 1
                let result = isLast ? layer.outputs : ["\(layer.name).\(index)"]
                try file.add(op, layer, inputs: [operands[index - 1], operands[index]], outputs: result)
                operands[index] = result.first ?? ""
            }
        },
    ]

    /// x·clip(alpha·x + beta, 0, 1).
    mutating func addHardSwish(_ layer: NCNNLayer, _ x: String, alpha: Double, beta: Double) throws(InterchangeError) {
        let gate = "\(layer.name).gate"
        try add("HardSigmoid", layer, inputs: [x], outputs: [gate], ["alpha": .float(alpha), "beta": .float(beta)])
        try add("Mul", layer, inputs: [x, gate])
    }

    /// ONNX's op, and whether it takes the second operand first.
    private static let binaryOps: [Int: (String, isTurned: Bool)] = [
        0: ("Add", false), 1: ("Sub", false), 2: ("Mul", false), 3: ("Div", false), 4: ("Max", false), 5: ("Min", false),
        6: ("Pow", false), 7: ("Sub", true), 8: ("Div", true), 9: ("Pow", true),
    ]

    private static let unaryOps: [Int: String] = [
        0: "Abs", 1: "Neg", 2: "Floor", 3: "Ceil", 5: "Sqrt", 7: "Exp", 8: "Log", 15: "Reciprocal", 16: "Tanh", 18: "Round",
    ]
}
