import Foundation
import FuzzTargets
import Testing

/// Inputs that `Tools/fuzz` found to reach new code, and those that were findings.
@Suite struct FuzzCorpusTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Corpus").path

    @Test(arguments: FuzzTarget.allCases)
    func everyInputIsTaken(_ target: FuzzTarget) throws {
        for bytes in try target.seeds().values { target.take(bytes) }
        let folder = "\(Self.folder)/\(target.rawValue)"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names { target.take(Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))) }
    }

    /// A mutation whose checksums are made right changes nothing in what was right.
    @Test(arguments: [FuzzTarget.pack, .png, .weights])
    func repairsLeaveSoundFilesAlone(_ target: FuzzTarget) throws {
        for (name, bytes) in try target.seeds() {
            var repaired = bytes
            repaired.withUnsafeMutableBytes { target.repair($0, seed: 2) }
            #expect(repaired == bytes, "\(name)")
        }
    }
}
