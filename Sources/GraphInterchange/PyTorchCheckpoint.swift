import GraphPack
import SystemPackage

/// The tensors of a state dict as `torch.save` writes it since PyTorch 1.6: a ZIP archive that holds a pickle
/// and, for each storage, an entry of its numbers.
enum PyTorchCheckpoint {
    private static let pickleByteLimit = 16 << 20

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
        guard let pickleSize = archive.entries[pickleName]?.byteCount, pickleSize <= pickleByteLimit else {
            throw .largePickle(path: path, byteLimit: pickleByteLimit)
        }
        let pickleBytes = try archive.bytes(of: pickleName)
        let pickle: Pickle
        let named: [(name: String, tensor: Pickle.Tensor)]
        do throws(FormatFault) {
            pickle = try Pickle(pickleBytes)
            named = try pickle.namedTensors()
        } catch { throw .damaged(path: path, error) }
        return try weights(named, in: path) { (storage) throws(InterchangeError) in
            try archive.bytes(of: "\(folder)data/\(storage.key)")
        }
    }

    /// The tensors of a pickle with their numbers.
    static func weights(
        _ named: [(name: String, tensor: Pickle.Tensor)], in path: FilePath,
        bytesOf bytes: (Pickle.Storage) throws(InterchangeError) -> [UInt8]
    ) throws(InterchangeError) -> WeightFile {
        var weights = WeightFile()
        for (name, tensor) in named {
            guard let type = floatTypes[tensor.storage.type] else {
                do throws(FormatFault) { try weights.add(name, nil) } catch { throw .damaged(path: path, error) }
                continue
            }
            let bytes = try bytes(tensor.storage)
            do throws(FormatFault) {
                guard bytes.count / type.byteCount == tensor.storage.elementCount,
                    bytes.count.isMultiple(of: type.byteCount)
                else { throw FormatFault(.tensor(name), .storageHoldsOther(elementCount: tensor.storage.elementCount)) }
                guard tensor.view.shape.count <= SectionTable.Limit.rank,
                    let values = tensor.view.values(in: type.values(bytes))
                else { throw FormatFault(.tensor(name), .leavesStorage(shape: tensor.view.shape)) }
                try weights.add(name, PackedTensor(path: name, shape: tensor.view.shape, values: values))
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
        guard !named.isEmpty else { throw FormatFault(.pickle, .holdsNoTensors) }
        return named
    }
}
