import Foundation
import GraphFiles
import GraphTestSupport
import Testing

@testable import GraphPack

/// Looking into packs, verifying them and comparing them.
@Suite struct PackReportsTests {
    let folder = TemporaryFolder()

    @Test func inspectionTellsWhatIsInside() throws {
        let path = folder.file("small.gpack")
        let report = try smallPack.write(to: path, storage: .fp32)
        let inspection = PackInspection(try PackFile(contentsOf: path))
        #expect(inspection.digest == smallPack.digest && inspection.digest == report.digest)
        #expect(inspection.fingerprint == smallPack.fingerprint)
        #expect(inspection.weights.map(\.shape) == [[1, 2], [3]] && inspection.states.map(\.shape) == [[1, 2]])
        #expect(inspection.metadata == smallPack.metadata && inspection.training == smallPack.training)
        #expect(inspection.sections.map(\.name).last == "weights/tail.bias")
        #expect(inspection.sections.map(\.storedByteCount).allSatisfy { $0 == 64 })
        let object = try #require(try JSONSerialization.jsonObject(with: Data(inspection.json.utf8)) as? [String: Any])
        #expect(object["weights"] as? Int == 5 && object["digest"] as? String == "\(smallPack.digest)")
        #expect(object["metadata"] as? [String: String] == ["recipe": "Bild für Bild"])
        #expect(object["fingerprint"] as? String == "\(smallPack.fingerprint)")
        #expect((object["sections"] as? [[String: Any]])?.count == 8)
        #expect(object["training"] as? [String: String] == smallPack.training)
    }

    @Test func theDigestIsThatOfTheValuesWhateverTheirStorage() throws {
        let rounded = try sampleWeights(shape: [3, 3, 8, 8]).rounded(to: .bf16)
        let pack = Pack(graphText: "g", compilerVersion: "1", weights: [rounded])
        let exact = try pack.write(to: folder.file("exact.gpack"), storage: .fp32)
        let smaller = try pack.write(to: folder.file("smaller.gpack"), storage: .bf16)
        #expect(exact.digest == smaller.digest && smaller.fileByteCount < exact.fileByteCount)
        // Of nothing: the hash of no bytes.
        #expect("\(Pack(graphText: "", compilerVersion: "").digest)".hasPrefix("e3b0c442"))
        var other = pack
        other.graphText = "another"
        other.metadata = ["note": "another"]
        #expect(other.digest == pack.digest)
        other.weights = [PackedTensor(path: "renamed", shape: [3, 3, 8, 8], values: rounded.values)]
        #expect(other.digest != pack.digest)
    }

    @Test func theFingerprintIsThatOfPathsAndShapes() {
        let fingerprint = Digest.fingerprint(of: [("tail.bias", [3]), ("head.filter", [1, 2])])
        #expect(fingerprint == smallPack.fingerprint)
        #expect(fingerprint != Digest.fingerprint(of: [("tail.bias", [3]), ("head.filter", [2, 1])]))
        #expect(fingerprint != Digest.fingerprint(of: [("tail.bias", [3])]))
    }

    @Test func verificationFindsAllDamageAndNumbersThatAreNone() throws {
        let path = folder.file("small.gpack")
        try smallPack.write(to: path)
        let whole = PackVerification(contentsOf: path)
        #expect(whole.damage.isEmpty)
        #expect(
            whole.nonFiniteTensors == [
                "section 'weights/head.filter': value 1 is nan", "section 'weights/tail.bias': value 2 is inf",
            ])
        var bytes = fileBytes(path)
        let table = try SectionTable(reading: InputFile(bytes, name: ""))
        bytes[table.sections[2].offset] ^= 1
        bytes[table.sections[7].offset + 63] ^= 1
        let damaged = PackVerification(bytes: bytes, name: "")
        #expect(damaged.damage.count == 2)
        #expect("\(damaged)".contains("section 'graph': its checksum does not match"))
        #expect("\(damaged)".contains("section 'weights/tail.bias': its checksum does not match"))
        #expect("\(PackVerification(contentsOf: folder.file("none")))" == "no such file; is the name right?")
    }

    @Test func differencesAreNamedAndMeasured() {
        #expect("\(PackDifference(smallPack, smallPack))" == "no difference")
        var other = smallPack
        other.graphText = ""
        other.training?["step"] = "400"
        other.metadata = [:]
        other.weights = [
            PackedTensor(path: "head.filter", shape: [2], values: [0, 0]),
            PackedTensor(path: "new", shape: [1], values: [0]),
        ]
        other.states = [PackedTensor(path: "m/head.filter", shape: [1, 2], values: [0.5, 1e-38])]
        #expect(
            "\(PackDifference(smallPack, other))" == """
                graph: differs
                metadata recipe: Bild für Bild, none
                training step: 300, 400
                states/m/head.filter: 1 of 2 values, by at most 2.50e-1, relative 1.00e0
                weights/head.filter: [1, 2], [2]
                weights/new: only in the second
                weights/tail.bias: only in the first
                """)
    }
}
