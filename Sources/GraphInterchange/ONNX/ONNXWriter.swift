import GraphFiles
import GraphPack
import SystemPackage

/// Writes networks as `.onnx` files.
public struct ONNXWriter {
    /// The file's bytes.
    private(set) var bytes: [UInt8] = []

    /// Of the format; the first that opset 17 may stand in.
    private static let formatVersion = 8
    /// The largest message that other programs read.
    private static let byteLimit = Int(Int32.max)

    /// - Parameters:
    ///   - model: its nodes are ONNX's.
    ///   - opset: the version of ONNX's ops that the nodes are written for.
    ///   - name: of the graph.
    ///   - producer: the name of this program and its version.
    public init(
        _ model: ForeignModel, opset: Int, name: String, producer: (name: String, version: String)
    ) throws(InterchangeError) {
        var contents: [(name: String, tensor: ForeignTensor, bytes: [UInt8])] = []
        for (name, tensor) in model.tensors.sorted(by: { $0.key.precedesInBytes($1.key) }) {
            contents.append((name, tensor, try Self.elements(of: tensor)))
        }
        var writer = ProtobufWriter()
        writer.number(1, Self.formatVersion)
        writer.text(2, producer.name)
        writer.text(3, producer.version)
        writer.message(7) { graph in
            for (name, tensor, bytes) in contents where tensor.isConstant {
                graph.message(1) { node in
                    node.text(2, name)
                    node.text(4, "Constant")
                    node.message(5) { attribute in
                        attribute.text(1, "value")
                        attribute.message(5) { Self.write(tensor, named: "", bytes, to: &$0) }
                        attribute.number(20, 4)
                    }
                }
            }
            for node in model.nodes { graph.message(1) { Self.write(node, to: &$0) } }
            graph.text(2, name)
            for (name, tensor, bytes) in contents where !tensor.isConstant {
                graph.message(5) { Self.write(tensor, named: name, bytes, to: &$0) }
            }
            for input in model.inputs { graph.message(11) { Self.write(input, to: &$0) } }
            for output in model.outputs { graph.message(12) { Self.write(output, to: &$0) } }
        }
        writer.message(8) { set in
            set.text(1, "")
            set.number(2, opset)
        }
        bytes = writer.bytes
        guard bytes.count <= Self.byteLimit else {
            throw .tooLarge(path: model.path, byteCount: bytes.count, limit: Self.byteLimit)
        }
    }

    /// Writes the file, which appears whole or not at all.
    public func write(to path: FilePath) throws(InterchangeError) {
        try inFile { () throws(FileError) in
            let file = try AtomicFile(path: path)
            try file.append(bytes)
            try file.synchronize()
            try file.commit()
        }
    }

    private static func elements(of tensor: ForeignTensor) throws(InterchangeError) -> [UInt8] {
        var bytes: [UInt8] = []
        if tensor.element.isFloat {
            let floats = try tensor.floats()
            bytes.reserveCapacity(4 * floats.count)
            for float in floats { bytes.appendLittleEndian(float.bitPattern) }
        } else {
            for integer in try tensor.integers() { bytes.appendLittleEndian(integer) }
        }
        return bytes
    }

    private static func write(_ tensor: ForeignTensor, named name: String, _ bytes: [UInt8], to proto: inout ProtobufWriter) {
        for size in tensor.shape { proto.number(1, size) }
        proto.number(2, (tensor.element.isFloat ? ForeignElement.f32 : .i64).onnxNumber)
        proto.text(8, name)
        proto.bytes(9, bytes)
    }

    private static func write(_ node: ForeignNode, to proto: inout ProtobufWriter) {
        for input in node.inputs { proto.text(1, input) }
        for output in node.outputs { proto.text(2, output) }
        proto.text(3, node.name)
        proto.text(4, node.op)
        for (name, value) in node.attributes.sorted(by: { $0.key < $1.key }) {
            proto.message(5) { attribute in
                attribute.text(1, name)
                switch value {
                case .float(let number):
                    attribute.float(2, Float(number))
                    attribute.number(20, 1)
                case .integer(let number):
                    attribute.number(3, number)
                    attribute.number(20, 2)
                case .text(let text):
                    attribute.text(4, text)
                    attribute.number(20, 3)
                case .floats(let numbers):
                    for number in numbers { attribute.float(7, Float(number)) }
                    attribute.number(20, 6)
                case .integers(let numbers):
                    for number in numbers { attribute.number(8, number) }
                    attribute.number(20, 7)
                case .texts(let texts):
                    for text in texts { attribute.text(9, text) }
                    attribute.number(20, 8)
                case .tensor, .graph, .other: preconditionFailure("no exporter makes such arguments")
                }
            }
        }
    }

    private static func write(_ value: ForeignValue, to proto: inout ProtobufWriter) {
        proto.text(1, value.name)
        proto.message(2) { type in
            type.message(1) { tensor in
                tensor.number(1, value.element.onnxNumber)
                guard let sizes = value.sizes else { return }
                tensor.message(2) { shape in
                    for size in sizes {
                        shape.message(1) { dimension in
                            switch size {
                            case .known(let number): dimension.number(1, number)
                            case .symbol(let name): dimension.text(2, name)
                            case .unknown: break
                            }
                        }
                    }
                }
            }
        }
    }
}
