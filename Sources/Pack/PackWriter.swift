extension Pack {
    /// Writes the file, whole or not at all: the old one stays until the new one is on disk.
    ///
    /// Sections:
    ///
    /// - `graph`, `compiled` (if any), `compiler`: UTF-8 text, zstd;
    /// - `metadata`, `training` (if any): a dictionary, zstd: the number of its entries, then for
    ///   each, in the order of the keys' bytes, key and value, all 32-bit lengths and UTF-8;
    /// - `weights/PATH`, `states/PATH`: a tensor of float32 in row-major order, raw.
    ///
    /// - Throws: `invalidContents` if two tensors share a path or a limit is exceeded;
    ///   `unwritable` with the system's reason.
    public func write(to path: String) throws(PackError) {
        let encoded: [EncodedSection]
        let table: SectionTable
        do throws(FormatProblem) {
            encoded = try encodedSections()
            table = try SectionTable(placing: encoded.map(\.section))
        } catch { throw .invalidContents(path, error) }
        try AtomicFile.write(to: path) { (file) throws(PackError) in
            try file.append(table.encoded())
            for encoded in encoded {
                switch encoded.payload {
                case .bytes(let bytes): try file.append(bytes)
                case .floats(let values): try file.append(values)
                }
                try file.append([UInt8](repeating: 0, count: encoded.section.paddingByteCount))
            }
        }
    }

    /// All sections in the order of their names.
    private func encodedSections() throws(FormatProblem) -> [EncodedSection] {
        var sections: [EncodedSection] = []
        if let compiledText { sections.append(try EncodedSection(text: compiledText, name: "compiled")) }
        sections.append(try EncodedSection(text: compilerVersion, name: "compiler"))
        sections.append(try EncodedSection(text: graphText, name: "graph"))
        sections.append(try EncodedSection(compressing: encode(metadata), name: "metadata"))
        for state in states { sections.append(EncodedSection(tensor: state, prefix: Self.statePrefix)) }
        if let training { sections.append(try EncodedSection(compressing: encode(training), name: "training")) }
        for weight in weights { sections.append(EncodedSection(tensor: weight, prefix: Self.weightPrefix)) }
        return sections
    }

    static let weightPrefix = "weights/"
    static let statePrefix = "states/"

    private func encode(_ dictionary: [String: String]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(UInt32(dictionary.count))
        for (key, value) in dictionary.sorted(by: { $0.key.precedesInBytes($1.key) }) {
            for text in [key, value] {
                bytes.appendLittleEndian(UInt32(clamping: text.utf8.count))
                bytes += text.utf8
            }
        }
        return bytes
    }
}

/// A section and the bytes it stores.
private struct EncodedSection {
    enum Payload {
        case bytes([UInt8])
        case floats([Float])
    }

    var section: Section
    var payload: Payload

    init(text: String, name: String) throws(FormatProblem) {
        try self.init(compressing: Array(text.utf8), name: name)
    }

    init(compressing bytes: [UInt8], name: String) throws(FormatProblem) {
        guard bytes.count <= SectionTable.Limit.expandedByteCount, let frame = Zstd.compressed(bytes) else {
            throw FormatProblem("section '\(name)'", "its \(bytes.count) bytes are too many to compress")
        }
        section = Section(
            name: name, contents: .bytes, codec: .zstd, storedByteCount: frame.count,
            decodedByteCount: bytes.count, checksum: 0)
        payload = .bytes(frame)
        section.checksum = frame.withUnsafeBytes {
            CRC32C.checksum(of: $0, paddingByteCount: section.paddingByteCount)
        }
    }

    init(tensor: PackedTensor, prefix: String) {
        let byteCount = tensor.values.count * MemoryLayout<Float>.size
        section = Section(
            name: prefix + tensor.path, contents: .floats(shape: tensor.shape), codec: .raw,
            storedByteCount: byteCount, decodedByteCount: byteCount, checksum: 0)
        payload = .floats(tensor.values)
        section.checksum = tensor.values.withUnsafeBytes {
            CRC32C.checksum(of: $0, paddingByteCount: section.paddingByteCount)
        }
    }
}
