import GraphBasics
import GraphFiles
import SystemPackage

extension Pack {
    /// Reads a whole file and checks every byte of it.
    ///
    /// Size, header, limits, order and places of all sections are checked before anything is allocated for
    /// them, and a chunk's checksum before it is decoded. ``PackVerification`` also checks the digests.
    ///
    /// - Throws: a ``PackError`` that names the part at fault.
    public init(contentsOf path: FilePath) throws(PackError) {
        try self.init(reading: inFile { () throws(FileError) in try InputFile(path) })
    }

    /// Reads a pack that is in memory.
    ///
    /// - Parameter name: how errors call it.
    public init(bytes: [UInt8], name: FilePath) throws(PackError) {
        try self.init(reading: InputFile(bytes, name: name))
    }

    package init(reading file: InputFile) throws(PackError) {
        let opened = try PackFile(reading: file)
        let reader = SectionReader(file: file)
        self.init(
            graphText: opened.graphText, compiledText: opened.compiledText, compilerVersion: opened.compilerVersion,
            weights: try reader.tensors(of: opened.table.sections, \.weightPath),
            states: try reader.tensors(of: opened.table.sections, \.statePath),
            training: opened.training, metadata: opened.metadata, storage: opened.storage)
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
            _ = try parallelMap(
                section.chunks.count, threadCount: threadCount(forByteCount: section.decodedByteCount),
                tool: { () throws(PackError) in ChunkDecoder() }
            ) { (decoder, index) throws(PackError) in
                let chunk = UnsafeMutableBufferPointer(rebasing: values[section.elementRange(ofChunk: index)])
                try decoder.decode(index, of: section, from: file, into: chunk)
            }
        }
    }

    /// The tensors of the sections that have a path.
    fileprivate func tensors(of sections: [Section], _ path: (Section) -> String?) throws(PackError) -> [PackedTensor] {
        let sections = sections.filter { path($0) != nil }
        // Whole tensors are shared among workers, or the chunks of one, where it has many.
        let small = sections.filter { $0.chunks.count <= Self.sharedChunkCount }
        let smallValues = try parallelMap(
            small.count, threadCount: threadCount(forByteCount: small.reduce(0) { $0 + $1.decodedByteCount }),
            tool: { () throws(PackError) in ChunkDecoder() }
        ) { (decoder, index) throws(PackError) in try values(of: small[index], decoder) }
        var remaining = smallValues[...]
        var tensors: [PackedTensor] = []
        for section in sections {
            let isSmall = section.chunks.count <= Self.sharedChunkCount
            let values = isSmall ? remaining.removeFirst() : try valuesInParallel(of: section)
            tensors.append(
                PackedTensor(path: path(section) ?? "", shape: section.shape, values: values))
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
    func text(_ bytes: [UInt8]) throws(PackFault) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw PackFault(part, .isNotUTF8) }
        return text
    }

    /// The dictionary of a section's decoded bytes.
    func dictionary(_ bytes: [UInt8]) throws(PackFault) -> [String: String] {
        guard let dictionary = PackDictionary.decoded(bytes) else {
            throw PackFault(part, .isNotDictionary)
        }
        return dictionary
    }
}
