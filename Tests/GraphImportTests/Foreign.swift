import GraphFiles
import GraphIR
import GraphImport
import GraphInterchange
import GraphModel
import GraphTestSupport
import SystemPackage

/// A network in ONNX's words, written to a file and imported.
struct ForeignNetwork {
    var model: ForeignModel
    var opset = 17

    init(
        _ nodes: [ForeignNode], tensors: [String: ForeignTensor] = [:], input: [ForeignValue.Size] = image(3),
        element: ForeignElement = .f32, output: String = "y"
    ) {
        model = ForeignModel(
            path: "net.onnx", format: .onnx(opset: 17), inputs: [ForeignValue(name: "x", element: element, sizes: input)],
            outputs: [ForeignValue(name: output, element: .f32, sizes: nil)], nodes: nodes, tensors: tensors)
    }

    static func image(_ channels: Int) -> [ForeignValue.Size] {
        [.symbol("n"), .known(channels), .symbol("rows"), .symbol("columns")]
    }

    func imported(pixels: PixelRange = .tensors) throws -> NetworkImport {
        let folder = TemporaryFolder()
        let path = folder.file("net.onnx")
        try ONNXWriter(model, opset: opset, name: "net", producer: ("test", "1")).write(to: path)
        return try NetworkImport(contentsOf: path, pixels: pixels)
    }

    /// What the imported network makes of an image `[1, H, W, C]`.
    func result(of x: Tensor<Float>, pixels: PixelRange = .tensors) throws -> Tensor<Float> {
        let results = try imported(pixels: pixels).model().run(.forward, inputs: ["x": x], by: .interpreted)
        return results.outputs.values.first ?? x
    }
}

func node(
    _ op: String, _ inputs: [String], _ outputs: [String] = ["y"], _ attributes: [String: ForeignAttribute] = [:]
) -> ForeignNode {
    ForeignNode(op, name: "\(op)_\(outputs.first ?? "")", inputs: inputs, outputs: outputs, attributes: attributes)
}
