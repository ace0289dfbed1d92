import Foundation
import GraphPack
import GraphInterchange
import Testing

struct WeightsTests {
    @Test func weightsComeBackAsTheyWent() throws {
        let place = try Workplace()
        _ = try place.graphc("compile", Models.path("espcn"), "-o", "a.gpack").success()
        let line = try place.graphrun("weights", "export", "a.gpack", "-o", "a.safetensors").success()
        #expect(line == "a.safetensors: 31,131 weights in 6 tensors\n")
        _ = try place.graphrun("weights", "import", "a.gpack", "a.safetensors", "-o", "b.gpack").success()
        // All but where they come from.
        #expect(
            try place.graphrun("diff", "a.gpack", "b.gpack").output == """
                metadata imported_from: none, a.safetensors
                metadata seed: 0, none

                """)
        let filter = try #require(
            SafeTensors(contentsOf: place.path("a.safetensors")).tensors.first { $0.path == "features.0.filter" })
        #expect(filter.shape == [5, 5, 3, 64])
    }

    @Test func weightsOfTwoAreMixed() throws {
        let place = try Workplace()
        for seed in ["1", "2"] {
            _ = try place.graphc("compile", Models.path("espcn"), "--seed", seed, "-o", "\(seed).gpack").success()
        }
        let (first, second) = (try Pack(contentsOf: place.path("1.gpack")), try Pack(contentsOf: place.path("2.gpack")))
        for (share, name) in [("0", "none"), ("0.25", "some"), ("1", "all")] {
            let arguments = ["weights", "mix", "1.gpack", "2.gpack", "--share", share, "-o", "\(name).gpack"]
            #expect(try place.graphrun(arguments).success() == "\(name).gpack: 31,131 weights in 6 tensors\n")
        }
        #expect(try Pack(contentsOf: place.path("none.gpack")).weights == first.weights)
        #expect(try Pack(contentsOf: place.path("all.gpack")).weights == second.weights)
        let some = try Pack(contentsOf: place.path("some.gpack"))
        for (index, tensor) in some.weights.enumerated() {
            let expected = zip(first.weights[index].values, second.weights[index].values).map { 0.75 * $0 + 0.25 * $1 }
            #expect(tensor.values == expected, "@\(tensor.path)")
        }
        #expect(
            some.metadata["seed"] == "2" && some.metadata["mixed"] == "0.25 of the way from \(first.digest) to \(second.digest)")
        // Of two graphs nothing lies between them.
        _ = try place.graphc("compile", Models.path("srcnn"), "-o", "other.gpack").success()
        let refused = try place.graphrun(["weights", "mix", "other.gpack", "2.gpack", "-o", "no.gpack"])
        #expect(refused.status == 1 && refused.errors.contains("other.gpack") && !place.names.contains("no.gpack"))
        #expect(try place.graphrun(["weights", "mix", "1.gpack", "2.gpack", "--share", "2", "-o", "no.gpack"]).status == 64)
    }

    @Test func everyTensorThatDoesNotFitIsNamed() throws {
        let place = try Workplace()
        _ = try place.graphrun("weights", "export", Models.path("espcn"), "-o", "a.safetensors").success()
        let tensors = try SafeTensors(contentsOf: place.path("a.safetensors")).tensors.map { tensor in
            switch tensor.path {
            case "subpixel.bias": PackedTensor(path: "subpixl.bias", shape: tensor.shape, values: tensor.values)
            case "features.1.bias": PackedTensor(path: tensor.path, shape: [2], values: [1, 2])
            default: tensor
            }
        }
        try SafeTensors(tensors: tensors).write(to: place.path("b.safetensors"))
        let finished = try place.graphrun(
            "weights", "import", Models.path("espcn"), "b.safetensors", "-o", "b.gpack")
        #expect(finished.status == 1 && finished.output.isEmpty)
        #expect(finished.errors.contains("@subpixl.bias is not in the model; did you mean @subpixel.bias?"))
        #expect(finished.errors.contains("@features.1.bias is [2], the model needs [32]"))
        #expect(finished.errors.contains("@subpixel.bias is missing"))
        #expect(place.names == ["a.safetensors", "b.safetensors"])
    }

    @Test func inspectShowsWhatAPackHolds() throws {
        let place = try Workplace()
        _ = try place.graphc("compile", Models.path("srcnn"), "-o", "a.gpack", "--seed", "5").success()
        let text = try place.graphrun("inspect", "a.gpack").success()
        #expect(text.hasPrefix("SRCNN: "))
        #expect(text.contains("predict      (lr: u8[N, H, W, 3]) -> (image: u8[N, 3*H, 3*W, 3])\n"))
        #expect(text.contains("weights      20,099 numbers in 6 tensors, 78.5 KiB stored in 65."))
        #expect(text.contains("state        none\n") && text.contains("metadata     seed = 5\n"))
        #expect(!text.contains("extract.filter"))
        let table = try place.graphrun("inspect", "a.gpack", "--weights").success()
        #expect(table.contains("extract.filter      [9, 9, 3, 64] "))
        let json = try JSONSerialization.jsonObject(with: Data(place.graphrun("inspect", "a.gpack", "--json").success().utf8))
        let object = try #require(json as? [String: Any])
        #expect(text.contains("digest       \(object["digest"] as? String ?? "?")\n"))
        #expect(text.contains("fingerprint  \(object["fingerprint"] as? String ?? "?")\n"))
        #expect(object["metadata"] as? [String: String] == ["seed": "5"] && object["weights"] as? Int == 20_099)
    }

    /// A checkpoint as PyTorch writes it, under its own names.
    @Test func checkpointsOfPyTorchAreImportedByRules() throws {
        let place = try Workplace()
        let fixtures = Models.folder.appendingPathComponent("../Tests/GraphInterchangeTests/Fixtures")
        let checkpoint = fixtures.appendingPathComponent("edsr-x4.pth").path
        let rules = Models.folder.appendingPathComponent("edsr-checkpoints.rules").path
        let small = ["-D", "filters=4", "-D", "blocks=1", "-o", "a.gpack"]
        let line = try place.graphrun(["weights", "import", Models.path("edsr"), checkpoint, "--rules", rules] + small).success()
        #expect(line == "a.gpack: 1,851 weights in 14 tensors\n")
        #expect(try Pack(contentsOf: place.path("a.gpack")).metadata == ["imported_from": "edsr-x4.pth"])
        // Without rules every name is another one.
        let finished = try place.graphrun(["weights", "import", Models.path("edsr"), checkpoint] + small)
        #expect(finished.status == 1)
        #expect(
            finished.errors.contains("do not fit 'edsr'") && finished.errors.contains("\n  @add_mean.bias is not in the model\n"))
        let arrays = fixtures.appendingPathComponent("arrays.npz").path
        #expect(
            try place.graphrun(["weights", "import", Models.path("edsr"), arrays] + small).errors.contains(
                "@columns is not in the model"))
    }
}
