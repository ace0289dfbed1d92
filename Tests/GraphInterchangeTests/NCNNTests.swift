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
