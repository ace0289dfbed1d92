/// The front of a `.gpack` file: its header and the table of its sections.
///
/// All numbers are little-endian. The file begins with 32 bytes of header:
///
///     offset  bytes
///          0     10  signature 89 47 50 41 43 4B 0D 0A 1A 0A, "\x89GPACK\r\n\x1A\n": as PNG's, it
///                    shows when a transfer changed line ends or cut the eighth bit
///         10      2  version of the format, 1
///         12      8  length of the file
///         20      4  length of the table
///         24      4  number of sections
///         28      4  CRC-32C of bytes 0..<28, then of the table and its padding
///
/// The table follows. Its entries stand in the order of their names' bytes, each:
///
///          2  length of the name, then the name in UTF-8
///          1  contents: 0 bytes, 1 tensor of float32
///          1  codec of the stored bytes: 0 raw, 1 one zstd frame (RFC 8878) that states its content size
///          1  rank, 0 unless a tensor; then 8 for each size
///          8  offset in the file
///          8  length as stored, without padding
///          8  length decoded
///          4  CRC-32C of the stored bytes and their padding
///
/// The table and each section are padded with zeros to a multiple of 64, and follow one another in
/// the order of the table without a gap, to the end of the file. `PackWriter.swift` says which
/// sections there are.
struct SectionTable {
    static let signature: [UInt8] = [0x89, 0x47, 0x50, 0x41, 0x43, 0x4B, 0x0D, 0x0A, 0x1A, 0x0A]
    static let version: UInt16 = 1
    static let headerByteCount = 32

    var sections: [Section]

    /// What a file may ask for. Writers keep to the same limits, so what is written can be read.
    enum Limit {
        static let sectionCount = 1 << 16
        static let nameByteCount = 1024
        static let rank = 8
        static let tableByteCount = 16 << 20
        /// Of all compressed sections together, decoded.
        static let expandedByteCount = 64 << 20
        static let fileByteCount = 4 << 30
    }
}

/// One entry of the table.
struct Section {
    enum Contents: Equatable {
        case bytes
        case floats(shape: [Int])
    }

    enum Codec: UInt8 {
        case raw = 0
        case zstd = 1
    }

    var name: String
    var contents: Contents
    var codec: Codec
    var offset = 0
    var storedByteCount: Int
    var decodedByteCount: Int
    var checksum: UInt32

    /// How errors call it.
    var label: String { "section '\(name)'" }

    /// - Requires: the stored length has been checked against the length of the file.
    var paddingByteCount: Int { paddedByteCount(storedByteCount) - storedByteCount }
}

/// The next multiple of 64, the alignment of every section.
func paddedByteCount(_ byteCount: Int) -> Int { (byteCount + 63) & ~63 }

extension SectionTable {
    /// Places sections in the order of their names and checks them against the limits.
    init(placing unordered: [Section]) throws(FormatProblem) {
        sections = unordered.sorted { $0.name.precedesInBytes($1.name) }
        for section in sections where section.name.utf8.count > Limit.nameByteCount {
            throw FormatProblem("a name of \(section.name.utf8.count) bytes", "the limit is \(Limit.nameByteCount)")
        }
        var end = paddedByteCount(Self.headerByteCount + encodedEntries().count)
        for i in sections.indices {
            sections[i].offset = end
            let (next, overflow) = end.addingReportingOverflow(paddedByteCount(sections[i].storedByteCount))
            guard !overflow, next <= Limit.fileByteCount else {
                throw FormatProblem(sections[i].label, "the file would exceed \(Limit.fileByteCount) bytes")
            }
            end = next
        }
        try check(fileByteCount: end)
    }

    /// The length of the whole file.
    var fileByteCount: Int {
        sections.last.map { $0.offset + paddedByteCount($0.storedByteCount) } ?? 0
    }

    /// The header and the table, padded.
    func encoded() -> [UInt8] {
        let entries = encodedEntries()
        var bytes = Self.signature
        bytes.appendLittleEndian(Self.version)
        bytes.appendLittleEndian(UInt64(fileByteCount))
        bytes.appendLittleEndian(UInt32(entries.count))
        bytes.appendLittleEndian(UInt32(sections.count))
        let frontByteCount = Self.headerByteCount + entries.count
        let table = entries + [UInt8](repeating: 0, count: paddedByteCount(frontByteCount) - frontByteCount)
        bytes.appendLittleEndian(Self.checksum(header: bytes, table: table))
        return bytes + table
    }

    /// The checksum of the header's first 28 bytes and of the table with its padding.
    static func checksum(header: [UInt8], table: [UInt8]) -> UInt32 {
        (header.prefix(28) + table).withUnsafeBytes { CRC32C.checksum(of: $0) }
    }

    private func encodedEntries() -> [UInt8] {
        var bytes: [UInt8] = []
        for section in sections {
            bytes.appendLittleEndian(UInt16(section.name.utf8.count))
            bytes += section.name.utf8
            let shape: [Int]? = if case .floats(let shape) = section.contents { shape } else { nil }
            bytes.append(shape == nil ? 0 : 1)
            bytes.append(section.codec.rawValue)
            bytes.append(UInt8(clamping: shape?.count ?? 0))
            for size in shape ?? [] { bytes.appendLittleEndian(UInt64(size)) }
            bytes.appendLittleEndian(UInt64(section.offset))
            bytes.appendLittleEndian(UInt64(section.storedByteCount))
            bytes.appendLittleEndian(UInt64(section.decodedByteCount))
            bytes.appendLittleEndian(section.checksum)
        }
        return bytes
    }

    /// Parses exactly `count` entries.
    init(decoding table: [UInt8], count: Int, fileByteCount: Int) throws(FormatProblem) {
        var cursor = ByteCursor(table)
        sections = []
        for i in 0..<count {
            guard let section = Section(from: &cursor) else {
                throw FormatProblem("table", "entry \(i) of \(count) is not one")
            }
            sections.append(section)
        }
        guard cursor.remaining == 0 else { throw FormatProblem("table", "bytes follow its last entry") }
        try check(fileByteCount: fileByteCount)
    }

    /// Everything that can be known of sections without reading them: names, order, places, sizes.
    private func check(fileByteCount: Int) throws(FormatProblem) {
        guard sections.count <= Limit.sectionCount else {
            throw FormatProblem("table", "it has \(sections.count) sections, and the limit is \(Limit.sectionCount)")
        }
        let tableByteCount = encodedEntries().count
        guard tableByteCount <= Limit.tableByteCount else {
            throw FormatProblem("table", "it has \(tableByteCount) bytes, and the limit is \(Limit.tableByteCount)")
        }
        var end = paddedByteCount(Self.headerByteCount + tableByteCount)
        var expandedByteCount = 0
        var previous: Section?
        for section in sections {
            try section.checkName(after: previous?.name)
            try section.checkSizes(fileByteCount: fileByteCount)
            guard section.offset == end else {
                throw FormatProblem(section.label, "it is at byte \(section.offset) and should be at \(end)")
            }
            end += paddedByteCount(section.storedByteCount)
            if section.codec == .zstd { expandedByteCount += section.decodedByteCount }
            guard expandedByteCount <= Limit.expandedByteCount else {
                throw FormatProblem(section.label, "compressed text exceeds \(Limit.expandedByteCount) bytes")
            }
            previous = section
        }
        guard end == fileByteCount else {
            throw FormatProblem("table", "its sections end at byte \(end), and the file at \(fileByteCount)")
        }
    }
}

extension Section {
    /// Nil where the bytes run out or mean nothing.
    fileprivate init?(from cursor: inout ByteCursor) {
        guard let nameByteCount = cursor.take(UInt16.self), nameByteCount <= SectionTable.Limit.nameByteCount,
            let name = cursor.takeText(byteCount: Int(nameByteCount)),
            let contents = cursor.take(UInt8.self), contents <= 1,
            let codec = cursor.take(UInt8.self).flatMap(Codec.init(rawValue:)),
            let rank = cursor.take(UInt8.self), rank <= (contents == 1 ? SectionTable.Limit.rank : 0)
        else { return nil }
        var shape: [Int] = []
        for _ in 0..<rank {
            guard let size = cursor.takeSize() else { return nil }
            shape.append(size)
        }
        guard let offset = cursor.takeSize(), let storedByteCount = cursor.takeSize(),
            let decodedByteCount = cursor.takeSize(), let checksum = cursor.take(UInt32.self)
        else { return nil }
        self.name = name
        self.contents = contents == 1 ? .floats(shape: shape) : .bytes
        self.codec = codec
        self.offset = offset
        self.storedByteCount = storedByteCount
        self.decodedByteCount = decodedByteCount
        self.checksum = checksum
    }

    fileprivate func checkName(after previous: String?) throws(FormatProblem) {
        guard !name.isEmpty, name.isPrintable else {
            throw FormatProblem("table", "a name is empty or not printable")
        }
        guard let previous else { return }
        // Names that differ in bytes alone, as precomposed letters do, would be one name to Swift.
        guard previous != name else { throw FormatProblem(label, "its name stands there twice") }
        guard previous.precedesInBytes(name) else { throw FormatProblem(label, "it is out of order") }
    }

    fileprivate func checkSizes(fileByteCount: Int) throws(FormatProblem) {
        guard storedByteCount <= fileByteCount else {
            throw FormatProblem(label, "its \(storedByteCount) bytes do not fit into the file")
        }
        if codec == .raw, storedByteCount != decodedByteCount {
            throw FormatProblem(label, "its stored and decoded lengths differ")
        }
        guard decodedByteCount <= (codec == .raw ? fileByteCount : SectionTable.Limit.expandedByteCount) else {
            throw FormatProblem(label, "its \(decodedByteCount) decoded bytes exceed the limit")
        }
        if case .floats(let shape) = contents {
            guard shape.count <= SectionTable.Limit.rank else {
                throw FormatProblem(label, "its rank is \(shape.count), and the limit is \(SectionTable.Limit.rank)")
            }
            guard let count = elementCount(of: shape), count <= fileByteCount,
                count * MemoryLayout<Float>.size == decodedByteCount
            else { throw FormatProblem(label, "its length is not that of its shape \(shape)") }
        }
    }
}

extension String {
    /// Whether it fits in a message of one line.
    var isPrintable: Bool {
        unicodeScalars.allSatisfy {
            switch $0.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
    }
}
