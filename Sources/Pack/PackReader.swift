extension Pack {
    /// Reads a whole file and checks every byte of it.
    ///
    /// Size, header, limits, order and places of all sections are checked before anything is
    /// allocated for them, and checksums before anything is decoded.
    ///
    /// - Throws: a ``PackError`` that names the part at fault.
    public init(contentsOf path: String) throws(PackError) {
        let file = try InputFile(path)
        let table = try SectionTable(reading: file)
        self.init(graphText: "", compilerVersion: "")
        var missing: Set = ["graph", "compiler", "metadata"]
        var weights: [PackedTensor] = []
        var states: [PackedTensor] = []
        for section in table.sections {
            missing.remove(section.name)
            switch section.name {
            case "compiled": compiledText = try section.text(from: file)
            case "compiler": compilerVersion = try section.text(from: file)
            case "graph": graphText = try section.text(from: file)
            case "metadata": metadata = try section.dictionary(from: file)
            case "training": training = try section.dictionary(from: file)
            case let name where name.hasPrefix(Self.weightPrefix):
                weights.append(try section.tensor(from: file, prefix: Self.weightPrefix))
            case let name where name.hasPrefix(Self.statePrefix):
                states.append(try section.tensor(from: file, prefix: Self.statePrefix))
            default: throw .damaged(path, FormatProblem(section.label, "there is no section of this name in a pack"))
            }
        }
        if let name = missing.min() {
            throw .damaged(path, FormatProblem("table", "it has no section '\(name)'"))
        }
        self.weights = weights
        self.states = states
    }
}

extension SectionTable {
    fileprivate init(reading file: borrowing InputFile) throws(PackError) {
        let path = file.path
        let header = try file.bytes(at: 0, count: min(file.byteCount, Self.headerByteCount))
        try Self.checkSignature(of: header, path)
        guard header.count == Self.headerByteCount else {
            throw .damaged(path, FormatProblem("header", "the file is cut short"))
        }
        let version = header.littleEndian(at: 10, as: UInt16.self)
        guard version == Self.version else {
            throw PackError(
                .unsupported, path, "header: it is of version \(version) of the format, and this program reads "
                    + "version \(Self.version); use a newer program, or copy the file again if it is damaged")
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
        let table = try file.bytes(at: Self.headerByteCount, count: payloadOffset - Self.headerByteCount)
        guard Self.checksum(header: header, table: table) == header.littleEndian(at: 28, as: UInt32.self) else {
            throw .damaged(path, FormatProblem("header and table", "their checksum does not match"))
        }
        guard table[tableByteCount...].allSatisfy({ $0 == 0 }) else {
            throw .damaged(path, FormatProblem("table", "its padding is not zero"))
        }
        let count = Int(header.littleEndian(at: 24, as: UInt32.self))
        do throws(FormatProblem) {
            try self.init(
                decoding: Array(table[..<tableByteCount]), count: count, fileByteCount: file.byteCount)
        } catch { throw .damaged(path, error) }
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

extension Section {
    fileprivate func text(from file: borrowing InputFile) throws(PackError) -> String {
        guard let text = String(validating: try decodedBytes(from: file), as: UTF8.self) else {
            throw .damaged(file.path, FormatProblem(label, "it is not UTF-8"))
        }
        return text
    }

    fileprivate func dictionary(from file: borrowing InputFile) throws(PackError) -> [String: String] {
        guard let dictionary = Self.dictionary(from: try decodedBytes(from: file)) else {
            throw .damaged(file.path, FormatProblem(label, "it is not a dictionary in the order of its keys"))
        }
        return dictionary
    }

    private static func dictionary(from bytes: [UInt8]) -> [String: String]? {
        var cursor = ByteCursor(bytes)
        guard let count = cursor.take(UInt32.self) else { return nil }
        var dictionary: [String: String] = [:]
        var previous: String?
        for _ in 0..<count {
            guard let keyByteCount = cursor.take(UInt32.self),
                let key = cursor.takeText(byteCount: Int(keyByteCount)),
                let valueByteCount = cursor.take(UInt32.self),
                let value = cursor.takeText(byteCount: Int(valueByteCount)),
                previous?.precedesInBytes(key) ?? true,
                dictionary.updateValue(value, forKey: key) == nil
            else { return nil }
            previous = key
        }
        return cursor.remaining == 0 ? dictionary : nil
    }

    /// The tensor's values land in their array by one read, without a copy.
    fileprivate func tensor(from file: borrowing InputFile, prefix: String) throws(PackError) -> PackedTensor {
        guard case .floats(let shape) = contents, codec == .raw, name != prefix else {
            throw .damaged(file.path, FormatProblem(label, "it is not a raw tensor with a path"))
        }
        var values = [Float](repeating: 0, count: decodedByteCount / MemoryLayout<Float>.size)
        try file.fill(&values, at: offset)
        try checkStored(values, in: file)
        return PackedTensor(path: String(name.dropFirst(prefix.count)), shape: shape, values: values)
    }

    private func decodedBytes(from file: borrowing InputFile) throws(PackError) -> [UInt8] {
        guard contents == .bytes else {
            throw .damaged(file.path, FormatProblem(label, "it is a tensor and should be text"))
        }
        let stored = try file.bytes(at: offset, count: storedByteCount)
        try checkStored(stored, in: file)
        guard codec == .zstd else { return stored }
        guard let decoded = Zstd.decompressed(stored, byteCount: decodedByteCount) else {
            throw .damaged(file.path, FormatProblem(label, "it does not decompress to its length"))
        }
        return decoded
    }

    /// Checks the checksum of stored bytes and of the padding after them, which must be zero.
    private func checkStored<Number: BitwiseCopyable>(
        _ stored: [Number], in file: borrowing InputFile
    ) throws(PackError) {
        let padding = try file.bytes(at: offset + storedByteCount, count: paddingByteCount)
        guard padding.allSatisfy({ $0 == 0 }) else {
            throw .damaged(file.path, FormatProblem(label, "its padding is not zero"))
        }
        let found = stored.withUnsafeBytes { CRC32C.checksum(of: $0, paddingByteCount: paddingByteCount) }
        guard found == checksum else {
            throw .damaged(file.path, FormatProblem(label, "its checksum does not match"))
        }
    }
}
