import Foundation
import GraphInterchange
import GraphIR
import GraphModel
import GraphPack
import GraphTestSupport
import SystemPackage
import Testing

@testable import GraphImport

/// Weights under the names of other programs, by the rules beside the graphs that ship.
@Suite struct CheckpointImportTests {
    private static let graphs = FilePath(
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../Graphs").standardized.path)

    /// A layer's weight and bias.
    private func layer(_ name: String, _ shape: [Int], hasBias: Bool = true) -> [PackedTensor] {
        var generator = RepeatableGenerator(seed: UInt64(name.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF }))
        func tensor(_ name: String, _ shape: [Int]) -> PackedTensor {
            PackedTensor(path: name, shape: shape, values: (0..<shape.reduce(1, *)).map { _ in 0.2 * generator.nextNormal() })
        }
        return [tensor("\(name).weight", shape)] + (hasBias ? [tensor("\(name).bias", [shape[0]])] : [])
    }

    private func imported(_ tensors: [PackedTensor], prefix: String = "") throws -> CheckpointImport {
        let folder = TemporaryFolder()
        let file = folder.file("w.safetensors")
        try SafeTensors(tensors: tensors.map { PackedTensor(path: prefix + $0.path, shape: $0.shape, values: $0.values) }).write(
            to: file)
        return try CheckpointImport(contentsOf: file, rulesIn: Self.graphs)
    }

    private let picture = Tensor<Float>(shape: [1, 5, 4, 3], values: (0..<60).map { Float($0 * 91 % 256) })

    private func enlarged(_ checkpoint: CheckpointImport) throws -> Tensor<Float> {
        let results = try checkpoint.model().run(.forward, inputs: ["lr": picture], by: .interpreted)
        return try #require(results.outputs["sr"])
    }

    @Test func compactNetworksAreRead() throws {
        let tensors =
            layer("body.0", [4, 3, 3, 3]) + layer("body.1", [4], hasBias: false) + layer("body.2", [4, 4, 3, 3])
            + layer("body.3", [4], hasBias: false) + layer("body.4", [12, 4, 3, 3])
        let checkpoint = try imported(tensors, prefix: "params_ema.")
        #expect(
            checkpoint.notes == [
                "it is srvgg.graph with filters = 4, convs = 1, scale = 2", "names of its tensors begin behind 'params_ema.'",
            ])
        #expect(try enlarged(checkpoint).shape == [1, 10, 8, 3])
    }

    /// Layers of a network of dense blocks, under its names of today: filters 4, growth 2, two blocks.
    private func denseBlocks(inputs: Int = 3, colors: Int = 3, enlargements: Int = 2) -> [(name: String, shape: [Int])] {
        var layers: [(name: String, shape: [Int])] = [("conv_first", [4, inputs, 3, 3])]
        for block in 0..<2 {
            for dense in 1...3 {
                for conv in 1...5 {
                    layers.append(("body.\(block).rdb\(dense).conv\(conv)", [conv == 5 ? 4 : 2, 4 + 2 * (conv - 1), 3, 3]))
                }
            }
        }
        let upward = (1...3).prefix(enlargements).map { "conv_up\($0)" }
        layers += (["conv_body"] + upward + ["conv_hr"]).map { ($0, [4, 4, 3, 3]) }
        return layers + [("conv_last", [colors, 4, 3, 3])]
    }

    /// The layers with their names of 2018, which count.
    private func named2018(_ name: String, enlargements: Int) -> String {
        let parts = name.split(separator: ".")
        if parts.count == 4 { return "model.1.sub.\(parts[1]).\(parts[2].uppercased()).\(parts[3]).0" }
        switch name {
        case "conv_first": return "model.0"
        case "conv_body": return "model.1.sub.2"
        case "conv_hr": return "model.\(2 + 3 * enlargements)"
        case "conv_last": return "model.\(4 + 3 * enlargements)"
        default: return "model.\(3 * Int(name.suffix(1))!)"
        }
    }

    /// The layers with the names of ESRGAN's authors.
    private func namedByAuthors(_ name: String) -> String {
        let parts = name.split(separator: ".")
        if parts.count == 4 { return "RRDB_trunk.\(parts[1]).\(parts[2].uppercased()).\(parts[3])" }
        switch name {
        case "conv_body": return "trunk_conv"
        case "conv_hr": return "HRconv"
        default: return name.replacing("conv_up", with: "upconv")
        }
    }

    private func checkpoint(
        _ layers: [(name: String, shape: [Int])], named: (String) -> String = { $0 }
    ) throws -> CheckpointImport {
        try imported(
            layers.flatMap { name, shape in
                layer(name, shape).map { tensor in
                    PackedTensor(path: tensor.path.replacing(name, with: named(name)), shape: tensor.shape, values: tensor.values)
                }
            })
    }

    /// The names of today, those of the authors and those of 2018 are the same network.
    @Test func allNamesOfDenseBlocksAreRead() throws {
        let today = try checkpoint(denseBlocks())
        #expect(
            today.notes == [
                "it is rrdb.graph with filters = 4, growth = 2, blocks = 2, colors = 3, scale = 4, unshuffle = 1"
            ])
        let result = try enlarged(today)
        #expect(result.shape == [1, 20, 16, 3])
        for other in [
            try checkpoint(denseBlocks(), named: namedByAuthors),
            try checkpoint(denseBlocks(), named: { named2018($0, enlargements: 2) }),
        ] {
            #expect(other.notes == today.notes)
            #expect(try enlarged(other) == result)
        }
    }

    @Test(arguments: [(0, 1), (1, 2), (3, 8)])
    func denseBlocksOfOtherScalesAreRead(enlargements: Int, scale: Int) throws {
        let layers = denseBlocks(enlargements: enlargements)
        let found = try checkpoint(layers, named: { named2018($0, enlargements: enlargements) })
        #expect(try enlarged(found).shape == [1, 5 * scale, 4 * scale, 3])
    }

    /// RealESRGAN_x2plus, and the same of one colour.
    @Test(arguments: [3, 1])
    func squaresOfPixelsBecomeChannelsFirst(colors: Int) throws {
        let found = try checkpoint(denseBlocks(inputs: 4 * colors, colors: colors))
        #expect(
            found.notes == [
                "it is rrdb.graph with filters = 4, growth = 2, blocks = 2, colors = \(colors), scale = 2, unshuffle = 2"
            ])
        let picture = Tensor<Float>(shape: [1, 4, 6, colors], values: (0..<24 * colors).map { Float($0 * 91 % 256) })
        let results = try found.model().run(.forward, inputs: ["lr": picture], by: .interpreted)
        #expect(results.outputs["sr"]?.shape == [1, 8, 12, colors])
        // The first filter's inputs are the colours of the first pixel, of the second and so on; PyTorch's are the pixels of a colour.
        let filter = layer("conv_first", [4, 4 * colors, 3, 3])[0].values
        let ours = try #require(found.weights.first { $0.path == "conv_first.weight" })
        for pixel in 0..<4 {
            for color in 0..<colors {
                #expect(ours.values[(pixel * colors + color) * 4] == filter[(color * 4 + pixel) * 9])
            }
        }
    }

    /// BasicSR's SRResNet without batch norm, under its names of today and before.
    @Test(arguments: [2, 3, 4])
    func residualNetworksWithoutNormAreRead(scale: Int) throws {
        let shuffled = scale == 3 ? 36 : 16
        var layers: [(name: String, shape: [Int])] = [("conv_first", [4, 3, 3, 3])]
        for block in 0..<2 { layers += (1...2).map { ("body.\(block).conv\($0)", [4, 4, 3, 3]) } }
        layers += (1...2).prefix(scale == 4 ? 2 : 1).map { ("upconv\($0)", [shuffled, 4, 3, 3]) }
        layers += [("conv_hr", [4, 4, 3, 3]), ("conv_last", [3, 4, 3, 3])]
        let today = try checkpoint(layers)
        let before = try checkpoint(
            layers, named: { $0.replacing("body", with: "recon_trunk").replacing("conv_hr", with: "HRconv") })
        #expect(today.notes == ["it is msrresnet.graph with filters = 4, blocks = 2, scale = \(scale)"])
        #expect(before.notes == today.notes)
        let result = try enlarged(today)
        #expect(result.shape == [1, 5 * scale, 4 * scale, 3])
        #expect(try enlarged(before) == result)
    }

    @Test func networksOfDistillationAndAttentionAreRead() throws {
        var imdn = layer("fea_conv", [16, 3, 3, 3]) + layer("c.0", [16, 96, 1, 1]) + layer("LR_conv", [16, 16, 3, 3])
        imdn += layer("upsampler.0", [12, 16, 3, 3])
        for block in 1...6 {
            let name = "IMDB\(block)"
            imdn +=
                layer("\(name).c1", [16, 16, 3, 3]) + layer("\(name).c2", [16, 12, 3, 3]) + layer("\(name).c3", [16, 12, 3, 3])
            imdn += layer("\(name).c4", [4, 12, 3, 3]) + layer("\(name).c5", [16, 16, 1, 1])
            imdn += layer("\(name).cca.conv_du.0", [1, 16, 1, 1]) + layer("\(name).cca.conv_du.2", [16, 1, 1, 1])
        }
        #expect(try imported(imdn).notes == ["it is imdn.graph with filters = 16, scale = 2"])
        #expect(try enlarged(imported(imdn)).shape == [1, 10, 8, 3])

        var span = layer("conv_1.eval_conv", [4, 3, 3, 3]) + layer("conv_2.eval_conv", [4, 4, 3, 3])
        span += layer("conv_cat", [4, 16, 1, 1]) + layer("upsampler.0", [27, 4, 3, 3]) + layer("conv_1.sk", [4, 3, 1, 1])
        for block in 1...6 { for conv in 1...3 { span += layer("block_\(block).c\(conv)_r.eval_conv", [4, 4, 3, 3]) } }
        #expect(try imported(span).notes == ["it is span.graph with filters = 4, scale = 3"])
        #expect(try enlarged(imported(span)).shape == [1, 15, 12, 3])
    }

    /// What weighs pixels by a small picture of their surroundings.
    @Test func networksOfResidualFeaturesAreRead() throws {
        func attention(_ name: String, _ channels: Int, _ convolutions: [String]) -> [PackedTensor] {
            layer("\(name).conv1", [2, channels, 1, 1]) + layer("\(name).conv_f", [2, 2, 1, 1])
                + layer("\(name).conv4", [channels, 2, 1, 1]) + convolutions.flatMap { layer("\(name).\($0)", [2, 2, 3, 3]) }
        }
        func ends(_ filters: Int) -> [PackedTensor] {
            layer("fea_conv", [filters, 3, 3, 3]) + layer("LR_conv", [filters, filters, 3, 3])
                + layer("upsampler.0", [12, filters, 3, 3])
        }
        var rfdn = ends(8) + layer("c.0", [8, 16, 1, 1]), rlfn = ends(6)
        for name in ["B1", "B2"] {
            for k in 1...3 { rfdn += layer("\(name).c\(k)_d", [4, 8, 1, 1]) + layer("\(name).c\(k)_r", [8, 8, 3, 3]) }
            rfdn += layer("\(name).c4", [4, 8, 3, 3]) + layer("\(name).c5", [8, 16, 1, 1])
            rfdn += attention("\(name).esa", 8, ["conv_max", "conv2", "conv3", "conv3_"])
            for (k, shape) in [(1, [5, 6, 3, 3]), (2, [5, 5, 3, 3]), (3, [6, 5, 3, 3])] {
                rlfn += layer("\(name).c\(k)_r", shape)
            }
            rlfn += layer("\(name).c5", [6, 6, 1, 1]) + attention("\(name).esa", 6, ["conv2", "conv3"])
        }
        #expect(
            try imported(rfdn).notes == ["it is rfdn.graph with filters = 8, blocks = 2, attention = 2, scale = 2"])
        #expect(
            try imported(rlfn).notes == ["it is rlfn.graph with filters = 6, inner = 5, blocks = 2, attention = 2, scale = 2"])
    }

    /// The authors' names and BasicSR's are the same network, where the colours in the one's tensors are the other's.
    @Test func bothNamesOfChannelAttentionAreRead() throws {
        var authors: [PackedTensor] = [], basic: [PackedTensor] = []
        func add(_ name: String, _ basicName: String, _ shape: [Int]) {
            let tensors = layer(name, shape)
            authors += tensors
            basic += tensors.map { tensor in
                PackedTensor(path: tensor.path.replacing(name, with: basicName), shape: tensor.shape, values: tensor.values)
            }
        }
        add("head.0", "conv_first", [4, 3, 3, 3])
        for g in 0..<2 {
            for i in 0..<3 {
                let (name, basicName) = ("body.\(g).body.\(i).body", "body.\(g).residual_group.\(i).rcab")
                for k in [0, 2] { add("\(name).\(k)", "\(basicName).\(k)", [4, 4, 3, 3]) }
                add("\(name).3.conv_du.0", "\(basicName).3.attention.1", [2, 4, 1, 1])
                add("\(name).3.conv_du.2", "\(basicName).3.attention.3", [4, 2, 1, 1])
            }
            add("body.\(g).body.3", "body.\(g).conv", [4, 4, 3, 3])
        }
        add("body.2", "conv_after_body", [4, 4, 3, 3])
        add("tail.0.0", "upsample.0", [16, 4, 3, 3])
        add("tail.1", "conv_last", [3, 4, 3, 3])
        for (name, sign) in [("sub_mean", Float(-1)), ("add_mean", 1)] {
            authors.append(PackedTensor(path: "\(name).weight", shape: [3, 3, 1, 1], values: [1, 0, 0, 0, 1, 0, 0, 0, 1]))
            authors.append(
                PackedTensor(path: "\(name).bias", shape: [3], values: [114.444, 111.4605, 103.02].map { sign * $0 }))
        }
        let first = try imported(authors), second = try imported(basic)
        #expect(first.notes == ["it is rcan.graph with filters = 4, groups = 2, blocks = 3, reduction = 2, scale = 2"])
        #expect(second.notes == first.notes)
        #expect(try enlarged(second) == enlarged(first))
    }

    /// Large blocks have convolutions of their own, small ones share those of groups of channels.
    @Test(arguments: [1, 4])
    func cascadesAreRead(groups: Int) throws {
        var carn = layer("entry", [8, 3, 3, 3]) + layer("exit", [3, 8, 3, 3])
        for name in ["sub_mean.shifter", "add_mean.shifter"] {
            carn += layer(name, [3, 3, 1, 1]).map { tensor in
                guard tensor.shape.count == 4 else { return tensor }
                return PackedTensor(path: tensor.path, shape: tensor.shape, values: [1, 0, 0, 0, 1, 0, 0, 0, 1])
            }
        }
        for i in 1...3 {
            carn += layer("c\(i).body.0", [8, 8 * (i + 1), 1, 1])
            for k in 1...3 { carn += layer("b\(i).c\(k).body.0", [8, 8 * (k + 1), 1, 1]) }
            for k in groups == 1 ? 1...3 : 1...1 {
                for part in ["0", "2"] { carn += layer("b\(i).b\(k).body.\(part)", [8, 8 / groups, 3, 3]) }
            }
            if groups > 1 { carn += layer("b\(i).b1.body.4", [8, 8, 1, 1]) }
        }
        for name in ["up2.body.0", "up4.body.0", "up4.body.3"] { carn += layer("upsample.\(name)", [32, 8 / groups, 3, 3]) }
        carn += layer("upsample.up3.body.0", [72, 8 / groups, 3, 3])
        #expect(try imported(carn).notes == ["it is carn.graph with filters = 8, groups = \(groups), scale = 4"])
        #expect(try enlarged(imported(carn)).shape == [1, 20, 16, 3])
    }

    @Test func weightsThatNoRulesKnowAreTold() throws {
        let error = #expect(throws: ImportError.self) { try imported(layer("some.layer", [1, 1, 1, 1])) }
        #expect(error?.description.contains("know such tensors, as 'some.layer.bias', 'some.layer.weight'") == true)
    }
}
