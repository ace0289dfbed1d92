import GraphBasics
import SystemPackage

/// A pack as the bytes of its file.
struct EncodedPack {
    let table: SectionTable
    /// In the order of the file.
    let chunks: [EncodedChunk]
    let report: StorageReport

    /// - Parameter path: of the file that is to be written, for errors.
    init(_ pack: Pack, path: FilePath) throws(PackError) {
        let sections = pack.unencodedSections
        let rounded = try parallelMap(
            sections.count, threadCount: threadCount(forByteCount: sections.reduce(0) { $0 + $1.byteCount }),
            tool: { () throws(PackError) in }
        ) { (_, index) throws(PackError) in
            do throws(PackFault) { return try RoundedSection(sections[index]) } catch {
                throw .unstorable(path: path, error)
            }
        }
        let places = rounded.indices.flatMap { section in
            (0..<rounded[section].chunkCount).map { (section: section, chunk: $0) }
        }
        chunks = try parallelMap(
            places.count, threadCount: threadCount(forByteCount: places.count << 20),
            tool: { () throws(PackError) in try ChunkEncoder(for: path) }
        ) { (encoder, index) throws(PackError) in
            try rounded[places[index].section].encodedChunk(places[index].chunk, encoder, path)
        }
        var remaining = chunks[...]
        var encoded: [Section] = []
        for section in rounded {
            let own = remaining.prefix(section.chunkCount)
            remaining = remaining.dropFirst(own.count)
            encoded.append(section.section(chunks: own.map(\.chunk)))
        }
        do throws(PackFault) { table = try SectionTable(placing: encoded, storage: pack.storage) } catch {
            throw .unstorable(path: path, error)
        }
        report = StorageReport(table, largestErrors: rounded.map(\.largestError))
    }
}

extension Pack {
    /// All sections in the order of the file.
    fileprivate var unencodedSections: [UnencodedSection] {
        var sections: [UnencodedSection] = []
        func append(_ name: String, _ bytes: some Sequence<UInt8>) {
            sections.append(UnencodedSection(name: name, contents: .bytes(Array(bytes))))
        }
        if let compiledText { append(SectionName.compiled, compiledText.utf8) }
        append(SectionName.compiler, compilerVersion.utf8)
        append(SectionName.graph, graphText.utf8)
        append(SectionName.metadata, PackDictionary.encoded(metadata))
        for state in states {
            sections.append(UnencodedSection(name: SectionName.statePrefix + state.path, contents: .tensor(state, .fp32)))
        }
        if let training { append(SectionName.training, PackDictionary.encoded(training)) }
        for weight in weights {
            sections.append(UnencodedSection(name: SectionName.weightPrefix + weight.path, contents: .tensor(weight, storage)))
        }
        return sections
    }
}

private struct UnencodedSection: Sendable {
    enum Contents {
        case bytes([UInt8])
        case tensor(PackedTensor, StorageFormat)
    }

    var name: String
    var contents: Contents

    var byteCount: Int {
        switch contents {
        case .bytes(let bytes): bytes.count
        case .tensor(let tensor, _): 4 * tensor.values.count
        }
    }
}

/// A section whose values are those that reading the file gives, and their digest.
private struct RoundedSection: Sendable {
    let name: String
    let type: StoredElement
    let shape: [Int]
    let contents: UnencodedSection.Contents
    let digest: Digest
    /// Between a value and what it was rounded to.
    let largestError: Float

    init(_ section: UnencodedSection) throws(PackFault) {
        name = section.name
        switch section.contents {
        case .bytes(let bytes):
            type = .bytes
            shape = [bytes.count]
            contents = section.contents
            digest = SHA256.hash(of: bytes)
            largestError = 0
        case .tensor(let tensor, let storage):
            let rounded = try tensor.rounded(to: storage)
            type = storage.storedElement(forShape: tensor.shape)
            shape = tensor.shape
            contents = .tensor(rounded, storage)
            digest = SHA256.hash(of: rounded.values)
            largestError = type == .fp32 ? 0 : tensor.largestDifference(from: rounded)
        }
    }

    private var elementCount: Int {
        switch contents {
        case .bytes(let bytes): bytes.count
        case .tensor(let tensor, _): tensor.values.count
        }
    }

    var chunkCount: Int { elementCount.ceilingDivided(by: type.elementsPerChunk) }

    func encodedChunk(_ index: Int, _ encoder: ChunkEncoder, _ path: FilePath) throws(PackError) -> EncodedChunk {
        let start = index * type.elementsPerChunk
        let range = start..<min(start + type.elementsPerChunk, elementCount)
        let chunk: EncodedChunk? =
            switch contents {
            case .bytes(let bytes):
                bytes.withUnsafeBytes { encoder.encoded(UnsafeRawBufferPointer(rebasing: $0[range])) }
            case .tensor(let tensor, _):
                tensor.values.withUnsafeBufferPointer {
                    encoder.encoded(
                        UnsafeBufferPointer(rebasing: $0[range]), as: type, channelCount: shape.last ?? 1,
                        firstElement: start)
                }
            }
        guard let chunk else { throw .outOfMemory(path: path) }
        return chunk
    }

    func section(chunks: [Chunk]) -> Section {
        Section(name: name, type: type, shape: shape, elementCount: elementCount, digest: digest, chunks: chunks)
    }
}

extension PackedTensor {
    /// The largest magnitude of a difference between values at the same place; infinite where one is not a number.
    ///
    /// - Requires: equal shapes.
    func largestDifference(from other: PackedTensor) -> Float {
        var largest: Float = 0
        values.withUnsafeBufferPointer { left in
            other.values.withUnsafeBufferPointer { right in
                for i in left.indices where left[i].bitPattern != right[i].bitPattern {
                    let difference = abs(left[i] - right[i])
                    largest = difference <= largest ? largest : difference.isNaN ? .infinity : difference
                }
            }
        }
        return largest
    }
}
