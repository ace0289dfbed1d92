import Testing

@testable import GraphPack

@Suite struct CRC32CTests {
    private func portable(_ bytes: [UInt8]) -> UInt32 {
        var crc = CRC32C()
        bytes.withUnsafeBytes { crc.updatePortably($0) }
        return crc.value
    }

    /// The check values of RFC 3720, appendix B.4, and of the nine digits.
    @Test func knownValues() {
        let known: [(bytes: [UInt8], checksum: UInt32)] = [
            (Array("123456789".utf8), 0xE306_9283), (Array(repeating: 0, count: 32), 0x8A91_36AA),
            (Array(repeating: 0xFF, count: 32), 0x62A8_AB43), (Array(0..<32), 0x46DD_794E), ([], 0),
        ]
        for (bytes, checksum) in known {
            #expect(CRC32C.checksum(of: bytes) == checksum)
            #expect(portable(bytes) == checksum)
        }
    }

    @Test func piecesGiveTheChecksumOfTheWhole() {
        let bytes = (0..<100).map { UInt8($0 * 37 & 0xFF) }
        let whole = CRC32C.checksum(of: bytes)
        for cut in 0...100 {
            var crc = CRC32C()
            for piece in [bytes[..<cut], bytes[cut...]] { piece.withUnsafeBytes { crc.update($0) } }
            #expect(crc.value == whole)
            #expect(portable(Array(bytes[..<cut])) == CRC32C.checksum(of: Array(bytes[..<cut])))
        }
    }
}

@Suite struct SHA256Tests {
    private func hash(_ text: String) -> String { SHA256.hash(of: Array(text.utf8)).description }

    /// NIST's examples for FIPS 180-4, and the empty message.
    @Test func knownValues() {
        #expect(hash("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
                == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
        #expect(
            hash(
                "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"
            )
                == "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1")
        #expect(
            hash(String(repeating: "a", count: 1_000_000))
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func piecesGiveTheHashOfTheWhole() {
        let bytes = (0..<300).map { UInt8($0 * 37 & 0xFF) }
        let whole = SHA256.hash(of: bytes)
        for cut in 0...300 {
            var hash = SHA256()
            hash.update(Array(bytes[..<cut]))
            hash.update(Array(bytes[cut...]))
            #expect(hash.finished() == whole)
        }
    }

    /// What processors without the instructions compute.
    @Test func thePortableFormAgrees() {
        let block = Array("abc".utf8) + [0x80] + [UInt8](repeating: 0, count: 59) + [24]
        var state = SHA256.initialState
        block.withUnsafeBytes { SHA256.takePortably($0, &state) }
        #expect(
            state == [0xBA78_16BF, 0x8F01_CFEA, 0x4141_40DE, 0x5DAE_2223, 0xB003_61A3, 0x9617_7A9C, 0xB410_FF61, 0xF200_15AD])
    }
}
