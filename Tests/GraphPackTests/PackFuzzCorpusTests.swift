import Foundation
import GraphTestSupport
import SystemPackage
import Testing

@testable import GraphPack

/// Files that `Tools/check/fuzzed-packs` found to reach new code in the reader.
@Suite struct PackFuzzCorpusTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures/Corpus").path

    @Test func everyInputIsReadOrRefused() throws {
        let folder = Self.folder
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(names.count > 20)
        var (read, refused) = (0, 0)
        for name in names {
            let bytes = fileBytes(FilePath(folder).appending(name))
            let verification = PackVerification(bytes: bytes, name: FilePath(name))
            if let pack = try? Pack(bytes: bytes, name: FilePath(name)) {
                read += 1
                _ = PackDifference(pack, pack)
            } else {
                refused += 1
                #expect(!verification.damage.isEmpty, "\(name)")
            }
        }
        #expect(read > 0 && refused > 0)
    }
}
