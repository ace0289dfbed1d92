import GraphBasics

/// One entry of a pack's table: a text, a dictionary or a tensor, and where its chunks are.
struct Section: Sendable {
    var name: String
    var type: StoredElement
    /// Of a tensor; of bytes their number alone.
    var shape: [Int]
    var elementCount: Int
    /// The hash of the decoded bytes or float32 values.
    var digest: Digest
    var offset = 0
    var chunks: [Chunk]

    /// How errors call it.
    var part: PackFault.Part { .section(name) }

    /// The path of a weight, nil for other sections.
    var weightPath: String? { path(after: Pack.SectionName.weightPrefix) }

    /// The path of a state, nil for other sections.
    var statePath: String? { path(after: Pack.SectionName.statePrefix) }

    private func path(after prefix: String) -> String? {
        name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : nil
    }

    var isDictionary: Bool { name == Pack.SectionName.metadata || name == Pack.SectionName.training }

    /// The last size of the shape.
    var channelCount: Int { shape.last ?? 1 }

    var decodedByteCount: Int { elementCount * type.decodedByteCount }

    /// With all padding.
    var storedByteCount: Int { chunks.reduce(0) { $0 + paddedByteCount($1.storedByteCount) } }

    func elementRange(ofChunk index: Int) -> Range<Int> {
        let start = index * type.elementsPerChunk
        return start..<min(start + type.elementsPerChunk, elementCount)
    }

    func offset(ofChunk index: Int) -> Int {
        chunks[..<index].reduce(offset) { $0 + paddedByteCount($1.storedByteCount) }
    }

    func fault(inChunk index: Int, _ problem: PackFault.Problem) -> PackFault {
        PackFault(.chunk(index, of: chunks.count, section: name), problem)
    }
}

/// A piece of a section that is checked and decoded alone.
struct Chunk: Sendable {
    /// Without padding.
    var storedByteCount: Int
    /// The CRC-32C of the stored bytes and their padding.
    var checksum: UInt32
}

/// The next multiple of 64, the alignment of every chunk.
func paddedByteCount(_ byteCount: Int) -> Int { byteCount.roundedUp(to: 64) }

extension Section {
    /// Nil where the bytes run out or mean nothing.
    init?(from cursor: inout ByteCursor) {
        guard let nameByteCount = cursor.take(UInt16.self), nameByteCount <= SectionTable.Limit.nameByteCount,
            let name = cursor.takeText(byteCount: Int(nameByteCount)),
            let type = cursor.take(UInt8.self).flatMap(StoredElement.init(rawValue:)),
            let rank = cursor.take(UInt8.self), rank <= SectionTable.Limit.rank, type != .bytes || rank == 1
        else { return nil }
        var shape: [Int] = []
        for _ in 0..<rank {
            guard let size = cursor.takeSize() else { return nil }
            shape.append(size)
        }
        guard SectionTable.Limit.allows(shape), let elementCount = valueCount(ofShape: shape),
            let digest = cursor.takeBytes(count: Digest.byteCount), let offset = cursor.takeSize()
        else { return nil }
        let chunkCount = elementCount.ceilingDivided(by: type.elementsPerChunk)
        guard cursor.remaining >= chunkCount * 8 else { return nil }
        var chunks: [Chunk] = []
        chunks.reserveCapacity(chunkCount)
        for _ in 0..<chunkCount {
            guard let storedByteCount = cursor.take(UInt32.self), let checksum = cursor.take(UInt32.self) else {
                return nil
            }
            chunks.append(Chunk(storedByteCount: Int(storedByteCount), checksum: checksum))
        }
        self.init(
            name: name, type: type, shape: shape, elementCount: elementCount, digest: Digest(digest), offset: offset,
            chunks: chunks)
    }

    func append(to bytes: inout [UInt8]) {
        bytes.appendLittleEndian(UInt16(truncatingIfNeeded: name.utf8.count))
        bytes += name.utf8
        bytes.append(type.rawValue)
        bytes.append(UInt8(truncatingIfNeeded: shape.count))
        for size in shape { bytes.appendLittleEndian(UInt64(size)) }
        bytes += digest.bytes
        bytes.appendLittleEndian(UInt64(offset))
        for chunk in chunks {
            bytes.appendLittleEndian(UInt32(truncatingIfNeeded: chunk.storedByteCount))
            bytes.appendLittleEndian(chunk.checksum)
        }
    }

    /// - Parameter names: those before; this one is added.
    func checkName(after previous: String?, among names: inout Set<String>) throws(PackFault) {
        guard !name.isEmpty, name.isPrintable else {
            throw PackFault(.table, .unprintableName)
        }
        // Names that differ in bytes alone, as precomposed letters do, would be one name to Swift.
        guard names.insert(name).inserted else { throw PackFault(part, .nameStandsTwice) }
        guard previous?.precedesInBytes(name) ?? true else { throw PackFault(part, .isOutOfOrder) }
    }

    /// Checks that each chunk can hold its elements: all plain bytes, and at least one packed byte.
    func checkChunks() throws(PackFault) {
        for index in chunks.indices {
            let count = elementRange(ofChunk: index).count
            let plainByteCount = type.plainByteCount(elementCount: count, channelCount: channelCount)
            guard plainByteCount + 1...plainByteCount + count ~= chunks[index].storedByteCount else {
                throw fault(inChunk: index, .chunkLength(chunks[index].storedByteCount, elementCount: count))
            }
        }
    }

    /// Checks that a section of this name is what it has to be in a pack of a format.
    func checkContents(storage: StorageFormat) throws(PackFault) {
        switch name {
        case Pack.SectionName.compiled, Pack.SectionName.compiler, Pack.SectionName.graph,
            Pack.SectionName.metadata, Pack.SectionName.training:
            guard type == .bytes else { throw PackFault(part, .isTensor) }
        case _ where name.hasPrefix(Pack.SectionName.weightPrefix):
            try checkTensor(prefix: Pack.SectionName.weightPrefix, type: storage.storedElement(forShape: shape))
        case _ where name.hasPrefix(Pack.SectionName.statePrefix):
            try checkTensor(prefix: Pack.SectionName.statePrefix, type: .fp32)
        default: throw PackFault(part, .unknownName)
        }
    }

    private func checkTensor(prefix: String, type expected: StoredElement) throws(PackFault) {
        guard name != prefix else { throw PackFault(part, .hasNoPath) }
        guard type != .bytes else { throw PackFault(part, .isText) }
        guard type == expected else {
            throw PackFault(part, .storedAs(type, expected: expected))
        }
    }
}

extension String {
    /// Whether it fits in a message of one line.
    package var isPrintable: Bool {
        unicodeScalars.allSatisfy {
            switch $0.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
    }
}
