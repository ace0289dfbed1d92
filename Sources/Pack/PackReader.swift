extension Pack {
    /// Reads a whole file and checks every byte of it.
    ///
    /// Size, header, limits, order and places of all sections are checked before anything is allocated for
    /// them, and a chunk's checksum before it is decoded. ``PackVerification`` also checks the digests.
    ///
    /// - Throws: a ``PackError`` that names the part at fault.
    public init(contentsOf path: String) throws(PackError) {
        try self.init(reading: try InputFile(path))
    }

    /// Reads a pack that is in memory.
    ///
    /// - Parameter name: how errors call it.
    public init(bytes: [UInt8], name: String) throws(PackError) {
        try self.init(reading: InputFile(bytes, name: name))
    }

    init(reading file: InputFile) throws(PackError) {
        let table = try SectionTable(reading: file)
        let reader = SectionReader(file: file)
        self.init(graphText: "", compilerVersion: "", storage: table.storage)
        let decoder = ChunkDecoder()
        for section in table.sections where section.type == .bytes {
            let bytes = try reader.bytes(of: section, decoder)
            do throws(FormatProblem) {
                switch section.name {
                case SectionName.compiled: compiledText = try section.text(bytes)
                case SectionName.compiler: compilerVersion = try section.text(bytes)
                case SectionName.graph: graphText = try section.text(bytes)
                case SectionName.metadata: metadata = try section.dictionary(bytes)
                case SectionName.training: training = try section.dictionary(bytes)
                default: preconditionFailure("a table has known names only")
                }
            } catch { throw .damaged(file.path, error) }
        }
        weights = try reader.tensors(of: table.sections, prefix: SectionName.weightPrefix)
        states = try reader.tensors(of: table.sections, prefix: SectionName.statePrefix)
    }
}

/// Reads and decodes the sections of a file whose table has been checked.
struct SectionReader {
    let file: InputFile

    func bytes(of section: Section, _ decoder: ChunkDecoder) throws(PackError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: section.elementCount)
        for index in section.chunks.indices {
            let range = section.elementRange(ofChunk: index)
            try decoder.decode(index, of: section, from: file, into: &bytes, range)
        }
        return bytes
    }

    /// All values of a tensor, decoded by one worker.
    func values(of section: Section, _ decoder: ChunkDecoder) throws(PackError) -> [Float] {
        try filledArray(count: section.elementCount) { (values) throws(PackError) in
            for index in section.chunks.indices {
                let chunk = UnsafeMutableBufferPointer(rebasing: values[section.elementRange(ofChunk: index)])
                try decoder.decode(index, of: section, from: file, into: chunk)
            }
        }
    }

    /// All values of a tensor, its chunks shared among workers.
    private func valuesInParallel(of section: Section) throws(PackError) -> [Float] {
        try filledArray(count: section.elementCount) { (values) throws(PackError) in
            // Each job writes the values of its own chunk.
            nonisolated(unsafe) let values = values
            _ = try Workers.map(
                section.chunks.count, byteCount: section.decodedByteCount,
                tool: { ChunkDecoder() }
            ) { (decoder, index) throws(PackError) in
                let chunk = UnsafeMutableBufferPointer(rebasing: values[section.elementRange(ofChunk: index)])
                try decoder.decode(index, of: section, from: file, into: chunk)
            }
        }
    }

    /// The tensors whose sections have a prefix, without it.
    fileprivate func tensors(of sections: [Section], prefix: String) throws(PackError) -> [PackedTensor] {
        let sections = sections.filter { $0.name.hasPrefix(prefix) }
        // Whole tensors are shared among workers, or the chunks of one, where it has many.
        let small = sections.filter { $0.chunks.count <= Self.sharedChunkCount }
        let smallValues = try Workers.map(
            small.count, byteCount: small.reduce(0) { $0 + $1.decodedByteCount },
            tool: { ChunkDecoder() }
        ) { (decoder, index) throws(PackError) in try values(of: small[index], decoder) }
        var remaining = smallValues[...]
        var tensors: [PackedTensor] = []
        for section in sections {
            let isSmall = section.chunks.count <= Self.sharedChunkCount
            let values = isSmall ? remaining.removeFirst() : try valuesInParallel(of: section)
            tensors.append(
                PackedTensor(path: String(section.name.dropFirst(prefix.count)), shape: section.shape, values: values))
        }
        return tensors
    }

    private static let sharedChunkCount = 4
}

/// An array whose values a body puts into memory that holds none yet.
private func filledArray(
    count: Int, _ body: (UnsafeMutableBufferPointer<Float>) throws(PackError) -> Void
) throws(PackError) -> [Float] {
    var failure: PackError?
    let array = [Float](unsafeUninitializedCapacity: count) { buffer, filled in
        do throws(PackError) { try body(UnsafeMutableBufferPointer(rebasing: buffer[..<count])) } catch { failure = error }
        filled = failure == nil ? count : 0
    }
    if let failure { throw failure }
    return array
}

extension Section {
    /// The text of a section's decoded bytes.
    func text(_ bytes: [UInt8]) throws(FormatProblem) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw FormatProblem(label, "it is not UTF-8") }
        return text
    }

    /// The dictionary of a section's decoded bytes.
    func dictionary(_ bytes: [UInt8]) throws(FormatProblem) -> [String: String] {
        guard let dictionary = PackDictionary.decoded(bytes) else {
            throw FormatProblem(label, "it is not a dictionary in the order of its keys")
        }
        return dictionary
    }
}
