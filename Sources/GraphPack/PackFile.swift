import GraphBasics
import GraphFiles
import SystemPackage

/// A pack on disk: its table and texts have been read and checked, its tensors are decoded where they are wanted.
///
/// ``Pack`` holds all of it as values; this is for who has memory of his own for the tensors, or wants none.
public struct PackFile: Sendable {
    /// How errors call it.
    public var path: FilePath { file.path }
    /// The elaborated graph, in public ops: what a pack keeps for ever.
    public let graphText: String
    /// The entries as the compiler of ``compilerVersion`` left them; nil where it left none.
    public let compiledText: String?
    /// The compiler that ``compiledText`` is of.
    public let compilerVersion: String
    /// What a checkpoint remembers of its training; nil for all other packs.
    public let training: [String: String]?
    /// Free words by key.
    public let metadata: [String: String]
    let table: SectionTable
    let file: InputFile

    /// Size, header, limits, order and places of all sections are checked before anything is allocated for them.
    ///
    /// - Throws: a ``PackError`` that names the part at fault.
    public init(contentsOf path: FilePath) throws(PackError) {
        try self.init(reading: inFile { () throws(FileError) in try InputFile(path) })
    }

    init(reading file: InputFile) throws(PackError) {
        self.file = file
        table = try SectionTable(reading: file)
        let (reader, decoder) = (SectionReader(file: file), ChunkDecoder())
        var texts: [String: String] = [:]
        var dictionaries: [String: [String: String]] = [:]
        for section in table.sections where section.type == .bytes {
            let bytes = try reader.bytes(of: section, decoder)
            do throws(PackFault) {
                if section.isDictionary {
                    dictionaries[section.name] = try section.dictionary(bytes)
                } else {
                    texts[section.name] = try section.text(bytes)
                }
            } catch { throw .damaged(path: file.path, error) }
        }
        // A table without the texts that every pack has was refused.
        graphText = texts[Pack.SectionName.graph] ?? ""
        compiledText = texts[Pack.SectionName.compiled]
        compilerVersion = texts[Pack.SectionName.compiler] ?? ""
        metadata = dictionaries[Pack.SectionName.metadata] ?? [:]
        training = dictionaries[Pack.SectionName.training]
    }
}

extension PackFile {
    /// As what weights are stored.
    public var storage: StorageFormat { table.storage }

    /// Paths and shapes of the weights, in the order of the paths' bytes.
    public var weights: [(path: String, shape: [Int])] {
        table.sections.compactMap { section in section.weightPath.map { ($0, section.shape) } }
    }

    /// Paths and shapes of what training keeps beside them.
    public var states: [(path: String, shape: [Int])] {
        table.sections.compactMap { section in section.statePath.map { ($0, section.shape) } }
    }

    /// Whether a graph takes these weights: equal to that of the graph's own paths and shapes.
    public var fingerprint: Digest { table.fingerprint }

    /// Decodes weights and states into memory of the caller, chunks shared among workers.
    ///
    /// - Parameter places: for the path of each tensor that is wanted, room for its values.
    /// - Requires: each place has as many elements as its tensor, and no weight has the path of a state.
    /// - Throws: naming the chunk that is damaged; what the places hold is undefined then.
    public func decode(into places: [String: UnsafeMutableBufferPointer<Float>]) throws(PackError) {
        var chunks: [(section: Section, index: Int, values: UnsafeMutableBufferPointer<Float>)] = []
        for section in table.sections {
            guard let path = section.weightPath ?? section.statePath, let place = places[path] else { continue }
            precondition(place.count == section.elementCount, "a place is as large as its tensor")
            for index in section.chunks.indices {
                let range = section.elementRange(ofChunk: index)
                chunks.append((section, index, UnsafeMutableBufferPointer(rebasing: place[range])))
            }
        }
        // Each job writes the values of its own chunk.
        nonisolated(unsafe) let jobs = chunks
        _ = try parallelMap(
            jobs.count, threadCount: threadCount(forByteCount: jobs.reduce(0) { $0 + 4 * $1.values.count }),
            tool: { () throws(PackError) in ChunkDecoder() }
        ) { (decoder, job) throws(PackError) in
            try decoder.decode(jobs[job].index, of: jobs[job].section, from: file, into: jobs[job].values)
        }
    }
}
