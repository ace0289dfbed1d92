import GraphIR
import GraphInterchange
import GraphModel
import GraphTestSupport
import Testing

@testable import GraphImport

/// Models as ONNX: what is written is imported as the same operations with the same weights.
@Suite struct NetworkExportTests {
    private let source = SourceText(
        """
        graph net(lr: u8[N, H, W, 3]) -> (sr: f32[N, 2*H, 2*W, 3]) {
          weight mean: f32[3] ~ constant(0.5) @mean
          head = conv<8>(f32(lr) / 255 - mean) @head
          a = leaky_relu(conv<8>(head) @body.0, slope = 0.1)
          weight slope: f32[8] ~ constant(0.25) @body.1.slope
          b = prelu(conv<8>(a) @body.1, slope)
          d = spread(depthwise(b) @body.2) @body.3
          u = concat(head, d, clip(b, -1, 1), sigmoid(a) * tanh(b), abs(a))
          sr = 255 * depth_to_space(conv<12>(u) @tail, block = 2)
        }
        block conv<out: int>(x: f32[N, H, W, C]) -> (y: f32[N, H, W, out]) {
          weight filter: f32[3, 3, C, out] ~ glorot_uniform
          weight bias: f32[out] ~ constant(0.1)
          y = conv2d(x, filter, pad = same) + bias
        }
        block depthwise(x: f32[N, H, W, C]) -> (y: f32[N, H, W, C]) {
          weight filter: f32[3, 3, 1, C] ~ glorot_uniform
          weight bias: f32[C] ~ constant(0.1)
          y = conv2d(x, filter, groups = C) + bias
        }
        block spread(x: f32[N, H, W, C]) -> (y: f32[N, H, W, C]) {
          weight filter: f32[3, 3, C//2, C] ~ glorot_uniform
          weight bias: f32[C] ~ zeros
          y = conv2d(x, filter, dilation = 2, groups = 2) + bias
        }
        predict net -> (image: u8[N, 2*H, 2*W, 3]) { image = u8(round(clip(sr, 0, 255))) }
        """, name: "net.graph")

    @Test(arguments: [NetworkExport.Pixels.floats, .bytes])
    func whatIsExportedIsImportedAsTheSame(pixels: NetworkExport.Pixels) throws {
        let model = try Model(source: source, seed: 3)
        let folder = TemporaryFolder()
        let file = folder.file("net.onnx")
        try NetworkExport(model, pixels: pixels).write(to: file)
        let imported = try NetworkImport(contentsOf: file, pixels: .bytes)
        let again = try imported.model()
        let role: Role = pixels == .floats ? .forward : .predict
        let first = try #require(try model.module(at: .elaborated)[role])
        let second = try #require(try again.module(at: .elaborated)[pixels == .floats ? .forward : .predict])
        #expect(GraphForm(first).steps.count == GraphForm(second).steps.count, "\(imported.source.text)")
        let paths = model.parameters.tensors.map(\.path)
        #expect(Set(again.parameters.tensors.map(\.path)) == Set(paths))
        for path in paths { #expect(again.parameters.values(of: path) == model.parameters.values(of: path), "\(path)") }
        let picture = Tensor<Float>(shape: [1, 4, 5, 3], values: (0..<60).map { Float($0 * 37 % 256) })
        let one = try model.run(role, inputs: ["lr": picture], by: .interpreted).outputs
        let other = try again.run(role, inputs: ["lr": picture], by: .interpreted).outputs
        #expect(one.values.first == other.values.first)
    }

    /// Keys' kernel at distances of 1.75, 0.75, 0.25 and 1.25 pixels, and its mirror image.
    @Test func bicubicEnlargementIsAConvolution() throws {
        let taps: [Float] = [-0.0234375, 0.2265625, 0.8671875, -0.0703125, 0]
        #expect(NetworkWriter.bicubicTaps(factor: 2) == [taps, taps.reversed()])
        for factor in 1...5 {
            for row in NetworkWriter.bicubicTaps(factor: factor) { #expect(abs(row.reduce(0, +) - 1) < 1e-6) }
        }
        let text = SourceText(
            "graph net(x: f32[N, H, W, 3]) -> (y: f32[N, 2*H, 2*W, 3]) { y = resize_bicubic(x, factor = 2) }",
            name: "net.graph")
        let network = try NetworkExport(Model(source: text)).network
        #expect(network.nodes.count { $0.op == "Slice" } == 8)
        #expect(network.nodes.suffix(2).map(\.op) == ["Conv", "DepthToSpace"])
        #expect(Set(network.nodes.flatMap(\.outputs)).count == network.nodes.count)
        #expect(network.tensors["bicubic_2"]?.shape == [12, 1, 5, 5])
    }

    /// Values of fewer dimensions than an image stand at its last ones here, and at its second there.
    @Test(arguments: [
        "x * sqrt(mean(x * x, axes = [0, 1, 2]) + 1)", "x - mean(x, axes = [0, 1])", "prelu(x, exp(s))",
    ])
    func computedValuesBroadcastAsTheyDo(_ expression: String) throws {
        let text = SourceText(
            """
            graph net(x: f32[N, H, W, 4]) -> (y: f32[N, H, W, 4]) {
              weight s: f32[4] ~ constant(-0.5) @s
              y = 0 * s + (\(expression))
            }
            """, name: "net.graph")
        let model = try Model(source: text)
        let folder = TemporaryFolder()
        try NetworkExport(model).write(to: folder.file("net.onnx"))
        let again = try NetworkImport(contentsOf: folder.file("net.onnx"), pixels: .tensors).model()
        // As wide as there are channels, where another order would not be seen by sizes.
        let x = Tensor<Float>(shape: [4, 3, 4, 4], values: (0..<192).map { Float($0 * 37 % 101) - 50 })
        let one = try model.run(.forward, inputs: ["x": x], by: .interpreted).outputs
        let other = try again.run(.forward, inputs: ["x": x], by: .interpreted).outputs
        #expect(one == other)
    }

    @Test func poolingIsONNXs() throws {
        let text = SourceText(
            """
            graph net(x: f32[N, H, W, 3]) -> (y: f32[N, H//2, W, 6]) {
              y = concat(max_pool(x, size = [2, 3], stride = [2, 1], pad = [0, 1]),
                avg_pool(x, size = [2, 1], stride = [2, 1], count_pad = false))
            }
            """, name: "net.graph")
        let nodes = try NetworkExport(Model(source: text)).network.nodes
        #expect(nodes.map(\.op) == ["MaxPool", "AveragePool", "Concat"])
        #expect(nodes[0].attributes["kernel_shape"] == .integers([2, 3]))
        #expect(nodes[0].attributes["strides"] == .integers([2, 1]))
        #expect(nodes[0].attributes["pads"] == .integers([0, 1, 0, 1]))
        #expect(nodes[1].attributes["count_include_pad"] == .integer(0))
    }

    /// Products, rearrangements and sizes that are open, by ONNX's ops and back.
    @Test(arguments: [
        ("[N, H, W, 4]", "softmax(matmul(x, w))"), ("[N, H, W, 4]", "softmax(x, axis = 1)"),
        ("[N, H*W, 4]", "matmul(reshape(x, [N, H*W, 4]), w, transpose_b = true)"),
        ("[N, H, H]", "matmul(mean(x, axes = [2]), mean(x, axes = [2]), transpose_b = true)"),
        ("[N, W, H, 4]", "transpose(x, [0, 2, 1, 3])"),
        ("[N, 2, H, 2, W]", "transpose(reshape(x, [N, H, W, 2, 2]), [0, 3, 1, 4, 2])"),
        ("[N, 2*H, 2*W, 1]", "reshape(transpose(reshape(x, [N, H, W, 2, 2]), [0, 1, 3, 2, 4]), [N, 2*H, 2*W, 1])"),
        ("[N, H, W, 4]", "where(x < 0.5, x * x, 1)"), ("[N, 4]", "mean(x, axes = [1, 2])"),
        ("[N, W, 4]", "sum(x, axes = [1])"), ("[N, H, W]", "reduce_max(x, axes = [3])"),
        ("[N, H, W, 4]", "resize(max_pool(x, size = 2, stride = 2), height = H, width = W)"),
        ("[N, H - H//2, W, 4]", "slice(x, axis = 1, start = H//2, length = H - H//2)"),
        ("[N, H - 1, 2*W, 4]", "resize(x, height = H - 1, width = 2*W, mode = nearest)"),
    ])
    func arrangementsAndProductsComeBack(shape: String, expression: String) throws {
        let weight = expression.contains("w)") || expression.contains("w,") ? "weight w: f32[4, 4] ~ glorot_uniform @w" : ""
        let text = "graph net(x: f32[N, H, W, 4]) -> (y: f32\(shape)) {\n  \(weight)\n  y = \(expression)\n}"
        let model = try Model(source: SourceText(text, name: "net.graph"), seed: 4)
        let folder = TemporaryFolder()
        let file = folder.file("net.onnx")
        try NetworkExport(model).write(to: file)
        let again = try NetworkImport(contentsOf: file, pixels: .tensors).model()
        let x = Tensor<Float>(shape: [2, 4, 6, 4], values: (0..<192).map { Float($0 * 37 % 101) / 100 })
        let one = try model.run(.forward, inputs: ["x": x], by: .interpreted).outputs["y"]
        #expect(try again.run(.forward, inputs: ["x": x], by: .interpreted).outputs["y"] == one)
        // A weight that is read transposed is imported as it is read.
        guard !expression.contains("w, transpose_b") else { return }
        #expect(try simplified(again) == simplified(model))
    }

    /// The simplified operations, whatever weights are drawn from.
    private func simplified(_ model: Model) throws -> [GraphForm.Step] {
        try GraphForm(#require(model.module(at: .simplified)[.forward])).steps.filter { step in
            if case .operation = step.content { true } else { false }
        }
    }

    @Test func opsWithoutACounterpartAreToldTogether() throws {
        let text = SourceText(
            """
            graph net(x: f32[N, 4, 4, 3]) -> (y: f32[]) { y = psnr(x, x, max = 1) }
            """, name: "net.graph")
        let error = #expect(throws: ExportError.self) { try NetworkExport(Model(source: text)) }
        #expect(error?.description == "'net' cannot be written as ONNX: it has no counterpart of psnr")
    }
}
