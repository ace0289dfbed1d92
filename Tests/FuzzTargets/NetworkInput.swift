@testable import GraphFiles
@testable import GraphImport
@testable import GraphInterchange

/// An ONNX file, or ncnn's two files with a zero between them. What is made of a network is read back.
func takeNetwork(_ bytes: [UInt8]) {
    guard let network = try? foreignModel(bytes) else { return }
    for pixels in [PixelRange.tensors, .unit] {
        do { _ = try NetworkImport(network, pixels: pixels) } catch {
            if case .readsBackDifferently = error { preconditionFailure("\(error)") }
        }
    }
}

private func foreignModel(_ bytes: [UInt8]) throws -> ForeignModel {
    guard bytes.starts(with: NCNNFile.signature) else { return try ONNXFile(InputFile(bytes, name: "fuzz")).model }
    let end = bytes.firstIndex(of: 0) ?? bytes.endIndex
    let text = InputFile(Array(bytes[..<end]), name: "fuzz"), weights = InputFile(Array(bytes[end...].dropFirst()), name: "fuzz")
    return try NCNNFile(text, weights: weights).model
}

/// A network around each operation that there is a translator for, and one of ncnn's.
func networkSeeds() throws -> [String: [UInt8]] {
    var seeds = ["ncnn": ncnnSeed]
    for (index, op) in translators.keys.sorted().enumerated() {
        let hasNumbers = index % 2 == 1, isOld = index % 3 == 0
        let writer = try ONNXWriter(
            network(around: op, hasNumbers: hasNumbers), opset: isOld ? 10 : 17, name: "g", producer: ("fuzz", "1"))
        seeds["\(op).onnx"] = writer.bytes
    }
    return seeds
}

/// The operation stands between a convolution and a pixel shuffle.
private func network(around op: String, hasNumbers: Bool) -> ForeignModel {
    func size(_ number: Int) -> ForeignTensor { ForeignTensor(shape: [1], integers: [number]) }
    return ForeignModel(
        path: "", format: .onnx(opset: 17),
        inputs: [ForeignValue(name: "x", element: .f32, sizes: [.symbol("n"), .known(3), .symbol("h"), .known(6)])],
        outputs: [ForeignValue(name: "y", element: .f32, sizes: nil)],
        nodes: [
            ForeignNode(
                "Conv", name: "a", inputs: ["x", "a.w"], outputs: ["a"], attributes: ["pads": .integers([1, 1, 1, 1])]),
            ForeignNode(op, name: "b", inputs: hasNumbers ? ["a", "one", "two", "three"] : ["a"], outputs: ["b"]),
            ForeignNode(
                "DepthToSpace", name: "c", inputs: ["b"], outputs: ["y"],
                attributes: ["blocksize": .integer(2), "mode": .text("CRD"), "axis": .integer(1), "alpha": .float(0.5)]),
        ],
        tensors: [
            "a.w": ForeignTensor(shape: [4, 3, 3, 3], floats: (0..<108).map { Float($0 % 7) }), "one": size(1), "two": size(2),
            "three": size(3),
        ])
}

private var ncnnSeed: [UInt8] {
    let layers = [
        "7767517", "4 4", "Input in 0 1 x", "Convolution c 1 1 x h 0=4 1=3 4=1 5=1 6=108 9=2 -23310=1,0.5",
        "PReLU p 1 1 h i 0=4", "PixelShuffle s 1 1 i y 0=2",
    ]
    // One number that names the storage, 108 of the filter, four of the bias, four slopes.
    return Array(layers.joined(separator: "\n").utf8) + [0] + [UInt8](repeating: 0, count: 4 * (1 + 108 + 4 + 4))
}
