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

    /// The names of today and those of 2018 are the same network.
    @Test func bothNamesOfDenseBlocksAreRead() throws {
        var new: [PackedTensor] = [], old: [PackedTensor] = []
        func add(_ name: String, _ oldName: String, _ shape: [Int]) {
            let tensors = layer(name, shape)
            new += tensors
            old += tensors.map { tensor in
                PackedTensor(path: tensor.path.replacing(name, with: oldName), shape: tensor.shape, values: tensor.values)
            }
        }
        add("conv_first", "model.0", [4, 3, 3, 3])
        for block in 0..<2 {
            for dense in 1...3 {
                for conv in 1...5 {
                    add(
                        "body.\(block).rdb\(dense).conv\(conv)", "model.1.sub.\(block).RDB\(dense).conv\(conv).0",
                        [conv == 5 ? 4 : 2, 4 + 2 * (conv - 1), 3, 3])
                }
            }
        }
        add("conv_body", "model.1.sub.2", [4, 4, 3, 3])
        for (name, oldName) in [("conv_up1", "model.3"), ("conv_up2", "model.6"), ("conv_hr", "model.8")] {
            add(name, oldName, [4, 4, 3, 3])
        }
        add("conv_last", "model.10", [3, 4, 3, 3])
        let (today, earlier) = (try imported(new), try imported(old))
        #expect(today.notes == ["it is rrdb.graph with filters = 4, growth = 2, blocks = 2, scale = 4"])
        #expect(earlier.notes == today.notes)
        let result = try enlarged(today)
        #expect(result.shape == [1, 20, 16, 3])
        #expect(try enlarged(earlier) == result)
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
