import GraphFiles
import SystemPackage

/// The front of a `.gpack` file: its header and the table of its sections.
///
/// `Docs/PackFormat.md` specifies the bytes. Reading and writing check the same rules: what is written can
/// be read, and what cannot be written is refused.
package struct SectionTable {
    package static let signature: [UInt8] = [0x89, 0x47, 0x50, 0x41, 0x43, 0x4B, 0x0D, 0x0A, 0x1A, 0x0A]
    static let version: UInt8 = 2
    static let headerByteCount = 32

    var storage: StorageFormat
    /// In the order of their names' bytes, which is that of their places.
    var sections: [Section]

    /// What a file may ask for.
    package enum Limit {
        package static let sectionCount = 1 << 16
        package static let nameByteCount = 1024
        package static let rank = 8
        package static let elementCount = 1 << 40
        /// A size of 0 makes a tensor empty, and does not excuse the others.
        static func allows(_ shape: [Int]) -> Bool {
            valueCount(ofShape: shape.filter { $0 != 0 }).map { $0 <= elementCount } ?? false
        }
        package static let tableByteCount = 16 << 20
        package static let fileByteCount = 4 << 30
        /// Of all sections of a file together, when decoded.
        static func decodedByteCount(fileByteCount: Int) -> Int { 32 * fileByteCount + 16 << 20 }
    }
}

extension SectionTable {
    /// Places sections in the order of their names and checks them against the limits.
    init(placing unordered: [Section], storage: StorageFormat) throws(PackFault) {
        self.storage = storage
        sections = unordered.sorted { $0.name.precedesInBytes($1.name) }
        for section in sections {
            guard section.name.utf8.count <= Limit.nameByteCount else {
                throw PackFault(.name(byteCount: section.name.utf8.count), .tooLongName)
            }
            guard section.shape.count <= Limit.rank else {
                throw PackFault(section.part, .rank(section.shape.count))
            }
            guard Limit.allows(section.shape) else {
                throw PackFault(section.part, .tooManyElements(shape: section.shape))
            }
        }
        var end = paddedByteCount(Self.headerByteCount + encodedEntries().count)
        for i in sections.indices {
            sections[i].offset = end
            end += sections[i].storedByteCount
            guard end <= Limit.fileByteCount else {
                throw PackFault(sections[i].part, .fileWouldBeTooLarge)
            }
        }
        try check(fileByteCount: end)
    }

    /// The length of the whole file.
    var fileByteCount: Int {
        sections.last.map { $0.offset + $0.storedByteCount } ?? paddedByteCount(Self.headerByteCount)
    }

    /// The digest of the weights, from those of their sections.
    var weightsDigest: Digest {
        .weights(sections.compactMap { section in section.weightPath.map { ($0, section.shape, section.digest) } })
    }

    var fingerprint: Digest {
        .fingerprint(of: sections.compactMap { section in section.weightPath.map { ($0, section.shape) } })
    }

    /// The header and the table, padded.
    func encoded() -> [UInt8] {
        let entries = encodedEntries()
        let frontByteCount = Self.headerByteCount + entries.count
        let table = entries + [UInt8](repeating: 0, count: paddedByteCount(frontByteCount) - frontByteCount)
        var header = Self.signature
        header.append(Self.version)
        header.append(storage.number)
        header.appendLittleEndian(UInt64(fileByteCount))
        header.appendLittleEndian(UInt32(entries.count))
        header.appendLittleEndian(CRC32C.checksum(of: table))
        header.appendLittleEndian(CRC32C.checksum(of: header))
        return header + table
    }

    private func encodedEntries() -> [UInt8] {
        var bytes: [UInt8] = []
        for section in sections { section.append(to: &bytes) }
        return bytes
    }

    /// Everything that can be known of sections without reading them: names, order, places, sizes.
    fileprivate func check(fileByteCount: Int) throws(PackFault) {
        guard sections.count <= Limit.sectionCount else {
            throw PackFault(.table, .tooManySections)
        }
        let tableByteCount = encodedEntries().count
        guard tableByteCount <= Limit.tableByteCount else {
            throw PackFault(.table, .tooLongTable(byteCount: tableByteCount))
        }
        var end = paddedByteCount(Self.headerByteCount + tableByteCount)
        var decodedByteCount = 0
        var previous: Section?
        var names: Set<String> = []
        for section in sections {
            try section.checkName(after: previous?.name, among: &names)
            try section.checkContents(storage: storage)
            decodedByteCount += section.decodedByteCount
            guard decodedByteCount <= Limit.decodedByteCount(fileByteCount: fileByteCount) else {
                throw PackFault(
                    section.part, .decodesToTooMuch(byteCount: decodedByteCount, fileByteCount: fileByteCount))
            }
            // Text of the compiler shrinks to a twentieth.
            if section.type == .bytes, section.decodedByteCount > 1 << 20 + 64 * section.storedByteCount {
                throw PackFault(
                    section.part,
                    .decodesToTooMuch(byteCount: section.decodedByteCount, fileByteCount: section.storedByteCount))
            }
            try section.checkChunks()
            guard section.offset == end else {
                throw PackFault(section.part, .offset(section.offset, expected: end))
            }
            end += section.storedByteCount
            guard end <= fileByteCount else {
                throw PackFault(section.part, .leavesFile)
            }
            previous = section
        }
        if let name = Pack.SectionName.required.first(where: { name in !sections.contains { $0.name == name } }) {
            throw PackFault(.table, .lacksSection(name))
        }
        guard end == fileByteCount else {
            throw PackFault(.table, .sectionsEnd(at: end, fileByteCount: fileByteCount))
        }
    }
}

extension SectionTable {
    /// Reads and checks header and table.
    init(reading file: InputFile) throws(PackError) {
        let path = file.path
        let header = try inFile { () throws(FileError) in
            try file.bytes(at: 0, count: min(file.byteCount, Self.headerByteCount))
        }
        try Self.checkSignature(of: header, path)
        guard header.count == Self.headerByteCount else {
            throw .damaged(path: path, PackFault(.header, .isCutShort))
        }
        let version = header[10]
        guard version == Self.version else {
            throw .unsupportedVersion(path: path, version: Int(version))
        }
        guard CRC32C.checksum(of: Array(header[..<28])) == header.littleEndian(at: 28, as: UInt32.self) else {
            throw .damaged(path: path, PackFault(.header, .checksumDiffers))
        }
        let fileByteCount = header.littleEndian(at: 12, as: UInt64.self)
        guard fileByteCount == UInt64(file.byteCount) else {
            throw .damaged(path: path, PackFault(.header, .fileLength(promised: fileByteCount, found: file.byteCount)))
        }
        guard file.byteCount <= Limit.fileByteCount else {
            throw .tooLarge(path: path)
        }
        let tableByteCount = Int(header.littleEndian(at: 20, as: UInt32.self))
        let payloadOffset = paddedByteCount(Self.headerByteCount + tableByteCount)
        guard tableByteCount <= Limit.tableByteCount, payloadOffset <= file.byteCount else {
            throw .damaged(path: path, PackFault(.header, .tableDoesNotFit(byteCount: tableByteCount)))
        }
        guard let storage = StorageFormat(number: header[11]) else {
            throw .damaged(path: path, PackFault(.header, .unknownStorage(number: header[11])))
        }
        let table = try inFile { () throws(FileError) in
            try file.bytes(at: Self.headerByteCount, count: payloadOffset - Self.headerByteCount)
        }
        guard CRC32C.checksum(of: table) == header.littleEndian(at: 24, as: UInt32.self) else {
            throw .damaged(path: path, PackFault(.table, .checksumDiffers))
        }
        guard table[tableByteCount...].allSatisfy({ $0 == 0 }) else {
            throw .damaged(path: path, PackFault(.table, .paddingIsNotZero))
        }
        do throws(PackFault) {
            try self.init(
                decoding: Array(table[..<tableByteCount]), storage: storage, fileByteCount: file.byteCount)
        } catch { throw .damaged(path: path, error) }
    }

    init(decoding table: [UInt8], storage: StorageFormat, fileByteCount: Int) throws(PackFault) {
        self.storage = storage
        sections = []
        var cursor = ByteCursor(table)
        while cursor.remaining > 0 {
            guard let section = Section(from: &cursor) else {
                throw PackFault(.table, .unreadableEntry(number: sections.count + 1))
            }
            sections.append(section)
            guard sections.count <= Limit.sectionCount else {
                throw PackFault(.table, .tooManySections)
            }
        }
        try check(fileByteCount: fileByteCount)
    }

    /// Tells a pack from other files, and a damaged signature from none.
    private static func checkSignature(of header: [UInt8], _ path: FilePath) throws(PackError) {
        let found = header.prefix(signature.count)
        guard found != signature[...] else { return }
        let pngSignature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        if header.isEmpty { throw .notPack(path: path, .empty) }
        if header.starts(with: pngSignature) {
            throw .notPack(path: path, .png)
        }
        let matching = zip(found, signature).count { $0 == $1 }
        guard matching >= 6 || matching == found.count else {
            throw .notPack(path: path, .unknown)
        }
        throw .damaged(path: path, PackFault(.header, .signatureIsNotWhole))
    }
}

extension StorageFormat {
    /// In the order of the cases.
    fileprivate var number: UInt8 {
        switch self {
        case .fp32: 0
        case .fp16: 1
        case .bf16: 2
        case .int8: 3
        }
    }

    fileprivate init?(number: UInt8) {
        guard let format = Self.allCases.first(where: { $0.number == number }) else { return nil }
        self = format
    }
}
