import GraphBasics

/// What storing a pack cost: for each weight its size and how far it was rounded, and the whole.
public struct StorageReport: Hashable, Sendable {
    /// What storing one tensor took and cost.
    public struct Tensor: Hashable, Sendable {
        /// The weight's path.
        public var path: String
        /// The weight's sizes.
        public var shape: [Int]
        /// As float32.
        public var decodedByteCount: Int
        /// In the file, with padding.
        public var storedByteCount: Int
        /// The largest magnitude of a difference between a value and what the file gives back.
        public var largestError: Float

        /// Stored bytes for each byte of the values.
        public var ratio: Double { decodedByteCount == 0 ? 1 : Double(storedByteCount) / Double(decodedByteCount) }
    }

    /// As what weights are stored.
    public var storage: StorageFormat
    /// The weights, in the order of their paths' bytes.
    public var tensors: [Tensor]
    /// Bytes of the whole file.
    public var fileByteCount: Int
    /// Of the weights as the file gives them back.
    public var digest: Digest

    /// All weights in the file, beside their size as float32.
    public var ratio: Double {
        let decoded = tensors.reduce(0) { $0 + $1.decodedByteCount }
        return decoded == 0 ? 1 : Double(tensors.reduce(0) { $0 + $1.storedByteCount }) / Double(decoded)
    }
}

extension StorageReport {
    /// - Parameter largestErrors: of each section.
    init(_ table: SectionTable, largestErrors: [Float]) {
        storage = table.storage
        fileByteCount = table.fileByteCount
        digest = table.weightsDigest
        tensors = zip(table.sections, largestErrors).compactMap { section, error in
            section.weightPath.map { path in
                Tensor(
                    path: path, shape: section.shape, decodedByteCount: section.decodedByteCount,
                    storedByteCount: section.storedByteCount, largestError: error)
            }
        }
    }
}

extension StorageReport: CustomStringConvertible {
    /// One line for each tensor, and one for the whole.
    public var description: String {
        var rows = [["weight", "shape", "bytes", "ratio", "largest error"]]
        for tensor in tensors {
            rows.append([
                "@\(tensor.path)", "\(tensor.shape)", "\(tensor.storedByteCount)", percent(tensor.ratio),
                tensor.largestError == 0 ? "0" : shortText(tensor.largestError),
            ])
        }
        return """
            \(aligned(rows))
            \(storage.rawValue): \(fileByteCount) bytes in all, the weights \(percent(ratio)) of their size as float32
            digest \(digest)
            """
    }
}
