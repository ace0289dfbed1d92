import GraphFiles
import GraphPack
import SystemPackage

/// The fields of a message `TensorProto`, until all are there.
struct ONNXTensor {
    private(set) var name = ""
    private var sizes: [Int] = []
    private var elementNumber = 0
    /// Elements as they lie in memory.
    private var raw: Range<Int>?
    /// Elements in a row, by the number of the field.
    private var packed: [Int: Range<Int>] = [:]
    private var single: [Double] = []
    private var singleIntegers: [Int] = []
    private var isExternal = false
    private var external: [String: String] = [:]

    /// Elements one by one, which no one writes any more.
    private static let singleLimit = 1 << 20

    mutating func take(_ field: ProtobufReader.Field, by reader: inout ProtobufReader) throws(InterchangeError) {
        switch (field.number, field.content) {
        case (1, .varint(let size)): sizes.append(Int(truncatingIfNeeded: size))
        case (1, .range(let range)): sizes += try reader.varints(range)
        case (2, .varint(let number)): elementNumber = Int(truncatingIfNeeded: number)
        case (8, .range(let range)): name = try reader.text(range)
        case (9, .range(let range)): raw = range
        case (4, .range(let range)), (5, .range(let range)), (7, .range(let range)), (10, .range(let range)),
            (11, .range(let range)):
            packed[field.number] = range
        case (4, .fixed32(let bits)): try append(Double(Float(bitPattern: bits)), reader)
        case (5, .varint(let number)), (7, .varint(let number)), (11, .varint(let number)):
            guard singleIntegers.count < Self.singleLimit else { throw reader.fault(0, .listIsTooLong(Self.singleLimit)) }
            singleIntegers.append(Int(truncatingIfNeeded: number))
        case (10, .fixed64(let bits)): try append(Double(bitPattern: bits), reader)
        case (13, .range(let range)):
            let (key, value) = try Self.pair(range, by: &reader)
            external[key] = value
        case (14, .varint(let location)): isExternal = location == 1
        default: break
        }
    }

    private mutating func append(_ number: Double, _ reader: ProtobufReader) throws(InterchangeError) {
        guard single.count < Self.singleLimit else { throw reader.fault(0, .listIsTooLong(Self.singleLimit)) }
        single.append(number)
    }

    private static func pair(
        _ range: Range<Int>, by reader: inout ProtobufReader
    ) throws(InterchangeError) -> (String, String) {
        var pair = ("", "")
        var offset = range.lowerBound
        while let field = try reader.next(at: &offset, before: range.upperBound) {
            guard case .range(let text) = field.content else { continue }
            if field.number == 1 { pair.0 = try reader.text(text) }
            if field.number == 2 { pair.1 = try reader.text(text) }
        }
        return pair
    }

    /// - Parameters:
    ///   - folder: in which data beside the file are looked for.
    ///   - offset: where the message is, for messages.
    func tensor(
        in reader: ProtobufReader, folder: FilePath, at offset: Int
    ) throws(InterchangeError) -> ForeignTensor {
        guard sizes.count <= SectionTable.Limit.rank else { throw reader.fault(offset, .rank(sizes.count)) }
        guard let count = valueCount(ofShape: sizes) else { throw reader.fault(offset, .sizes(of: name, sizes)) }
        guard let element = ForeignElement(onnx: elementNumber) else {
            throw reader.fault(offset, .elementIsUnknown(of: name, elementNumber))
        }
        let byteCount = count.multipliedReportingOverflow(by: element.byteCount).partialValue
        if isExternal {
            let (file, range) = try externalBytes(count: byteCount, reader, folder: folder, at: offset)
            return ForeignTensor(shape: sizes, element: element, file: file, range: range)
        }
        if let raw {
            guard raw.count == byteCount else { throw reader.fault(offset, .elementCount(count)) }
            return ForeignTensor(shape: sizes, element: element, file: reader.file, range: raw)
        }
        guard single.isEmpty else {
            guard single.count == count, element.isFloat else { throw reader.fault(offset, .elementCount(count)) }
            return ForeignTensor(shape: sizes, floats: single.map { Float($0) })
        }
        guard singleIntegers.isEmpty else {
            guard singleIntegers.count == count, !element.isFloat else { throw reader.fault(offset, .elementCount(count)) }
            return ForeignTensor(shape: sizes, integers: singleIntegers)
        }
        if let range = packed[4] ?? packed[10] {
            let stored: ForeignElement = packed[4] != nil ? .f32 : .f64
            guard element == stored, range.count == byteCount else { throw reader.fault(offset, .elementCount(count)) }
            return ForeignTensor(shape: sizes, element: stored, file: reader.file, range: range)
        }
        guard let range = packed[7] ?? packed[5] ?? packed[11] ?? (count == 0 ? 0..<0 : nil), range.count >= count else {
            throw reader.fault(offset, .elementCount(count))
        }
        return ForeignTensor(shape: sizes, element: element, varintsOf: reader.file, range: range)
    }

    /// Where the elements lie in another file of the folder.
    private func externalBytes(
        count: Int, _ reader: ProtobufReader, folder: FilePath, at offset: Int
    ) throws(InterchangeError) -> (InputFile, Range<Int>) {
        let location = FilePath(external["location"] ?? "")
        guard location.isRelative, !location.isEmpty, external["location"]?.utf8.contains(0) == false,
            location.components.allSatisfy({ $0.kind == .regular })
        else {
            throw reader.fault(offset, .leavesFolder(of: name))
        }
        let file = try inFile { () throws(FileError) in try InputFile(folder.appending(location.components)) }
        let start = external["offset"].map { Int($0) } ?? 0
        let length = external["length"].map { Int($0) } ?? count
        guard let start, start >= 0, length == count, start <= file.byteCount, count <= file.byteCount - start else {
            throw .damaged(path: file.path, FormatFault(.tensor(name), .entryDoesNotFit))
        }
        return (file, start..<start + count)
    }
}
