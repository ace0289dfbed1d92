import CGraphZlib
import GraphFiles
import GraphPack

/// Reads a ZIP archive (PKWARE APPNOTE 6.3.10): entries stored or deflated, sizes in 32 or 64 bits.
///
/// NumPy's `.npz` and PyTorch's `.pth` files are such archives. Sizes are checked before anything is
/// allocated for an entry, and its CRC-32 after it is read.
///
/// libzip, the library that would do it, is not used: it brings libcrypto and libbz2 with it, of which there is no
/// static one without them, so that each program that links it takes 1.75 ms instead of 0.88 to start and cannot be
/// copied to a machine that lacks them; and the limits on what an archive may promise would be ours all the same.
struct ZipArchive {
    struct Entry {
        fileprivate var method: UInt16
        fileprivate var checksum: UInt32
        fileprivate var storedByteCount: Int
        fileprivate(set) var byteCount: Int
        fileprivate var headerOffset: Int
    }

    let file: InputFile
    let entries: [String: Entry]

    static let signature: [UInt8] = [0x50, 0x4B, 0x03, 0x04]

    private enum Limit {
        static let directoryByteCount = 64 << 20
        /// Of all entries together. Deflate can shrink to a thousandth; weights never do.
        static func byteCount(fileByteCount: Int) -> Int { 64 * fileByteCount + 16 << 20 }
        /// As many as a pack may hold tensors, and what stands beside these in a checkpoint.
        static let entryCount = SectionTable.Limit.sectionCount + 100
    }

    init(_ file: InputFile) throws(InterchangeError) {
        self.file = file
        let end = try EndRecord(of: file)
        guard end.directoryByteCount <= Limit.directoryByteCount, end.directoryByteCount <= file.byteCount,
            end.directoryOffset <= file.byteCount - end.directoryByteCount
        else { throw .damaged(path: file.path, FormatFault(.archive, .directoryDoesNotFit)) }
        let directory = try inFile { () throws(FileError) in
            try file.bytes(at: end.directoryOffset, count: end.directoryByteCount)
        }
        do throws(FormatFault) {
            entries = try Self.entries(directory, count: end.entryCount)
            var remaining = Limit.byteCount(fileByteCount: file.byteCount)
            for (name, entry) in entries {
                guard entry.storedByteCount <= file.byteCount, entry.headerOffset <= file.byteCount - 30 else {
                    throw FormatFault(.entry(name), .entryDoesNotFit)
                }
                guard entry.byteCount <= remaining else {
                    throw FormatFault(.archive, .promisesTooMuch)
                }
                remaining -= entry.byteCount
            }
        } catch { throw .damaged(path: file.path, error) }
    }

    /// The contents of an entry.
    func bytes(of name: String) throws(InterchangeError) -> [UInt8] {
        guard let entry = entries[name] else {
            throw .damaged(path: file.path, FormatFault(.archive, .lacksEntry(name)))
        }
        func damaged(_ problem: FormatFault.Problem) -> InterchangeError {
            .damaged(path: file.path, FormatFault(.entry(name), problem))
        }
        let header = try inFile { () throws(FileError) in try file.bytes(at: entry.headerOffset, count: 30) }
        let offset =
            entry.headerOffset + 30 + Int(header.littleEndian(at: 26, as: UInt16.self))
            + Int(header.littleEndian(at: 28, as: UInt16.self))
        guard header.starts(with: Self.signature), offset <= file.byteCount - entry.storedByteCount else {
            throw damaged(.entryDoesNotFit)
        }
        let stored = try inFile { () throws(FileError) in try file.bytes(at: offset, count: entry.storedByteCount) }
        let bytes: [UInt8]
        switch entry.method {
        case 0 where entry.storedByteCount == entry.byteCount: bytes = stored
        case 8:
            guard let inflated = inflated(stored, byteCount: entry.byteCount) else {
                throw damaged(.doesNotInflate)
            }
            bytes = inflated
        default: throw damaged(.isNeitherStoredNorDeflated)
        }
        guard crc32(0, bytes, UInt32(truncatingIfNeeded: bytes.count)) == UInt(entry.checksum) || bytes.isEmpty else {
            throw damaged(.checksumDiffers)
        }
        return bytes
    }
}

extension ZipArchive {
    /// The central directory's entries (APPNOTE, section 4.3.12).
    private static func entries(_ directory: [UInt8], count: Int) throws(FormatFault) -> [String: Entry] {
        var entries: [String: Entry] = [:]
        var cursor = ByteCursor(directory)
        guard count <= Limit.entryCount else { throw FormatFault(.archive, .tooManyTensors(count: count)) }
        while cursor.remaining > 0, entries.count <= count {
            guard cursor.take(UInt32.self) == 0x0201_4B50, cursor.skip(6),
                let method = cursor.take(UInt16.self), cursor.skip(4),
                let checksum = cursor.take(UInt32.self), let stored = cursor.take(UInt32.self),
                let decoded = cursor.take(UInt32.self), let nameByteCount = cursor.take(UInt16.self),
                let extraByteCount = cursor.take(UInt16.self), let commentByteCount = cursor.take(UInt16.self),
                cursor.skip(8), let offset = cursor.take(UInt32.self),
                let name = cursor.takeText(byteCount: Int(nameByteCount)), name.isPrintable,
                let extra = cursor.takeBytes(count: Int(extraByteCount)),
                cursor.skip(Int(commentByteCount))
            else { throw FormatFault(.archive, .unreadableEntry(number: entries.count + 1)) }
            var wide = wideSizes(in: extra)
            func size(_ narrow: UInt32) -> Int? { narrow == .max ? wide.takeSize() : Int(narrow) }
            guard let byteCount = size(decoded), let storedByteCount = size(stored), let headerOffset = size(offset)
            else { throw FormatFault(.entry(name), .lacksSize) }
            let entry = Entry(
                method: method, checksum: checksum, storedByteCount: storedByteCount, byteCount: byteCount,
                headerOffset: headerOffset)
            guard entries.updateValue(entry, forKey: name) == nil else {
                throw FormatFault(.entry(name), .nameStandsTwice)
            }
        }
        guard entries.count == count else {
            throw FormatFault(.archive, .entryCount(promised: count, found: entries.count))
        }
        return entries
    }

    /// The sizes of the ZIP64 field (APPNOTE, section 4.5.3), in its order.
    private static func wideSizes(in extra: [UInt8]) -> ByteCursor {
        var cursor = ByteCursor(extra)
        while let kind = cursor.take(UInt16.self), let byteCount = cursor.take(UInt16.self),
            let field = cursor.takeBytes(count: Int(byteCount))
        {
            if kind == 1 { return ByteCursor(field) }
        }
        return ByteCursor([])
    }

    /// Raw deflate data (RFC 1951) of exactly this length when inflated, or nil.
    private func inflated(_ stored: [UInt8], byteCount: Int) -> [UInt8]? {
        guard byteCount < UInt32.max, stored.count < UInt32.max else { return nil }
        var stream = z_stream()
        let streamByteCount = Int32(MemoryLayout<z_stream>.size)
        guard inflateInit2_(&stream, -15, ZLIB_VERSION, streamByteCount) == Z_OK else { return nil }
        defer { inflateEnd(&stream) }
        var isWhole = false
        var stored = stored
        // One byte more, so that there is always room and a longer stream is seen.
        let bytes = [UInt8](unsafeUninitializedCapacity: byteCount + 1) { buffer, count in
            stored.withUnsafeMutableBufferPointer { stored in
                stream.next_in = stored.baseAddress
                stream.avail_in = UInt32(stored.count)
                stream.next_out = buffer.baseAddress
                stream.avail_out = UInt32(byteCount + 1)
                isWhole = inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_out == 1 && stream.avail_in == 0
            }
            count = isWhole ? byteCount : 0
        }
        return isWhole ? bytes : nil
    }
}

/// Where the directory of an archive is.
private struct EndRecord {
    var entryCount: Int
    var directoryByteCount: Int
    var directoryOffset: Int

    /// Looks for the record at the end of the file, before a comment of at most 64 KiB (APPNOTE, section
    /// 4.3.16), and for ZIP64's before it (4.3.14, 4.3.15).
    init(of file: InputFile) throws(InterchangeError) {
        let damaged = InterchangeError.damaged(path: file.path, FormatFault(.archive, .lacksEnd))
        let tailByteCount = min(file.byteCount, 22 + 0xFFFF)
        let tail = try inFile { () throws(FileError) in try file.bytes(at: file.byteCount - tailByteCount, count: tailByteCount) }
        guard let place = Self.place(of: 0x0605_4B50, in: tail) else { throw damaged }
        let record = tail[place...]
        entryCount = Int(tail.littleEndian(at: place + 10, as: UInt16.self))
        directoryByteCount = Int(tail.littleEndian(at: place + 12, as: UInt32.self))
        directoryOffset = Int(tail.littleEndian(at: place + 16, as: UInt32.self))
        guard entryCount == 0xFFFF || directoryByteCount == 0xFFFF_FFFF || directoryOffset == 0xFFFF_FFFF else { return }
        let locatorPlace = file.byteCount - record.count - 20
        guard locatorPlace >= 0 else { throw damaged }
        let locator = try inFile { () throws(FileError) in try file.bytes(at: locatorPlace, count: 20) }
        guard locator.littleEndian(at: 0, as: UInt32.self) == 0x0706_4B50,
            let offset = Int(exactly: locator.littleEndian(at: 8, as: UInt64.self)), offset <= file.byteCount - 56
        else { throw damaged }
        let wide = try inFile { () throws(FileError) in try file.bytes(at: offset, count: 56) }
        guard wide.littleEndian(at: 0, as: UInt32.self) == 0x0606_4B50,
            let entryCount = Int(exactly: wide.littleEndian(at: 32, as: UInt64.self)),
            let directoryByteCount = Int(exactly: wide.littleEndian(at: 40, as: UInt64.self)),
            let directoryOffset = Int(exactly: wide.littleEndian(at: 48, as: UInt64.self))
        else { throw damaged }
        self.entryCount = entryCount
        self.directoryByteCount = directoryByteCount
        self.directoryOffset = directoryOffset
    }

    /// The last place of a signature that leaves room for the record.
    private static func place(of signature: UInt32, in tail: [UInt8]) -> Int? {
        guard tail.count >= 22 else { return nil }
        return (0...tail.count - 22).last { tail.littleEndian(at: $0, as: UInt32.self) == signature }
    }
}
