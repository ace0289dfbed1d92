import GraphFiles
import SystemPackage
import Testing

@testable import GraphInterchange

/// Networks in protobuf's bytes, which the tests write themselves.
@Suite struct ONNXTests {
    private let network = ForeignModel(
        path: "net.onnx", format: .onnx(opset: 17),
        inputs: [ForeignValue(name: "x", element: .f32, sizes: [.symbol("N"), .known(3), .unknown, .symbol("W")])],
        outputs: [ForeignValue(name: "y", element: .f32, sizes: nil)],
        nodes: [
            ForeignNode(
                "Conv", name: "head", inputs: ["x", "w", ""], outputs: ["h"],
                attributes: ["pads": .integers([1, 1, 1, 1]), "auto_pad": .text("NOTSET")]),
            ForeignNode("LeakyRelu", name: "", inputs: ["h"], outputs: ["y"], attributes: ["alpha": .float(0.5)]),
        ],
        tensors: ["w": ForeignTensor(shape: [1, 3, 1, 1], floats: [1, -2, 0.5])])

    private func bytes(_ model: ForeignModel) throws -> [UInt8] {
        try ONNXWriter(model, opset: 17, name: "net", producer: ("graphc", "1")).bytes
    }

    private func read(_ bytes: [UInt8]) throws -> ForeignModel { try ONNXFile(InputFile(bytes, name: "net.onnx")).model }

    @Test func whatIsWrittenIsRead() throws {
        let model = try read(bytes(network))
        #expect(model.format == network.format)
        #expect(model.inputs == network.inputs && model.outputs == network.outputs && model.nodes == network.nodes)
        #expect(try model.tensors["w"]?.floats() == [1, -2, 0.5])
        #expect(model.tensors["w"]?.shape == [1, 3, 1, 1])
    }

    /// Every way in which protobuf may hold the elements of a tensor.
    @Test(arguments: ["raw", "packed", "single", "halves", "integers"])
    func tensorsAreReadHoweverTheyAreStored(form: String) throws {
        var tensor = ProtobufWriter()
        for size in [2, 1] { tensor.number(1, size) }
        tensor.text(8, "w")
        switch form {
        case "raw":
            tensor.number(2, 1)
            tensor.bytes(9, [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0])
        case "packed":
            tensor.number(2, 1)
            tensor.bytes(4, [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0])
        case "single":
            tensor.number(2, 1)
            tensor.float(4, 1)
            tensor.float(4, -2)
        case "halves":
            tensor.number(2, 10)
            tensor.bytes(5, [0x80, 0x78, 0x80, 0x80, 0x03])
        default:
            tensor.number(2, 7)
            tensor.bytes(7, [1, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1])
        }
        var file = ProtobufWriter()
        file.message(7) { $0.bytes(5, tensor.bytes) }
        #expect(try read(file.bytes).tensors["w"]?.floats() == [1, -2])
    }

    @Test func nodesOutOfOrderAreOrdered() throws {
        var turned = network
        turned.nodes.reverse()
        #expect(try read(bytes(turned)).nodes == network.nodes)
    }

    @Test func faultsOfNetworksAreNamed() throws {
        var cycle = network
        cycle.nodes[0].inputs[0] = "y"
        #expect(message { _ = try read(bytes(cycle)) }.contains("node 'head': it waits for its own result"))
        var loose = network
        loose.nodes[0].inputs[0] = "z"
        #expect(message { _ = try read(bytes(loose)) }.contains("node 'head': 'z' is made by no node"))
        var twice = network
        twice.nodes[1].outputs = ["h"]
        #expect(message { _ = try read(bytes(twice)) }.contains("'h' is made twice"))
    }

    /// A file that ends anywhere, or whose bytes are others, is refused or read: never a trap, and never much memory.
    @Test func damagedFilesAreRefusedInWords() throws {
        let whole = try bytes(network)
        for end in 0..<whole.count { _ = try? read(Array(whole[..<end])) }
        for place in whole.indices {
            for bits: UInt8 in [0x01, 0x80, 0xFF] {
                var other = whole
                other[place] ^= bits
                _ = try? read(other)
            }
        }
        #expect(message { _ = try read([]) }.contains("is no network"))
        // A length that leaves the message, a number without end, and a field of no kind.
        for bytes: [UInt8] in [[0x3A, 0x7F], [0x08] + Array(repeating: 0xFF, count: 11), [0x3B], [0x00, 0x00]] {
            #expect(message { _ = try read(bytes) }.hasPrefix("damaged: byte "))
        }
    }

    @Test(arguments: [[1 << 40, 1 << 40], [-1], [1 << 20]])
    func hugeTensorsAreRefused(shape: [Int]) throws {
        var file = ProtobufWriter()
        file.message(7) { graph in
            graph.message(5) { tensor in
                for size in shape { tensor.number(1, size) }
                tensor.number(2, 1)
                tensor.text(8, "w")
                tensor.bytes(9, [0, 0, 0, 0])
            }
        }
        #expect(message { _ = try read(file.bytes) }.hasPrefix("damaged: byte "))
    }

    @Test(arguments: ["../w.bin", "/etc/passwd", "a/../../w.bin", ""])
    func dataOutsideOfTheFolderAreRefused(location: String) throws {
        var file = ProtobufWriter()
        file.message(7) { graph in
            graph.message(5) { tensor in
                tensor.number(1, 1)
                tensor.number(2, 1)
                tensor.text(8, "w")
                tensor.number(14, 1)
                tensor.message(13) { pair in
                    pair.text(1, "location")
                    pair.text(2, location)
                }
            }
        }
        #expect(message { _ = try read(file.bytes) }.contains("the data of 'w' lie under a path that leaves the file's folder"))
    }
}
