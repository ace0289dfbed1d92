import GraphFiles
import GraphPack
import SystemPackage

/// Named tensors in the `.safetensors` format of other frameworks.
///
/// The file is a 64-bit little-endian length, a JSON header of that length, and the values, which the
/// header places without gap or overlap (https://huggingface.co/docs/safetensors, "Format").
public struct SafeTensors: Hashable, Sendable {
    /// In the order of their paths' UTF-8 bytes.
    public let tensors: [PackedTensor]
    /// By name why tensors that are there cannot be weights, as counters in whole numbers.
    private(set) var leftOut: [String: FormatFault.Problem] = [:]
    /// The header's `__metadata__`.
    public let metadata: [String: String]

    /// Tensors in any order, and free words for the header.
    public init(tensors: [PackedTensor], metadata: [String: String] = [:]) {
        self.tensors = tensors.sorted { $0.path.precedesInBytes($1.path) }
        self.metadata = metadata
    }

    /// What a file may ask for.
    enum Limit {
        static let headerByteCount = 16 << 20
        static let fileByteCount = 8 << 30
    }
}

extension SafeTensors {
    /// Reads all tensors of floats as float32. F16 and BF16 are exact so; F64 is rounded to nearest.
    ///
    /// - Throws: an ``InterchangeError`` that names the part of the header or the tensor at fault.
    public init(contentsOf path: FilePath) throws(InterchangeError) {
        try self.init(reading: inFile { () throws(FileError) in try InputFile(path) })
    }

    init(reading file: InputFile) throws(InterchangeError) {
        let path = file.path
        guard file.byteCount >= 10 else {
            throw .notSafeTensors(path: path, .tooShort(byteCount: file.byteCount))
        }
        let headerByteCount = try inFile { () throws(FileError) in try file.bytes(at: 0, count: 8) }
            .littleEndian(at: 0, as: UInt64.self)
        let limit = min(Limit.headerByteCount, file.byteCount - 8)
        guard headerByteCount >= 2, headerByteCount <= UInt64(limit) else {
            throw .notSafeTensors(path: path, .headerLength(promised: headerByteCount, possible: limit))
        }
        guard file.byteCount <= Limit.fileByteCount else {
            throw .tooLarge(path: path, byteCount: file.byteCount, limit: Limit.fileByteCount)
        }
        let headerBytes = try inFile { () throws(FileError) in try file.bytes(at: 8, count: Int(headerByteCount)) }
        guard headerBytes[0] == UInt8(ascii: "{") else {
            throw .notSafeTensors(path: path, .headerIsNoObject)
        }
        let header: SafeTensorsHeader
        do throws(FormatFault) {
            header = try SafeTensorsHeader(parsing: headerBytes)
            try header.check(dataByteCount: file.byteCount - 8 - headerBytes.count)
        } catch { throw .damaged(path: path, error) }
        var tensors: [PackedTensor] = []
        var leftOut: [String: FormatFault.Problem] = [:]
        for entry in header.entries {
            switch entry.type {
            case .float(let type):
                let start = 8 + headerBytes.count + entry.range.lowerBound
                let bytes = try inFile { () throws(FileError) in try file.bytes(at: start, count: entry.range.count) }
                tensors.append(PackedTensor(path: entry.path, shape: entry.shape, values: type.values(bytes)))
            case .other(let name): leftOut[entry.path] = .otherType(name: name)
            }
        }
        self.init(tensors: tensors, metadata: header.metadata)
        self.leftOut = leftOut
    }

    /// Writes the file as float32, whole or not at all; equal contents give equal bytes.
    ///
    /// - Throws: `unstorable` if two tensors share a path or a limit is exceeded; `file` with the system's reason.
    public func write(to path: FilePath) throws(InterchangeError) {
        var header = SafeTensorsHeader()
        header.metadata = metadata
        var dataByteCount = 0
        for tensor in tensors {
            let end = dataByteCount + tensor.values.count * MemoryLayout<Float>.size
            header.entries.append(
                SafeTensorsHeader.Entry(path: tensor.path, type: .float(.f32), shape: tensor.shape, range: dataByteCount..<end))
            dataByteCount = end
        }
        let headerBytes = header.encoded()
        do throws(FormatFault) {
            try header.check(dataByteCount: dataByteCount)
            guard headerBytes.count <= Limit.headerByteCount else {
                throw FormatFault(.header, .headerWouldBeTooLarge)
            }
        } catch { throw .unstorable(path: path, error) }
        try inFile { () throws(FileError) in
            let file = try AtomicFile(path: path)
            try file.append([UInt64(headerBytes.count).littleEndian])
            try file.append(headerBytes)
            for tensor in tensors { try file.append(tensor.values) }
            try file.synchronize()
            try file.commit()
        }
    }
}
