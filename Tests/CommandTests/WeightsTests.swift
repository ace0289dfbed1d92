import Pack
import Testing

struct WeightsTests {
    @Test func weightsComeBackAsTheyWent() throws {
        let place = try Workplace()
        _ = try place.graphc("compile", Models.path("espcn"), "-o", "a.gpack").success()
        let line = try place.graphrun("weights", "export", "a.gpack", "-o", "a.safetensors").success()
        #expect(line == "a.safetensors: 31,131 weights in 6 tensors\n")
        _ = try place.graphrun("weights", "import", "a.gpack", "a.safetensors", "-o", "b.gpack").success()
        #expect(try place.bytes("a.gpack") == place.bytes("b.gpack"))
        let filter = try #require(
            SafeTensors(contentsOf: place.url("a.safetensors").path).tensors.first { $0.path == "features.0.filter" })
        #expect(filter.shape == [5, 5, 3, 64])
    }

    @Test func everyTensorThatDoesNotFitIsNamed() throws {
        let place = try Workplace()
        _ = try place.graphrun("weights", "export", Models.path("espcn"), "-o", "a.safetensors").success()
        let tensors = try SafeTensors(contentsOf: place.url("a.safetensors").path).tensors.map { tensor in
            switch tensor.path {
            case "subpixel.bias": PackedTensor(path: "subpixl.bias", shape: tensor.shape, values: tensor.values)
            case "features.1.bias": PackedTensor(path: tensor.path, shape: [2], values: [1, 2])
            default: tensor
            }
        }
        try SafeTensors(tensors: tensors).write(to: place.url("b.safetensors").path)
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
        #expect(text.contains("predict   (lr: u8[N, H, W, 3]) -> (image: u8[N, 3*H, 3*W, 3])\n"))
        #expect(text.contains("weights   20,099 numbers in 6 tensors, 78.5 KiB\n"))
        #expect(text.contains("state     none\n") && text.contains("metadata  seed = 5\n"))
        #expect(!text.contains("extract.filter"))
        let table = try place.graphrun("inspect", "a.gpack", "--weights").success()
        #expect(table.contains("extract.filter      [9, 9, 3, 64] "))
    }
}
