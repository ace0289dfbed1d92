import Glibc
import Testing

@testable import Pack

/// Files that are not the pack they were, or never were one.
@Suite struct PackDamageTests {
    let folder = TemporaryFolder()

    /// The table of a sound file.
    private func table(of bytes: [UInt8]) throws -> SectionTable {
        let tableByteCount = Int(bytes.littleEndian(at: 20, as: UInt32.self))
        return try SectionTable(
            decoding: Array(bytes[32..<32 + tableByteCount]), count: Int(bytes.littleEndian(at: 24, as: UInt32.self)),
            fileByteCount: bytes.count)
    }

    @Test func everyChangedByteIsRefusedByTheNameOfItsPart() throws {
        let path = folder.file("small.gpack")
        try smallPack.write(to: path)
        let bytes = fileBytes(path)
        let sections = try table(of: bytes).sections
        let descriptor = open(path, O_WRONLY)
        defer { close(descriptor) }
        for offset in bytes.indices {
            let part = sections.last { $0.offset <= offset }?.label ?? "header"
            let old = bytes[offset]
            // All other values where the reader decides most, a sample elsewhere.
            let changes: [UInt8] = offset < 32 ? Array(1...255) : [0x01, 0x10, 0x80, 0xFF, old | 1]
            for change in changes {
                var new = old ^ change
                pwrite(descriptor, &new, 1, offset)
                let found = message { _ = try Pack(contentsOf: path) }
                if !found.contains(part) {
                    Issue.record("byte \(offset) changed from \(old) to \(new): \(found)")
                }
            }
            var restored = old
            pwrite(descriptor, &restored, 1, offset)
        }
        #expect(try Pack(contentsOf: path) == smallPack)
    }

    @Test func everyOtherLengthIsRefused() throws {
        let path = folder.file("small.gpack")
        try smallPack.write(to: path)
        let byteCount = fileBytes(path).count
        for length in (byteCount + 1...byteCount + 300).reversed() + (0..<byteCount).reversed() {
            truncate(path, length)
            let found = message { _ = try Pack(contentsOf: path) }
            let expected = length == 0 ? "not a pack: the file is empty" : "damaged: header"
            if !found.hasPrefix(expected) { Issue.record("\(length) bytes: \(found)") }
        }
    }

    @Test func otherFilesAreNamed() throws {
        let text = folder.file("edsr.graph", holding: Array("graph edsr(x: f32[N]) -> (y: f32[N]) { y = x }".utf8))
        #expect(message { _ = try Pack(contentsOf: text) } == "not a pack: it does not begin with a pack's signature")
        let picture = folder.file("photo.png", holding: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0])
        #expect(message { _ = try Pack(contentsOf: picture) } == "not a pack: it is a PNG picture")
        var random = SystemRandomNumberGenerator()
        for count in [1, 7, 32, 33, 1000] {
            var noise = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            noise[0] &= 0x7F
            let file = folder.file("noise", holding: noise)
            #expect(message { _ = try Pack(contentsOf: file) }.hasPrefix("not a pack"))
        }
        #expect(message { _ = try Pack(contentsOf: folder.file("none")) } == "no such file")
        #expect(message { _ = try Pack(contentsOf: folder.path) } == "is a folder; name a file")
        #expect(message { _ = try Pack(contentsOf: "/dev/zero") } == "is not a regular file")
        mkfifo(folder.file("pipe"), 0o600)
        #expect(message { _ = try Pack(contentsOf: folder.file("pipe")) } == "is not a regular file")
        #expect(PackError(.missing, "edsr.gpack", "no such file").description == "edsr.gpack: no such file")
    }

    @Test func transfersAsTextAndNewerVersionsAreTold() throws {
        let path = folder.file("small.gpack")
        try smallPack.write(to: path)
        let bytes = fileBytes(path)
        let asText = folder.file("text.gpack", holding: Array(bytes[..<6] + bytes[7...]))
        #expect(message { _ = try Pack(contentsOf: asText) }.contains("transfer as text"))
        let newer = folder.file("newer.gpack", holding: Array(bytes[..<10]) + [2, 0] + Array(bytes[12...]))
        #expect(message { _ = try Pack(contentsOf: newer) }.contains("version 2 of the format, and this program reads version 1"))
    }

    @Test(arguments: CraftedTable.all)
    fileprivate func craftedTablesAreRefused(crafted: CraftedTable) throws {
        let path = folder.file("small.gpack")
        try smallPack.write(to: path)
        let bytes = fileBytes(path)
        var table = try table(of: bytes)
        let payload = bytes[table.sections[0].offset...]
        crafted.change(&table.sections)
        _ = folder.file("small.gpack", holding: file(table, payload: payload))
        #expect(message { _ = try Pack(contentsOf: path) }.contains(crafted.refusal))
    }

    @Test func aTableWithoutARequiredSectionIsRefused() throws {
        let path = folder.file("small.gpack")
        try smallPack.write(to: path)
        let bytes = fileBytes(path)
        let whole = try table(of: bytes)
        let metadata = whole.sections[3]
        let sections = whole.sections.filter { $0.name != "metadata" }
        let payload = bytes[whole.sections[0].offset..<metadata.offset] + bytes[(metadata.offset + 64)...]
        _ = folder.file("small.gpack", holding: file(try SectionTable(placing: sections), payload: payload))
        #expect(message { _ = try Pack(contentsOf: path) }.contains("table: it has no section 'metadata'"))
    }

    @Test func paddingMustBeZeroEvenIfItsChecksumHolds() throws {
        let path = folder.file("small.gpack")
        try smallPack.write(to: path)
        var bytes = fileBytes(path)
        var table = try table(of: bytes)
        let last = table.sections.count - 1
        bytes[bytes.count - 1] = 1
        table.sections[last].checksum = bytes[table.sections[last].offset...].withUnsafeBytes { CRC32C.checksum(of: $0) }
        _ = folder.file("small.gpack", holding: file(table, payload: bytes[table.sections[0].offset...]))
        #expect(message { _ = try Pack(contentsOf: path) }.contains("section 'weights/tail.bias': its padding is not zero"))
    }

    /// A file whose length and checksum of the header hold, whatever the table says.
    private func file(_ table: SectionTable, payload: ArraySlice<UInt8>) -> [UInt8] {
        let front = table.encoded()
        var header = Array(front[..<12])
        header.appendLittleEndian(UInt64(front.count + payload.count))
        header += front[20..<28]
        header.appendLittleEndian(SectionTable.checksum(header: header, table: Array(front[32...])))
        return header + front[32...] + payload
    }
}

/// A change of the small pack's sections that no writer makes: compiled, compiler, graph, metadata,
/// states/m/head.filter, training, weights/head.filter, weights/tail.bias.
private struct CraftedTable: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var refusal: String
    var change: @Sendable (inout [Section]) -> Void

    init(_ name: String, _ refusal: String, _ change: @escaping @Sendable (inout [Section]) -> Void) {
        testDescription = name
        self.refusal = refusal
        self.change = change
    }

    static let all = [
        CraftedTable("size beyond the file", "section 'weights/tail.bias': its 1099511627776 bytes do not fit into the file") {
            $0[7].storedByteCount = 1 << 40
            $0[7].decodedByteCount = 1 << 40
        },
        CraftedTable("shape beyond all sizes", "section 'weights/tail.bias': its length is not that of its shape") {
            $0[7].contents = .floats(shape: [1 << 40, 1 << 40])
        },
        CraftedTable("shape of another length", "section 'weights/tail.bias': its length is not that of its shape [4]") {
            $0[7].contents = .floats(shape: [4])
        },
        CraftedTable("bomb", "section 'graph': its 1099511627776 decoded bytes exceed the limit") {
            $0[2].decodedByteCount = 1 << 40
        },
        CraftedTable("bombs together", "section 'metadata': compressed text exceeds") {
            for i in 0...3 { $0[i].decodedByteCount = 20 << 20 }
        },
        CraftedTable("another decoded length", "section 'graph': it does not decompress to its length") {
            $0[2].decodedByteCount += 1
        },
        CraftedTable("raw text of two lengths", "section 'graph': its stored and decoded lengths differ") {
            $0[2].codec = .raw
        },
        CraftedTable("overlap", "section 'weights/tail.bias': it is at byte") { $0[7].offset -= 64 },
        CraftedTable("hole", "section 'weights/tail.bias': it is at byte") { $0[7].offset += 64 },
        CraftedTable("bytes after the last section", "table: its sections end at byte") {
            $0[7].storedByteCount = 0
            $0[7].decodedByteCount = 0
            $0[7].contents = .floats(shape: [0])
        },
        CraftedTable("order", "section 'states/m/head.filter': it is out of order") {
            ($0[4].name, $0[5].name) = ($0[5].name, $0[4].name)
        },
        CraftedTable("twice", "section 'graph': its name stands there twice") { $0[3].name = "graph" },
        CraftedTable("one name in two spellings", "its name stands there twice") {
            $0[6].name = "weights/e\u{301}"
            $0[7].name = "weights/\u{E9}"
        },
        CraftedTable("name that clears the screen", "table: a name is empty or not printable") {
            $0[7].name = "weights/\u{1B}[2J"
        },
        CraftedTable("unknown name", "section 'graphs': there is no section of this name in a pack") {
            $0[2].name = "graphs"
        },
        CraftedTable("no path", "section 'weights/': it is not a raw tensor with a path") { $0[6].name = "weights/" },
        CraftedTable("text among the weights", "section 'weights/tail.bias': it is not a raw tensor with a path") {
            $0[7].contents = .bytes
        },
        CraftedTable("tensor among the texts", "section 'graph': it is a tensor and should be text") {
            $0[2].contents = .floats(shape: [1])
            $0[2].decodedByteCount = 4
        },
        CraftedTable("compressed tensor", "section 'weights/tail.bias': it is not a raw tensor with a path") {
            $0[7].codec = .zstd
        },
        CraftedTable("rank beyond the limit", "table: entry 7 of 8 is not one") {
            $0[7].contents = .floats(shape: [1, 1, 1, 1, 1, 1, 1, 1, 3])
        },
        CraftedTable("name beyond the limit", "table: entry 7 of 8 is not one") {
            $0[7].name = "weights/" + String(repeating: "x", count: 2000)
        },
    ]
}
