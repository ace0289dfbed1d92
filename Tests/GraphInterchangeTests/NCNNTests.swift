import GraphFiles
import GraphPack
import SystemPackage
import Testing

@testable import GraphInterchange

/// Networks of ncnn, whose layers become nodes in ONNX's words.
@Suite struct NCNNTests {
    private func read(_ text: String, _ weights: [UInt8] = []) throws -> ForeignModel {
        try NCNNFile(InputFile(Array(text.utf8), name: "net.param"), weights: InputFile(weights, name: "net.bin")).model
    }

    private func network(_ layers: String...) -> String { "7767517\n\(layers.count) 9\n" + layers.joined(separator: "\n") + "\n" }

    private func bytes(mark: UInt32, _ words: [UInt16] = [], floats: [Float] = []) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(mark)
        for word in words { bytes.appendLittleEndian(word) }
        while bytes.count % 4 != 0 { bytes.append(0) }
        for float in floats { bytes.appendLittleEndian(float.bitPattern) }
        return bytes
    }

    /// A file that is cut behind a whole line is told by the counts in its second.
    @Test func layersAreAsManyAsThereAreSaidToBe() {
        let lines = ["7767517", "3 3", "Input x 0 1 x", "ReLU r 1 1 x y", "ReLU s 1 1 y z"]
        func refusal(_ lines: some Sequence<String>) -> String { message { _ = try read(lines.joined(separator: "\n")) } }
        #expect(refusal(lines) == "no error")
        #expect(refusal(lines.dropLast()).hasPrefix("damaged: line 2: 3 layers are promised, and there are 2; copy"))
        #expect(
            refusal([lines[0], "99999999999999999999 -5"] + lines[2...])
                .hasPrefix("damaged: line 2: here stand the numbers of layers and values, and 3 layers follow"))
    }

    @Test func halvesFloatsAndSlopesAreRead() throws {
        let text = network(
            "Input data 0 1 x", "Convolution c 1 1 x h 0=1 1=1 5=1 6=3", "PReLU p 1 1 h i 0=1",
            "Convolution d 1 1 i y 0=1 1=1 6=1 9=2 -23310=1,5.000000e-01")
        let weights =
            bytes(mark: 0x0130_6B47, [0x3C00, 0xC000, 0x3800], floats: [0.25, 0.1]) + bytes(mark: 0, floats: [3])
        let model = try read(text, weights)
        #expect(model.nodes.map(\.op) == ["Conv", "PRelu", "Conv", "LeakyRelu"])
        #expect(model.nodes.last?.attributes == ["alpha": .float(0.5)])
        #expect(model.inputs.first?.sizes == [.symbol("N"), .known(3), .symbol("H"), .symbol("W")])
        #expect(model.outputs.map(\.name) == ["y"])
        #expect(try model.tensors["c.weight"]?.floats() == [1, -2, 0.5])
        #expect(try model.tensors["c.bias"]?.floats() == [0.25])
        #expect(try model.tensors["p.slope"]?.floats() == [0.1])
        #expect(try model.tensors["d.weight"]?.floats() == [3])
    }

    /// Filters of a deconvolution have the channels that come out first; ONNX's those that go in.
    @Test func filtersOfDeconvolutionsAreTurned() throws {
        let text = network("Input data 0 1 x 0=4 1=4 2=2", "Deconvolution c 1 1 x y 0=3 1=1 6=6")
        let model = try read(text, bytes(mark: 0, floats: [1, 2, 3, 4, 5, 6]))
        #expect(model.tensors["c.weight"]?.shape == [2, 3, 1, 1])
        #expect(try model.tensors["c.weight"]?.floats() == [1, 3, 5, 2, 4, 6])
    }

    /// A size of 0 copies one of an operand of perhaps fewer dimensions; lines of numbers are channels of one pixel.
    @Test func reshapesNameEverySize() throws {
        let model = try read(
            network("Input data 0 1 x", "Reshape a 1 1 x h 0=6", "Reshape b 1 1 h i 0=-1 1=2", "Flatten c 1 1 i y"))
        #expect(model.nodes.map(\.op) == ["Reshape", "Reshape", "Reshape"])
        for (name, sizes) in [("a", [0, 6, 1, 1]), ("b", [0, 1, 2, -1]), ("c", [0, -1, 1, 1])] {
            #expect(model.tensors["\(name).shape"] == ForeignTensor(shape: [4], integers: sizes))
        }
        #expect(try read(network("Input d 0 1 x", "Reshape a 1 1 x y 0=6 1=0")).nodes.map(\.op) == ["ncnn.Reshape"])
    }

    /// What is resized to the sides of another value, or to given ones, keeps pictures and channels.
    @Test func sidesAreThoseOfAnotherValue() throws {
        let layers = ["Input data 0 1 x", "Input more 0 1 z"]
        let two = try read(network(layers[0], layers[1], "Interp r 2 1 x z y 0=2"))
        #expect(two.nodes.map(\.op) == ["Shape", "Slice", "Shape", "Slice", "Concat", "Resize"])
        #expect(two.nodes[2].inputs == ["z"])
        #expect(two.nodes[4].inputs == ["r.sizes0", "r.sizes2"])
        #expect(two.nodes[5].inputs == ["x", "", "", "r.sizes"])
        let given = try read(network(layers[0], "Interp r 1 1 x y 0=1 3=5 4=7"))
        #expect(given.nodes.map(\.op) == ["Shape", "Slice", "Concat", "Resize"])
        #expect(given.tensors["r.sides"] == ForeignTensor(shape: [2], integers: [5, 7]))
    }

    @Test func numbersOfTheFileAreOperands() throws {
        let text = network("Input data 0 1 x", "MemoryData m 0 1 k 0=2", "BinaryOp a 2 1 x k y 0=2")
        let model = try read(text, Array(bytes(mark: 0, floats: [3, 4]).dropFirst(4)))
        #expect(model.tensors["k"]?.shape == [2, 1, 1])
        #expect(try model.tensors["k"]?.floats() == [3, 4])
        #expect(model.nodes.map(\.inputs) == [["x", "k"]])
    }

    @Test func normalizationsTakeTheirWeights() throws {
        let layers = ["Input data 0 1 x", "GroupNorm g 1 1 x h 0=1 1=2 2=0.5 3=1", "InstanceNorm i 1 1 h y 0=0 1=0.25 2=0"]
        let model = try read(network(layers[0], layers[1], layers[2]), Array(bytes(mark: 0, floats: [1, 2, 3, 4]).dropFirst(4)))
        #expect(model.nodes.map(\.op) == ["GroupNormalization", "InstanceNormalization"])
        #expect(model.nodes[0].attributes == ["num_groups": .integer(1), "epsilon": .float(0.5)])
        #expect(try model.tensors["g.bias"]?.floats() == [3, 4])
        #expect(try model.tensors["i.weight"]?.floats() == [1])
    }

    /// A border of another number than 0 is a padding of its own.
    @Test func bordersOfConvolutionsAreNumbers() throws {
        let text = network("Input data 0 1 x", "Convolution c 1 1 x y 0=1 1=1 4=1 6=3 18=0.5")
        let model = try read(text, bytes(mark: 0, floats: [1, 2, 3]))
        #expect(model.nodes.map(\.op) == ["Pad", "Conv"])
        #expect(model.tensors["c.pads"] == ForeignTensor(shape: [8], integers: [0, 0, 1, 1, 0, 0, 1, 1]))
        #expect(model.nodes[1].attributes["pads"] == nil)
    }

    @Test func functionsBehindProductsAreNodes() throws {
        let text = network("Input data 0 1 x", "Convolution c 1 1 x y 0=1 1=1 6=1 9=6 -23310=2,0.5,0.25")
        let model = try read(text, bytes(mark: 0, floats: [1]))
        #expect(model.nodes.map(\.op) == ["Conv", "HardSigmoid", "Mul"])
        #expect(model.nodes[2].inputs == ["c.linear", "c.gate"])
    }

    /// What a layer may say and nothing here computes is no damage: it is told with all else that is not supported.
    @Test(arguments: [
        ("UnaryOp a 1 1 x y 0=9", "argument 0", "9"), ("Reduction a 1 1 x y 0=8", "argument 0", "8"),
        ("Pooling a 1 1 x y 7=1 8=3", "argument 7", "1"), ("Interp a 1 1 x y 0=4", "argument 0", "4"),
        ("Padding a 1 1 x y 4=3", "argument 4", "3"), ("Tile a 1 1 x y -23302=2,1,2", "argument 2", "[1.0, 2.0]"),
    ])
    func argumentsThatAreNotSupportedAreNamed(_ layer: String, _ argument: String, _ value: String) throws {
        let model = try read(network("Input data 0 1 x", layer))
        let type = layer.split(separator: " ")[0]
        #expect(model.nodes.map(\.op) == ["ncnn.\(type)"])
        #expect(model.nodes[0].attributes == [argument: .text(value)])
    }

    /// What stands behind a layer that is not supported finds its weights.
    @Test func weightsBehindRefusedLayersAreRead() throws {
        let text = network(
            "Input data 0 1 x 2=2", "Deconvolution a 1 1 x h 0=2 1=1 5=1 6=4 20=9",
            "Convolution b 1 1 h i 0=2 1=1 4=-233 5=1 6=4 18=1",
            "PReLU p 1 1 i y 0=1")
        let product = bytes(mark: 0, floats: [1, 2, 3, 4, 5, 6])
        let model = try read(text, product + product + Array(bytes(mark: 0, floats: [7]).dropFirst(4)))
        #expect(model.nodes.map(\.op) == ["ncnn.Deconvolution", "ncnn.Convolution", "PRelu"])
        #expect(try model.tensors["p.slope"]?.floats() == [7])
    }

    @Test func layersThatAreNotKnownAreAllThere() throws {
        let model = try read(network("Input data 0 1 x", "LSTM a 1 1 x h 0=3", "LSTM b 1 1 h y 0=3"))
        #expect(model.nodes.map(\.op) == ["ncnn.LSTM", "ncnn.LSTM"])
    }

    @Test func faultsAreNamed() throws {
        let layers = "Convolution c 1 1 x y 0=1 1=1 6=3"
        let text = network("Input data 0 1 x", layers)
        #expect(message { _ = try read(text, [0, 0]) }.contains("the weights end before those of layer 'c'"))
        #expect(message { _ = try read(text, bytes(mark: 0, floats: [1])) }.contains("the weights end before"))
        #expect(message { _ = try read(text, bytes(mark: 0x000D_4B38, floats: [1, 2, 3])) }.contains("have the mark 871224"))
        #expect(
            message { _ = try read(text, bytes(mark: 0, floats: [1, 2, 3, 4])) }
                .contains("4 bytes of weights belong to no layer"))
        #expect(message { _ = try read(network("Convolution c 1 1 x")) }.contains("line 3: here stands no layer"))
        #expect(message { _ = try read(network("Input d 0 1 x", "PReLU p 1 1 x y 0=-7")) }.contains("argument 0 of layer 'p'"))
        #expect(message { _ = try read(network("Input d 0 1 x", "ReLU p 1 1 x y -23309=9,1")) }.contains("is no argument"))
        #expect(
            message { _ = try read(network("Input d 0 1 x", "ReLU p 1 1 z y")) }.contains("node 'p': 'z' is made by no node"))
    }

    @Test func damagedTextsAreRefusedOrRead() throws {
        let whole = Array(network("Input data 0 1 x", "Convolution c 1 1 x h 0=1 1=1 5=1 6=3 9=2 -23310=1,0.5").utf8)
        for place in whole.indices {
            for byte: UInt8 in [0, 0x20, 0x2D, 0x39, 0xFF] {
                var other = whole
                other[place] = byte
                let file = InputFile(other, name: "net.param")
                _ = try? NCNNFile(file, weights: InputFile(bytes(mark: 0, floats: [1, 2, 3, 4]), name: "net.bin"))
            }
        }
    }
}
