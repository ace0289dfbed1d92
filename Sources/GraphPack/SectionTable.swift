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
    init(placing unordered: [Section], storage: StorageFormat) throws(FormatProblem) {
        self.storage = storage
        sections = unordered.sorted { $0.name.precedesInBytes($1.name) }
        for section in sections {
            guard section.name.utf8.count <= Limit.nameByteCount else {
                throw FormatProblem("a name of \(section.name.utf8.count) bytes", "the limit is \(Limit.nameByteCount)")
            }
            guard section.shape.count <= Limit.rank else {
                throw FormatProblem(section.label, "its rank is \(section.shape.count), and the limit is \(Limit.rank)")
            }
            guard Limit.allows(section.shape) else {
                throw FormatProblem(section.label, "its shape \(section.shape) is beyond \(Limit.elementCount) elements")
            }
        }
        var end = paddedByteCount(Self.headerByteCount + encodedEntries().count)
        for i in sections.indices {
            sections[i].offset = end
            end += sections[i].storedByteCount
            guard end <= Limit.fileByteCount else {
                throw FormatProblem(sections[i].label, "the file would exceed \(Limit.fileByteCount) bytes")
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
    fileprivate func check(fileByteCount: Int) throws(FormatProblem) {
        guard sections.count <= Limit.sectionCount else {
            throw FormatProblem("table", "it has \(sections.count) sections, and the limit is \(Limit.sectionCount)")
        }
        let tableByteCount = encodedEntries().count
        guard tableByteCount <= Limit.tableByteCount else {
            throw FormatProblem("table", "it has \(tableByteCount) bytes, and the limit is \(Limit.tableByteCount)")
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
                throw FormatProblem(
                    section.label, "up to it \(decodedByteCount) decoded bytes are too many for \(fileByteCount) stored")
            }
            try section.checkChunks()
            guard section.offset == end else {
                throw FormatProblem(section.label, "it is at byte \(section.offset) and should be at \(end)")
            }
            end += section.storedByteCount
            guard end <= fileByteCount else {
                throw FormatProblem(section.label, "its bytes do not fit into the file")
            }
            previous = section
        }
        if let name = Pack.SectionName.required.first(where: { name in !sections.contains { $0.name == name } }) {
            throw FormatProblem("table", "it has no section '\(name)'")
        }
        guard end == fileByteCount else {
            throw FormatProblem("table", "its sections end at byte \(end), and the file at \(fileByteCount)")
        }
    }
}

extension SectionTable {
    /// Reads and checks header and table.
    init(reading file: InputFile) throws(PackError) {
        let path = file.path
        let header = try file.bytes(at: 0, count: min(file.byteCount, Self.headerByteCount))
        try Self.checkSignature(of: header, path)
        guard header.count == Self.headerByteCount else {
            throw .damaged(path, FormatProblem("header", "the file is cut short"))
        }
        let version = header[10]
        guard version == Self.version else {
            throw PackError(
                .unsupported, path, "header: it is of version \(version) of the format, and this program reads version "
                    + "\(Self.version); make the pack again, use a newer program, or copy the file again if it is damaged")
        }
        guard CRC32C.checksum(of: Array(header[..<28])) == header.littleEndian(at: 28, as: UInt32.self) else {
            throw .damaged(path, FormatProblem("header", "its checksum does not match"))
        }
        let fileByteCount = header.littleEndian(at: 12, as: UInt64.self)
        guard fileByteCount == UInt64(file.byteCount) else {
            let problem = "it promises \(fileByteCount) bytes, and the file has \(file.byteCount)"
            throw .damaged(path, FormatProblem("header", problem))
        }
        guard file.byteCount <= Limit.fileByteCount else {
            throw PackError(.unsupported, path, "header: a pack has at most \(Limit.fileByteCount) bytes")
        }
        let tableByteCount = Int(header.littleEndian(at: 20, as: UInt32.self))
        let payloadOffset = paddedByteCount(Self.headerByteCount + tableByteCount)
        guard tableByteCount <= Limit.tableByteCount, payloadOffset <= file.byteCount else {
            throw .damaged(path, FormatProblem("header", "a table of \(tableByteCount) bytes does not fit"))
        }
        guard let storage = StorageFormat(number: header[11]) else {
            throw .damaged(path, FormatProblem("header", "there is no storage format \(header[11])"))
        }
        let table = try file.bytes(at: Self.headerByteCount, count: payloadOffset - Self.headerByteCount)
        guard CRC32C.checksum(of: table) == header.littleEndian(at: 24, as: UInt32.self) else {
            throw .damaged(path, FormatProblem("table", "its checksum does not match"))
        }
        guard table[tableByteCount...].allSatisfy({ $0 == 0 }) else {
            throw .damaged(path, FormatProblem("table", "its padding is not zero"))
        }
        do throws(FormatProblem) {
            try self.init(
                decoding: Array(table[..<tableByteCount]), storage: storage, fileByteCount: file.byteCount)
        } catch { throw .damaged(path, error) }
    }

    init(decoding table: [UInt8], storage: StorageFormat, fileByteCount: Int) throws(FormatProblem) {
        self.storage = storage
        sections = []
        var cursor = ByteCursor(table)
        while cursor.remaining > 0 {
            guard let section = Section(from: &cursor) else {
                throw FormatProblem("table", "entry \(sections.count + 1) is not one")
            }
            sections.append(section)
            guard sections.count <= Limit.sectionCount else {
                throw FormatProblem("table", "it has more than \(Limit.sectionCount) sections, the limit")
            }
        }
        try check(fileByteCount: fileByteCount)
    }

    /// Tells a pack from other files, and a damaged signature from none.
    private static func checkSignature(of header: [UInt8], _ path: String) throws(PackError) {
        let found = header.prefix(signature.count)
        guard found != signature[...] else { return }
        let pngSignature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        if header.isEmpty { throw PackError(.wrongFormat, path, "not a pack: the file is empty") }
        if header.starts(with: pngSignature) {
            throw PackError(.wrongFormat, path, "not a pack: it is a PNG picture")
        }
        let matching = zip(found, signature).count { $0 == $1 }
        guard matching >= 6 || matching == found.count else {
            throw PackError(.wrongFormat, path, "not a pack: it does not begin with a pack's signature")
        }
        throw .damaged(path, FormatProblem("header", "the signature is not whole, as after a transfer as text"))
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
