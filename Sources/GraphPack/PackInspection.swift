import GraphBasics

/// What is inside a pack, as far as can be told without reading its tensors.
public struct PackInspection: Hashable, Sendable {
    /// A part of the file.
    public struct Section: Hashable, Sendable {
        /// As `graph` or `weights/head.filter`.
        public var name: String
        /// `text`, or what a tensor's values are stored as: `fp32`, `fp16`, `bf16`, `int8`.
        public var type: String
        /// Of a tensor; of text its bytes.
        public var shape: [Int]
        /// As text or float32.
        public var decodedByteCount: Int
        /// In the file, with padding.
        public var storedByteCount: Int

        /// Stored bytes for each byte of the values.
        public var ratio: Double { decodedByteCount == 0 ? 1 : Double(storedByteCount) / Double(decodedByteCount) }
    }

    /// Bytes of the whole file.
    public var fileByteCount: Int
    /// As what weights are stored.
    public var storage: StorageFormat
    /// Of the weights' paths, shapes and values, whatever they are stored as.
    public var digest: Digest
    /// Of the weights' paths and shapes: that of every graph that they fit.
    public var fingerprint: Digest
    /// The compiler that the compiled entries are of.
    public var compilerVersion: String
    /// Free words by key.
    public var metadata: [String: String]
    /// Nil unless the pack is a checkpoint.
    public var training: [String: String]?
    /// All sections, in the order of the file.
    public var sections: [Section]
}

extension PackInspection {
    /// Reads the table of an open pack, no values.
    public init(_ file: PackFile) {
        fileByteCount = file.file.byteCount
        storage = file.storage
        digest = file.table.weightsDigest
        fingerprint = file.fingerprint
        compilerVersion = file.compilerVersion
        metadata = file.metadata
        training = file.training
        sections = file.table.sections.map { section in
            Section(
                name: section.name, type: section.type == .bytes ? "text" : "\(section.type)", shape: section.shape,
                decodedByteCount: section.decodedByteCount, storedByteCount: section.storedByteCount)
        }
    }

    /// The sections that hold weights.
    public var weights: [Section] { sections.filter { $0.name.hasPrefix(Pack.SectionName.weightPrefix) } }

    /// The sections that hold what training keeps beside them.
    public var states: [Section] { sections.filter { $0.name.hasPrefix(Pack.SectionName.statePrefix) } }
}

extension PackInspection {
    /// All of it as one JSON object (RFC 8259).
    public var json: String {
        func object(_ words: [String: String]) -> String {
            let members = words.sorted { $0.key.precedesInBytes($1.key) }
                .map { "\(jsonString($0.key)): \(jsonString($0.value))" }
            return "{\(members.joined(separator: ", "))}"
        }
        let list = sections.map { section in
            "    {\"name\": \(jsonString(section.name)), \"type\": \"\(section.type)\", \"shape\": \(section.shape), "
                + "\"bytes\": \(section.decodedByteCount), \"stored\": \(section.storedByteCount)}"
        }
        return """
            {
              "storage": "\(storage)",
              "bytes": \(fileByteCount),
              "weights": \(weights.reduce(0) { $0 + $1.decodedByteCount / 4 }),
              "digest": "\(digest)",
              "fingerprint": "\(fingerprint)",
              "compiler": \(jsonString(compilerVersion)),
              "metadata": \(object(metadata)),
              "training": \(training.map(object) ?? "null"),
              "sections": [
            \(list.joined(separator: ",\n"))
              ]
            }
            """
    }
}
