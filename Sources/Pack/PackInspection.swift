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
    }

    public var fileByteCount: Int
    public var storage: StorageFormat
    /// Of the weights' paths, shapes and values, whatever they are stored as.
    public var digest: Digest
    /// Of the weights' paths and shapes: that of every graph that they fit.
    public var fingerprint: Digest
    public var compilerVersion: String
    public var metadata: [String: String]
    /// Nil unless the pack is a checkpoint.
    public var training: [String: String]?
    public var sections: [Section]
}

extension PackInspection {
    /// Reads the table and the texts. Tensors are neither read nor checked.
    public init(contentsOf path: String) throws(PackError) {
        let file = try InputFile(path)
        let table = try SectionTable(reading: file)
        let reader = SectionReader(file: file)
        let decoder = ChunkDecoder()
        func dictionary(_ name: String) throws(PackError) -> [String: String]? {
            guard let section = table.sections.first(where: { $0.name == name }) else { return nil }
            let bytes = try reader.bytes(of: section, decoder)
            do throws(FormatProblem) { return try section.dictionary(bytes) } catch { throw .damaged(path, error) }
        }
        func text(_ name: String) throws(PackError) -> String? {
            guard let section = table.sections.first(where: { $0.name == name }) else { return nil }
            let bytes = try reader.bytes(of: section, decoder)
            do throws(FormatProblem) { return try section.text(bytes) } catch { throw .damaged(path, error) }
        }
        fileByteCount = file.byteCount
        storage = table.storage
        digest = table.weightsDigest
        fingerprint = table.fingerprint
        compilerVersion = try text(Pack.SectionName.compiler) ?? ""
        metadata = try dictionary(Pack.SectionName.metadata) ?? [:]
        training = try dictionary(Pack.SectionName.training)
        sections = table.sections.map { section in
            Section(
                name: section.name, type: section.type == .bytes ? "text" : "\(section.type)", shape: section.shape,
                decodedByteCount: section.decodedByteCount, storedByteCount: section.storedByteCount)
        }
    }

    /// Weights alone: how many values.
    public var weightCount: Int {
        sections.filter { $0.name.hasPrefix(Pack.SectionName.weightPrefix) }.reduce(0) { $0 + $1.decodedByteCount / 4 }
    }
}

extension PackInspection: CustomStringConvertible {
    public var description: String {
        var lines = [
            "storage      \(storage)", "bytes        \(fileByteCount)", "weights      \(weightCount)",
            "digest       \(digest)", "fingerprint  \(fingerprint)", "compiler     \(compilerVersion)",
        ]
        for (title, words) in [("metadata", metadata), ("training", training ?? [:])] where !words.isEmpty {
            lines.append(title)
            lines += words.sorted { $0.key.precedesInBytes($1.key) }.map { "  \($0.key) = \($0.value)" }
        }
        var rows = [["section", "type", "shape", "bytes", "stored", "ratio"]]
        for section in sections {
            let ratio = section.decodedByteCount == 0
                ? "" : percent(Double(section.storedByteCount) / Double(section.decodedByteCount))
            rows.append([
                section.name, section.type, section.type == "text" ? "" : "\(section.shape)",
                "\(section.decodedByteCount)", "\(section.storedByteCount)", ratio,
            ])
        }
        return (lines + [aligned(rows)]).joined(separator: "\n")
    }

    /// The same as one JSON object (RFC 8259).
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
              "weights": \(weightCount),
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
