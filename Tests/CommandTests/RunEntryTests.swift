import GraphPack
import GraphInterchange
import Testing

struct RunEntryTests {
    /// What `graphrun run` wrote, by name.
    private func run(_ place: Workplace, _ arguments: [String]) throws -> [String: PackedTensor] {
        _ = try place.graphrun(["run"] + arguments + ["--inputs", "in.safetensors", "-o", "out.safetensors"]).success()
        let tensors = try SafeTensors(contentsOf: place.path("out.safetensors")).tensors
        return Dictionary(uniqueKeysWithValues: tensors.map { ($0.path, $0) })
    }

    /// Two pictures of 5×4 pixels and their enlargements, and further tensors.
    private func writeInputs(_ place: Workplace, scale: Int?, also tensors: [PackedTensor] = []) throws {
        func pixels(_ path: String, _ factor: Int) -> PackedTensor {
            let shape = [2, 5 * factor, 4 * factor, 3]
            return PackedTensor(
                path: path, shape: shape, values: (0..<shape.reduce(1, *)).map { Float(($0 * 7919 + factor) % 256) })
        }
        let inputs = [pixels("lr", 1)] + (scale.map { [pixels("hr", $0)] } ?? [])
        try SafeTensors(tensors: inputs + tensors).write(to: place.path("in.safetensors"))
    }

    private func largestDifference(_ left: PackedTensor?, _ right: PackedTensor?) throws -> Float {
        let (left, right) = (try #require(left), try #require(right))
        #expect(left.shape == right.shape)
        return zip(left.values, right.values).map { abs($0 - $1) }.max() ?? 0
    }

    @Test(arguments: Models.names)
    func forwardAgreesWithTheInterpreter(_ name: String) throws {
        let place = try Workplace()
        try writeInputs(place, scale: nil)
        let compiled = try run(place, Models.small(name) + ["--entry", "forward", "--bands", "2", "--threads", "3"])
        let plain = try run(place, Models.small(name) + ["--entry", "forward", "--interpreter"])
        #expect(try largestDifference(compiled["sr"], plain["sr"]) < 1e-3)
        #expect(compiled.keys.sorted() == ["sr"])
    }

    /// A few bytes of a graph may ask for any memory: what a run may take goes by what it is given.
    @Test(arguments: [[], ["--interpreter"]])
    func aRunTakesMemoryByItsInputs(_ arguments: [String]) throws {
        let place = try Workplace()
        let doublings = "  repeat i in 0..<30 carry y { y = concat(y, y) }"
        let text = "graph g(x: f32[1, 1, 1, 1]) -> (z: f32[1, 1, 1, 1073741824]) {\n  y = x\n\(doublings)\n  z = y\n}\n"
        _ = try place.file("g.graph", text.utf8)
        let input = PackedTensor(path: "x", shape: [1, 1, 1, 1], values: [1])
        try SafeTensors(tensors: [input]).write(to: place.path("in.safetensors"))
        let files = ["g.graph", "--inputs", "in.safetensors", "-o", "out.safetensors"]
        #expect(try place.graphrun(["run"] + files + arguments).failure().contains("of this size may ask for"))
    }

    @Test func predictGivesPixels() throws {
        let place = try Workplace()
        try writeInputs(place, scale: nil)
        let image = try #require(try run(place, [Models.path("espcn")])["image"])
        #expect(image.shape == [2, 15, 12, 3])
        #expect(image.values.allSatisfy { $0 == $0.rounded() && (0...255).contains($0) })
    }

    @Test func aStepOfTrainingAgreesWithTheInterpreter() throws {
        let place = try Workplace()
        try writeInputs(place, scale: 4)
        let arguments =
            Models.small("edsr") + ["--entry", "train", "--scalars", "learning_rate=0.01,step=1", "--gradients"]
        let compiled = try run(place, arguments)
        let plain = try run(place, arguments + ["--interpreter"])
        #expect(compiled.keys.sorted() == plain.keys.sorted())
        #expect(compiled.keys.count { $0.hasPrefix("gradient.") } == 18)
        #expect(compiled.keys.count { $0.hasPrefix("updated.") } == 3 * 18)
        #expect(try largestDifference(compiled["mae"], plain["mae"]) < 1e-3)
        for (path, gradient) in plain where path.hasPrefix("gradient.") {
            let largest = gradient.values.map(abs).max() ?? 0
            #expect(try largestDifference(compiled[path], gradient) <= 1e-4 * largest, "\(path)")
        }
    }

    /// Adam's first step moves each weight against its gradient by almost exactly the learning rate.
    @Test func updatesAreFedBackByTheirPaths() throws {
        let place = try Workplace()
        try writeInputs(place, scale: 3)
        let train = [Models.path("espcn"), "--entry", "train", "--scalars"]
        let first = try run(place, train + ["learning_rate=0.001,step=1", "--gradients"])
        let gradient = try #require(first["gradient.subpixel.bias"]), moved = try #require(first["updated.subpixel.bias"])
        for (slope, value) in zip(gradient.values, moved.values) where abs(slope) > 1e-4 {
            #expect(abs(value + 0.001 * (slope > 0 ? 1 : -1)) < 1e-5)
        }
        let kept = first.values.filter { $0.path.hasPrefix("updated.") }.map { tensor in
            PackedTensor(path: String(tensor.path.dropFirst("updated.".count)), shape: tensor.shape, values: tensor.values)
        }
        try writeInputs(place, scale: 3, also: kept)
        let second = try run(place, train + ["learning_rate=0.001,step=2"])
        let losses = try [first, second].map { try #require($0["mse"]?.values.first) }
        #expect(losses[1] < losses[0])
        #expect(second["gradient.subpixel.bias"] == nil)
    }

    @Test(arguments: [
        (["--entry", "train"], "input 'hr' is not given"),
        (["--entry", "predict", "--scalars", "rate=1"], "has no scalar 'rate'; it has none"),
        (["--entry", "predict", "--gradients"], "gradients are of the 'train' entry"),
    ])
    func whatDoesNotFitIsNamed(_ arguments: [String], _ excerpt: String) throws {
        let place = try Workplace()
        try writeInputs(place, scale: nil)
        let line = try place.graphrun(
            ["run", Models.path("espcn"), "--inputs", "in.safetensors", "-o", "out.safetensors"] + arguments
        ).failure()
        #expect(line.contains(excerpt), "\(line)")
    }

    @Test func inputsAreChecked() throws {
        let place = try Workplace()
        let cases = [
            (PackedTensor(path: "lr", shape: [1, 1, 1, 3], values: [1, 2.5, 3]), "whole numbers 0…255"),
            (PackedTensor(path: "lr", shape: [1, 1, 1, 3], values: [1, .nan, 3]), "whole numbers 0…255"),
            (PackedTensor(path: "lr", shape: [1, 1, 3], values: [1, 2, 3]), "wrong shape"),
            (PackedTensor(path: "low", shape: [], values: [1]), "has no input 'low'; it has lr"),
            (PackedTensor(path: "subpixel.bias", shape: [], values: [1]), "@subpixel.bias is [], the model needs [27]"),
        ]
        for (tensor, excerpt) in cases {
            try SafeTensors(tensors: [tensor]).write(to: place.path("in.safetensors"))
            for method in [[], ["--interpreter"]] {
                let line = try place.graphrun(
                    ["run", Models.path("espcn"), "--inputs", "in.safetensors", "-o", "out.safetensors"] + method
                ).failure()
                #expect(line.contains(excerpt), "\(line)")
            }
        }
    }
}

struct GradCheckTests {
    @Test(arguments: Models.names)
    func gradientsAgreeWithFiniteDifferences(_ name: String) throws {
        let table = try Workplace().graphrun(["gradcheck"] + Models.small(name) + ["--shape", "H=3,W=3"]).success()
        let last = try #require(table.split(separator: "\n").last)
        #expect(last.hasPrefix("worst relative error ") && last.contains(": within 1e-05"))
    }

    @Test func aModelWithoutTrainingHasNoGradients() throws {
        let place = try Workplace()
        _ = try place.file("twice.graph", "graph twice(x: f32[N, 4]) -> (y: f32[N, 4]) { y = 2 * x }\n".utf8)
        #expect(try place.graphrun("gradcheck", "twice.graph").failure().contains("declares no 'train' entry"))
    }
}
