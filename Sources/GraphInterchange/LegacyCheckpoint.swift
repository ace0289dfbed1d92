import GraphFiles
import GraphPack

/// The tensors of a state dict as `torch.save` wrote it before PyTorch 1.6: five pickles one after another, then the numbers
/// of each storage behind their count.
enum LegacyCheckpoint {
    /// Whether a file begins with a pickle of protocol 2 to 5.
    static func isStart(_ bytes: [UInt8]) -> Bool { bytes.count > 1 && bytes[0] == 0x80 && (2...5).contains(bytes[1]) }

    static func tensors(in file: InputFile) throws(InterchangeError) -> WeightFile {
        let start = try inFile { () throws(FileError) in
            try file.bytes(
                at: 0, count: min(file.byteCount, PyTorchCheckpoint.Limit.pickleByteCount(fileByteCount: file.byteCount)))
        }
        let opcodeLimit = PyTorchCheckpoint.Limit.opcodeCount(fileByteCount: file.byteCount)
        var places: [String: Range<Int>] = [:]
        let named: [(name: String, tensor: Pickle.Tensor)]
        do throws(FormatFault) {
            // A mark, the version of the format and what the machine was.
            var cursor = ByteCursor(start)
            for _ in 0..<3 { cursor = try Pickle(at: cursor, opcodeLimit: opcodeLimit).cursor }
            let pickle = try Pickle(at: cursor, opcodeLimit: opcodeLimit)
            named = try pickle.namedTensors()
            let keys = try Pickle(at: pickle.cursor, opcodeLimit: opcodeLimit)
            var offset = keys.cursor.offset
            for key in try keys.texts() {
                guard let storage = pickle.storages[key], let size = elementByteCounts[storage.type] else {
                    throw FormatFault(.entry(key), .entryDoesNotFit)
                }
                // The count is there a second time, before the numbers.
                offset += 8
                let (byteCount, overflow) = storage.elementCount.multipliedReportingOverflow(by: size)
                guard !overflow, offset <= file.byteCount, byteCount <= file.byteCount - offset else {
                    throw FormatFault(.entry(key), .entryDoesNotFit)
                }
                places[key] = offset..<offset + byteCount
                offset += byteCount
            }
        } catch { throw .damaged(path: file.path, error) }
        return try PyTorchCheckpoint.weights(named, in: file.path, fileByteCount: file.byteCount) {
            (storage) throws(InterchangeError) in
            guard let place = places[storage.key] else {
                throw .damaged(path: file.path, FormatFault(.archive, .lacksEntry(storage.key)))
            }
            return try inFile { () throws(FileError) in try file.bytes(at: place.lowerBound, count: place.count) }
        }
    }

    /// Of one element, by the name of the storage.
    private static let elementByteCounts = [
        "DoubleStorage": 8, "FloatStorage": 4, "HalfStorage": 2, "BFloat16Storage": 2, "LongStorage": 8, "IntStorage": 4,
        "ShortStorage": 2, "CharStorage": 1, "ByteStorage": 1, "BoolStorage": 1, "ComplexFloatStorage": 8,
        "ComplexDoubleStorage": 16,
    ]
}

extension Pickle {
    /// The strings of a list.
    fileprivate func texts() throws(FormatFault) -> [String] {
        guard case .list(let index) = result else { throw FormatFault(.pickle, .isNoDictionary) }
        return lists[index].compactMap { if case .text(let text) = $0 { text } else { nil } }
    }
}
