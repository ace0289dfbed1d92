import Glibc
import GraphFiles
import GraphTestSupport
import Testing

@testable import GraphPack

/// Files that are not the pack they were, or never were one.
@Suite struct PackDamageTests {
    let folder = TemporaryFolder()

    /// The bytes of the small pack, and its table.
    private func smallFile() throws -> (bytes: [UInt8], table: SectionTable) {
        let path = folder.file("small.gpack")
        try smallPack.write(to: path)
        let bytes = fileBytes(path)
        return (bytes, try SectionTable(reading: InputFile(bytes, name: path)))
    }

    /// Whether all values of every byte are tried, as `Tools/check/damaged-packs` asks for, or a sample.
    private static let triesAll = getenv("GRAPHC_DAMAGE_ALL") != nil

    @Test func everyChangedByteIsRefusedByTheNameOfItsPart() throws {
        let (bytes, table) = try smallFile()
        let tableEnd = table.sections[0].offset
        var count = 0
        for offset in bytes.indices {
            let section = table.sections.last { $0.offset <= offset }.map { "\($0.part)" }
            let part = section ?? (offset < SectionTable.headerByteCount ? "header" : offset < tableEnd ? "table" : "?")
            let changes: [UInt8] = Self.triesAll ? Array(1...255) : [0x01, 0x10, 0x80, 0xFF]
            for change in changes {
                var damaged = bytes
                damaged[offset] ^= change
                let found = message { _ = try Pack(bytes: damaged, name: "small.gpack") }
                if !found.contains("\(part): ") { Issue.record("byte \(offset) changed by \(change): \(found)") }
                count += 1
            }
        }
        #expect(count == bytes.count * (Self.triesAll ? 255 : 4))
        if Self.triesAll { print("\(bytes.count) bytes: \(count) changes, \(bytes.count) cuts and 300 lengths are refused") }
    }

    /// Some bytes of a file may become megabytes of text, which cost far more to read as a graph.
    @Test func textDoesNotDecodeToFarMoreThanIsStored() {
        func problem(byteCount: Int) -> String {
            let text = String(repeating: "x = relu(x)\n", count: byteCount / 12)
            return message { try Pack(graphText: text, compilerVersion: "").write(to: folder.file("text.gpack")) }
        }
        #expect(problem(byteCount: 1 << 20) == "no error")
        #expect(problem(byteCount: 2 << 20).contains("decoded bytes are too many for"))
    }

    @Test func everyOtherLengthIsRefused() throws {
        let (bytes, _) = try smallFile()
        let path = folder.file("small.gpack")
        for length in (bytes.count + 1...bytes.count + 300).reversed() + (0..<bytes.count).reversed() {
            truncate(path.string, length)
            let found = message { _ = try Pack(contentsOf: path) }
            let expected = length == 0 ? "not a pack: the file is empty" : "damaged: header"
            if !found.hasPrefix(expected) { Issue.record("\(length) bytes: \(found)") }
        }
    }

    @Test func aFileThatIsCutWhileItIsReadIsRefused() throws {
        let (bytes, table) = try smallFile()
        let path = folder.file("small.gpack")
        let file = try InputFile(path)
        truncate(path.string, bytes.count - 1)
        let last = try #require(table.sections.last)
        let found = message { _ = try ChunkDecoder().read(0, of: last, from: file) }
        #expect(found == "was cut short while it was read; try again")
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
        #expect(message { _ = try Pack(contentsOf: folder.file("none")) } == "no such file; is the name right?")
        #expect(message { _ = try Pack(contentsOf: folder.path) } == "is a folder; name a file")
        #expect(message { _ = try Pack(contentsOf: "/dev/zero") } == "is not a regular file")
        mkfifo(folder.file("pipe").string, 0o600)
        #expect(message { _ = try Pack(contentsOf: folder.file("pipe")) } == "is not a regular file")
        #expect(throws: PackError.file(.unreadable(path: "none.gpack", .missing))) { try Pack(contentsOf: "none.gpack") }
    }

    @Test func transfersAsTextAndOtherVersionsAreTold() throws {
        let (bytes, _) = try smallFile()
        let asText = Array(bytes[..<6] + bytes[7...])
        #expect(message { _ = try Pack(bytes: asText, name: "") }.contains("transfer as text"))
        let newer = Array(bytes[..<10]) + [3] + Array(bytes[11...])
        #expect(
            message { _ = try Pack(bytes: newer, name: "") }.contains("version 3 of the format, and this program reads version 2")
        )
    }

    @Test(arguments: CraftedTable.all)
    fileprivate func craftedTablesAreRefused(crafted: CraftedTable) throws {
        var (bytes, table) = try smallFile()
        let payload = bytes[table.sections[0].offset...]
        crafted.change(&table.sections)
        let crafts = file(table, payload: payload)
        let found = message { _ = try Pack(bytes: crafts, name: "") }
        #expect(found.contains(crafted.refusal))
        // What goes through part by part finds the same.
        #expect(PackVerification(bytes: crafts, name: "").damage.map(\.description) == [found])
    }

    @Test func aTableWithoutARequiredSectionIsRefused() throws {
        var (bytes, table) = try smallFile()
        let payload = bytes[table.sections[0].offset...]
        let metadata = table.sections[3]
        let start = metadata.offset, end = start + metadata.storedByteCount
        table.sections.remove(at: 3)
        #expect(throws: PackFault(.table, .lacksSection("metadata"))) {
            try SectionTable(placing: table.sections, storage: .fp32)
        }
        for i in 3..<table.sections.count { table.sections[i].offset -= end - start }
        move(&table, from: payload.startIndex)
        let crafted = file(table, payload: payload[..<start] + payload[end...])
        #expect(message { _ = try Pack(bytes: crafted, name: "") }.contains("table: it has no section 'metadata'"))
    }

    @Test func paddingMustBeZeroEvenIfItsChecksumHolds() throws {
        var (bytes, table) = try smallFile()
        let last = table.sections.count - 1
        bytes[bytes.count - 1] = 1
        table.sections[last].chunks[0].checksum = CRC32C.checksum(of: Array(bytes[table.sections[last].offset...]))
        let crafted = file(table, payload: bytes[table.sections[0].offset...])
        #expect(
            message { _ = try Pack(bytes: crafted, name: "") }.contains("section 'weights/tail.bias': its padding is not zero"))
    }

    @Test func valuesThatAreNotThoseOfTheDigestAreFoundByVerification() throws {
        var (bytes, table) = try smallFile()
        let last = table.sections[7]
        bytes[last.offset] ^= 1
        table.sections[7].chunks[0].checksum = CRC32C.checksum(of: Array(bytes[last.offset...]))
        let crafted = file(table, payload: bytes[table.sections[0].offset...])
        #expect(try Pack(bytes: crafted, name: "").weights != smallPack.weights)
        #expect(
            PackVerification(bytes: crafted, name: "").damage.map(\.description)
                == ["section 'weights/tail.bias': its checksums hold, but its digest does not match"])
    }

    /// Both floats and text that promise far more than their bytes can be are refused before they are decoded.
    @Test func bombsAreRefusedByTheirDeclaredSizes() throws {
        let (bytes, table) = try smallFile()
        var bomb = table
        let count = 1 << 26
        bomb.sections[2].elementCount = count
        bomb.sections[2].shape = [count]
        bomb.sections[2].chunks = Array(repeating: table.sections[2].chunks[0], count: count >> 20)
        move(&bomb, from: table.sections[0].offset)
        let crafted = file(bomb, payload: bytes[table.sections[0].offset...])
        #expect(message { _ = try Pack(bytes: crafted, name: "") }.contains("section 'graph': up to it 67108"))
    }

    /// Moves all sections to where they are after a table of another length.
    private func move(_ table: inout SectionTable, from payloadOffset: Int) {
        let distance = table.encoded().count - payloadOffset
        for i in table.sections.indices { table.sections[i].offset += distance }
    }

    /// A file whose length and checksums of the front hold, whatever the table says.
    private func file(_ table: SectionTable, payload: ArraySlice<UInt8>) -> [UInt8] {
        let front = table.encoded()
        var header = Array(front[..<12])
        header.appendLittleEndian(UInt64(front.count + payload.count))
        header += front[20..<28]
        header.appendLittleEndian(CRC32C.checksum(of: header))
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
        CraftedTable("bytes beyond the file", "section 'weights/tail.bias': its bytes do not fit into the file") {
            $0[7].shape = [1000]
            $0[7].elementCount = 1000
            $0[7].chunks[0].storedByteCount = 4000
        },
        CraftedTable("length beyond the elements", "section 'weights/tail.bias': its length of 13 bytes is not one of 3 elements")
        {
            $0[7].chunks[0].storedByteCount = 13
        },
        CraftedTable("length below the elements", "section 'weights/tail.bias': its length of 9 bytes is not one of 3 elements") {
            $0[7].chunks[0].storedByteCount = 9
        },
        CraftedTable("shape beyond all sizes", "table: entry 8 is not one") { $0[7].shape = [1 << 40, 1 << 40] },
        CraftedTable("shape that is empty and beyond all sizes", "table: entry 8 is not one") {
            $0[7].shape = [0, 1 << 20, 1 << 21]
        },
        CraftedTable("shape beyond the limit", "table: entry 8 is not one") { $0[7].shape = [1 << 41] },
        CraftedTable("shape beyond the chunks", "table: entry 8 is not one") { $0[7].shape = [1 << 30] },
        CraftedTable("no chunk", "table: entry 8 is not one") { $0[7].chunks = [] },
        CraftedTable("another decoded length", "section 'compiled': it does not decompress to its length") {
            $0[0].shape = [$0[0].elementCount + 1]
        },
        CraftedTable("overlap", "section 'weights/tail.bias': it is at byte") { $0[7].offset -= 64 },
        CraftedTable("hole", "section 'weights/tail.bias': it is at byte") { $0[7].offset += 64 },
        CraftedTable("bytes after the last section", "table: its sections end at byte") {
            $0[7].shape = [0]
            $0[7].chunks = []
        },
        CraftedTable("order", "section 'states/m/head.filter': it is out of order") {
            ($0[4].name, $0[5].name) = ($0[5].name, $0[4].name)
            ($0[4].type, $0[5].type) = ($0[5].type, $0[4].type)
            ($0[4].shape, $0[5].shape) = ($0[5].shape, $0[4].shape)
        },
        CraftedTable("twice", "section 'graph': its name stands there twice") { $0[3].name = "graph" },
        CraftedTable("one name in two spellings", "its name stands there twice") {
            $0[6].name = "weights/e\u{301}"
            $0[7].name = "weights/\u{E9}"
        },
        CraftedTable("one name in two spellings, apart", "its name stands there twice") {
            // A tensor of nine takes as many bytes as the dictionary that stands there.
            $0[5].name = "weights/e\u{301}"
            ($0[5].type, $0[5].shape, $0[5].elementCount) = (.fp32, [9], 9)
            $0[6].name = "weights/f"
            $0[7].name = "weights/\u{E9}"
        },
        CraftedTable("name that clears the screen", "table: a name is empty or not printable") {
            $0[7].name = "weights/\u{1B}[2J"
        },
        CraftedTable("unknown name", "section 'graphs': there is no section of this name in a pack") {
            $0[2].name = "graphs"
        },
        CraftedTable("no path", "section 'weights/': it has no path") { $0[6].name = "weights/" },
        CraftedTable("text among the weights", "section 'weights/tail.bias': it is text and should be a tensor") {
            $0[7].type = .bytes
        },
        CraftedTable("tensor among the texts", "section 'graph': it is a tensor and should be text") {
            $0[2].type = .fp32
        },
        CraftedTable(
            "tensor of another storage",
            "section 'weights/tail.bias': it is stored as bf16, and in this pack it should be as fp32"
        ) {
            $0[7].type = .bf16
        },
        CraftedTable("text of two dimensions", "table: entry 3 is not one") { $0[2].shape.append(1) },
        CraftedTable("rank beyond the limit", "table: entry 8 is not one") {
            $0[7].shape = [1, 1, 1, 1, 1, 1, 1, 1, 3]
        },
        CraftedTable("name beyond the limit", "table: entry 8 is not one") {
            $0[7].name = "weights/" + String(repeating: "x", count: 2000)
        },
    ]
}
