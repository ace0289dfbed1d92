import GraphPack
import SystemPackage

/// The tensors of a state dict as `torch.save` writes it since PyTorch 1.6: a ZIP archive that holds a pickle
/// and, for each storage, an entry of its numbers.
enum PyTorchCheckpoint {
    /// What a file may ask for. A pickle is small beside the numbers; those of hostile files are deflated a thousandfold.
    enum Limit {
        static func pickleByteCount(fileByteCount: Int) -> Int { min(16 << 20, 1 << 20 + fileByteCount) }
        /// Some fifty make a tensor.
        static func opcodeCount(fileByteCount: Int) -> Int { min(4 << 20, 1 << 18 + fileByteCount / 4) }
        /// Of all tensors: some share a storage, or repeat numbers of one.
        static func elementCount(fileByteCount: Int) -> Int { 4 << 20 + 4 * fileByteCount }
    }

    /// Dictionaries within the dictionary give their key and a point to the names in them.
    static func tensors(in archive: ZipArchive) throws(InterchangeError) -> WeightFile {
        let pickleName = archive.entries.keys.filter { $0.hasSuffix("/data.pkl") }.min() ?? ""
        let folder = pickleName.dropLast("data.pkl".count)
        let path = archive.file.path
        if archive.entries["\(folder)byteorder"] != nil {
            guard try archive.bytes(of: "\(folder)byteorder") == Array("little".utf8) else {
                throw .bigEndianCheckpoint(path: path)
            }
        }
        let fileByteCount = archive.file.byteCount
        let byteLimit = Limit.pickleByteCount(fileByteCount: fileByteCount)
        guard let pickleSize = archive.entries[pickleName]?.byteCount, pickleSize <= byteLimit else {
            throw .largePickle(path: path, byteLimit: byteLimit)
        }
        let pickleBytes = try archive.bytes(of: pickleName)
        let pickle: Pickle
        let named: [(name: String, tensor: Pickle.Tensor)]
        do throws(FormatFault) {
            pickle = try Pickle(pickleBytes, opcodeLimit: Limit.opcodeCount(fileByteCount: fileByteCount))
            named = try pickle.namedTensors()
        } catch { throw .damaged(path: path, error) }
        return try weights(named, in: path, fileByteCount: fileByteCount) { (storage) throws(InterchangeError) in
            try archive.bytes(of: "\(folder)data/\(storage.key)")
        }
    }

    /// The tensors of a pickle with their numbers.
    ///
    /// - Parameter bytes: gives those of a storage; it is asked once for each.
    static func weights(
        _ named: [(name: String, tensor: Pickle.Tensor)], in path: FilePath, fileByteCount: Int,
        bytesOf bytes: (Pickle.Storage) throws(InterchangeError) -> [UInt8]
    ) throws(InterchangeError) -> WeightFile {
        var weights = WeightFile()
        var current: (storage: Pickle.Storage, values: [Float])?
        var remaining = Limit.elementCount(fileByteCount: fileByteCount)
        // Tensors of one storage come one after another.
        let inOrder = named.sorted {
            ($0.tensor.storage.key, $0.tensor.storage.type) < ($1.tensor.storage.key, $1.tensor.storage.type)
        }
        for (name, tensor) in inOrder {
            let storage = tensor.storage
            guard let type = floatTypes[storage.type] else {
                do throws(FormatFault) { try weights.leaveOut(name, .otherType(name: storage.type.shownType)) } catch {
                    throw .damaged(path: path, error)
                }
                continue
            }
            if current?.storage != storage {
                current = nil
                let bytes = try bytes(storage)
                guard bytes.count / type.byteCount == storage.elementCount, bytes.count.isMultiple(of: type.byteCount) else {
                    throw .damaged(
                        path: path, FormatFault(.tensor(name), .storageHoldsOther(elementCount: storage.elementCount)))
                }
                current = (storage, type.values(bytes))
            }
            do throws(FormatFault) {
                guard let count = valueCount(ofShape: tensor.view.shape), count <= remaining else {
                    throw FormatFault(.tensor(name), .repeatsTooMuch)
                }
                remaining -= count
                guard let values = tensor.view.values(in: current?.values ?? []) else {
                    throw FormatFault(.tensor(name), .leavesStorage(shape: tensor.view.shape))
                }
                try weights.add(PackedTensor(path: name, shape: tensor.view.shape, values: values))
            } catch { throw .damaged(path: path, error) }
        }
        return weights
    }

    private static let floatTypes: [String: FloatType] = [
        "DoubleStorage": .f64, "FloatStorage": .f32, "HalfStorage": .f16, "BFloat16Storage": .bf16,
    ]
}

extension Pickle {
    /// All tensors of the dictionary that the pickle is, and of dictionaries in it.
    func namedTensors() throws(FormatFault) -> [(name: String, tensor: Tensor)] {
        if case .unknown(let name) = result { throw FormatFault(.pickle, .pickle(.isObject(name))) }
        guard case .dictionary(let root) = result else {
            throw FormatFault(.pickle, .isNoDictionary)
        }
        var named: [(name: String, tensor: Tensor)] = []
        var names: Set<String> = []
        // Each dictionary once, so that one that holds itself comes to an end.
        var waiting = [(prefix: "", index: root)]
        var seen: Set<Int> = [root]
        while let (prefix, index) = waiting.popLast() {
            for (key, value) in dictionaries[index] {
                guard case .text(let text) = key else { continue }
                // Names grow with each dictionary around.
                guard prefix.utf8.count + text.utf8.count <= SectionTable.Limit.nameByteCount else {
                    throw FormatFault(.names, .holdsUnusableName)
                }
                switch value {
                case .tensor(let tensor):
                    guard names.insert(prefix + text).inserted else {
                        throw FormatFault(.pickle, .aNameStandsTwice)
                    }
                    named.append((prefix + text, tensor))
                case .dictionary(let inner) where seen.insert(inner).inserted:
                    waiting.append((prefix + text + ".", inner))
                default: continue
                }
            }
        }
        // A module that was saved whole, perhaps beside where its training stood.
        if named.isEmpty {
            for case .unknown(let name) in dictionaries[root].map(\.value) {
                throw FormatFault(.pickle, .pickle(.isObject(name)))
            }
        }
        guard named.count <= SectionTable.Limit.sectionCount else {
            throw FormatFault(.pickle, .tooManyTensors(count: named.count))
        }
        guard !named.isEmpty else { throw FormatFault(.pickle, .holdsNoTensors) }
        return named
    }
}
