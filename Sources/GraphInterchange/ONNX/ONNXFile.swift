import GraphFiles
import GraphPack
import SystemPackage

/// A network in an `.onnx` file: protobuf's message `ModelProto` (onnx.proto3 of ONNX 1.22).
///
/// Messages within each other are read as far as the schema leads, never by recursion, and each byte at most once for each
/// message that it lies in: no file asks for more work or memory than some times its own size.
struct ONNXFile {
    private(set) var model: ForeignModel
    private var reader: ProtobufReader
    private var nodeCount = 0
    /// Names of operands and results, and arguments, of all nodes.
    private var partCount = 0
    private let folder: FilePath

    private enum Limit {
        static let nodeCount = 200_000
        static let partCount = 2_000_000
        static let rank = 64
    }

    init(_ file: InputFile) throws(InterchangeError) {
        reader = ProtobufReader(file)
        folder = file.path.removingLastComponent()
        model = ForeignModel(path: file.path, format: .onnx(opset: 0), inputs: [], outputs: [], nodes: [], tensors: [:])
        var opset: Int?
        var graph: Range<Int>?
        try forEachField(in: 0..<file.byteCount) { (file, field) throws(InterchangeError) in
            switch (field.number, field.content) {
            case (7, .range(let range)): graph = range
            case (8, .range(let range)):
                let (domain, version) = try file.operatorSet(range)
                if domain.isEmpty || domain == "ai.onnx" { opset = version }
            default: break
            }
        }
        guard let graph else { throw .notNetwork(path: file.path) }
        model.format = .onnx(opset: opset ?? 1)
        try readGraph(graph)
        // Before version 4 of the format initializers were inputs, too.
        model.inputs.removeAll { model.tensors[$0.name] != nil }
        try model.putInOrder()
    }

    private mutating func forEachField(
        in range: Range<Int>, _ body: (inout ONNXFile, ProtobufReader.Field) throws(InterchangeError) -> Void
    ) throws(InterchangeError) {
        var offset = range.lowerBound
        while let field = try reader.next(at: &offset, before: range.upperBound) { try body(&self, field) }
    }

    private mutating func operatorSet(_ range: Range<Int>) throws(InterchangeError) -> (domain: String, version: Int) {
        var domain = "", version = 0
        try forEachField(in: range) { (file, field) throws(InterchangeError) in
            switch (field.number, field.content) {
            case (1, .range(let text)): domain = try file.reader.text(text)
            case (2, .varint(let number)): version = Int(truncatingIfNeeded: number)
            default: break
            }
        }
        return (domain, version)
    }

    private mutating func readGraph(_ range: Range<Int>) throws(InterchangeError) {
        try forEachField(in: range) { (file, field) throws(InterchangeError) in
            guard case .range(let range) = field.content else { return }
            switch field.number {
            case 1: try file.readNode(range)
            case 5:
                let (name, tensor) = try file.tensor(range)
                try file.add(tensor, named: name, at: range.lowerBound)
            case 11: file.model.inputs.append(try file.value(range))
            case 12: file.model.outputs.append(try file.value(range))
            case 15: throw file.reader.fault(range.lowerBound, .isSparse)
            default: break
            }
        }
    }

    private mutating func add(_ tensor: ForeignTensor, named name: String, at offset: Int) throws(InterchangeError) {
        guard model.tensors.count < SectionTable.Limit.sectionCount else {
            throw reader.fault(offset, .hasTooMany(.tensors, limit: SectionTable.Limit.sectionCount))
        }
        guard model.tensors.updateValue(tensor, forKey: name) == nil else { throw reader.fault(offset, .isMadeTwice(name)) }
    }

    // MARK: Nodes

    private mutating func readNode(_ range: Range<Int>) throws(InterchangeError) {
        nodeCount += 1
        guard nodeCount <= Limit.nodeCount else {
            throw reader.fault(range.lowerBound, .hasTooMany(.nodes, limit: Limit.nodeCount))
        }
        var node = ForeignNode("", name: "", inputs: [], outputs: [])
        var domain = ""
        try forEachField(in: range) { (file, field) throws(InterchangeError) in
            guard case .range(let range) = field.content else { return }
            file.partCount += 1
            guard file.partCount <= Limit.partCount else {
                throw file.reader.fault(range.lowerBound, .hasTooMany(.nodes, limit: Limit.nodeCount))
            }
            switch field.number {
            case 1: node.inputs.append(try file.reader.text(range))
            case 2: node.outputs.append(try file.reader.text(range))
            case 3: node.name = try file.reader.text(range)
            case 4: node.op = try file.reader.text(range)
            case 5:
                let (name, value) = try file.attribute(range)
                node.attributes[name] = value
            case 7: domain = try file.reader.text(range)
            default: break
            }
        }
        if node.op == "Constant", domain.isEmpty, let output = node.outputs.first, var tensor = Self.constant(node) {
            tensor.isConstant = true
            try add(tensor, named: output, at: range.lowerBound)
            return
        }
        if !domain.isEmpty, domain != "ai.onnx" { node.op = "\(domain).\(node.op)" }
        model.nodes.append(node)
    }

    /// The tensor that a node `Constant` is; nil for texts and sparse ones.
    private static func constant(_ node: ForeignNode) -> ForeignTensor? {
        if case .tensor(let tensor) = node.attributes["value"] { return tensor }
        if case .integer(let number) = node.attributes["value_int"] { return ForeignTensor(shape: [], integers: [number]) }
        if case .float(let number) = node.attributes["value_float"] { return ForeignTensor(shape: [], floats: [Float(number)]) }
        if case .integers(let numbers) = node.attributes["value_ints"] {
            return ForeignTensor(shape: [numbers.count], integers: numbers)
        }
        if case .floats(let numbers) = node.attributes["value_floats"] {
            return ForeignTensor(shape: [numbers.count], floats: numbers.map { Float($0) })
        }
        return nil
    }

    private mutating func attribute(_ range: Range<Int>) throws(InterchangeError) -> (String, ForeignAttribute) {
        var name = ""
        // Writers leave out zeros and empty lists: the type says what is meant.
        var type = 0
        var number: ForeignAttribute?
        var integers: [Int] = [], floats: [Double] = [], texts: [String] = []
        try forEachField(in: range) { (file, field) throws(InterchangeError) in
            switch (field.number, field.content) {
            case (1, .range(let range)): name = try file.reader.text(range)
            case (20, .varint(let value)): type = Int(truncatingIfNeeded: value)
            case (2, .fixed32(let bits)): number = .float(Double(Float(bitPattern: bits)))
            case (3, .varint(let value)): number = .integer(Int(truncatingIfNeeded: value))
            case (4, .range(let range)): number = .text(try file.reader.text(range))
            case (5, .range(let range)): number = .tensor(try file.tensor(range).1)
            case (6, _), (10, _): number = .graph
            case (7, .fixed32(let bits)): floats.append(Double(Float(bitPattern: bits)))
            case (7, .range(let range)): floats += try file.reader.floats(range).map { Double($0) }
            case (8, .varint(let value)): integers.append(Int(truncatingIfNeeded: value))
            case (8, .range(let range)): integers += try file.reader.varints(range)
            case (9, .range(let range)): texts.append(try file.reader.text(range))
            default: break
            }
        }
        switch type {
        case 1: return (name, number ?? .float(0))
        case 2: return (name, number ?? .integer(0))
        case 3: return (name, number ?? .text(""))
        case 6: return (name, .floats(floats))
        case 7: return (name, .integers(integers))
        case 8: return (name, .texts(texts))
        default:
            if let number { return (name, number) }
            if !integers.isEmpty { return (name, .integers(integers)) }
            return (name, floats.isEmpty ? .other : .floats(floats))
        }
    }

    // MARK: Values

    private mutating func value(_ range: Range<Int>) throws(InterchangeError) -> ForeignValue {
        var name = ""
        var element: ForeignElement?
        var sizes: [ForeignValue.Size]?
        try forEachField(in: range) { (file, field) throws(InterchangeError) in
            switch (field.number, field.content) {
            case (1, .range(let range)): name = try file.reader.text(range)
            case (2, .range(let type)):
                try file.forEachField(in: type) { (file, field) throws(InterchangeError) in
                    guard field.number == 1, case .range(let tensor) = field.content else { return }
                    try file.forEachField(in: tensor) { (file, field) throws(InterchangeError) in
                        switch (field.number, field.content) {
                        case (1, .varint(let number)): element = ForeignElement(onnx: Int(truncatingIfNeeded: number))
                        case (2, .range(let shape)): sizes = try file.shape(shape)
                        default: break
                        }
                    }
                }
            default: break
            }
        }
        guard let element else { throw reader.fault(range.lowerBound, .isNoTensor(name)) }
        return ForeignValue(name: name, element: element, sizes: sizes)
    }

    private mutating func shape(_ range: Range<Int>) throws(InterchangeError) -> [ForeignValue.Size] {
        var sizes: [ForeignValue.Size] = []
        try forEachField(in: range) { (file, field) throws(InterchangeError) in
            guard field.number == 1, case .range(let dimension) = field.content else { return }
            var size = ForeignValue.Size.unknown
            try file.forEachField(in: dimension) { (file, field) throws(InterchangeError) in
                switch (field.number, field.content) {
                case (1, .varint(let number)):
                    let known = Int(truncatingIfNeeded: number)
                    // Some writers say -1 or 0 for what is not known.
                    size = known > 0 ? .known(known) : .unknown
                case (2, .range(let text)): size = .symbol(try file.reader.text(text))
                default: break
                }
            }
            sizes.append(size)
            guard sizes.count <= Limit.rank else { throw file.reader.fault(range.lowerBound, .rank(sizes.count)) }
        }
        return sizes
    }

    private mutating func tensor(_ range: Range<Int>) throws(InterchangeError) -> (String, ForeignTensor) {
        var proto = ONNXTensor()
        try forEachField(in: range) { (file, field) throws(InterchangeError) in try proto.take(field, by: &file.reader) }
        return (proto.name, try proto.tensor(in: reader, folder: folder, at: range.lowerBound))
    }
}
