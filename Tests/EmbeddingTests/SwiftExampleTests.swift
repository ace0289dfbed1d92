import Foundation
import GraphC
import GraphTestSupport
import Testing

/// The examples of `Docs/Examples`, as they are built and run.
struct SwiftExampleTests {
    private let folder = TemporaryFolder()

    private func run(_ example: String) throws -> [Substring] {
        let finished = try EmbeddingTests.run("\(Place.products)/\(example)", in: folder.path.string)
        #expect(finished.status == 0 && finished.errors.isEmpty, "\(finished.errors)")
        return finished.output.split(separator: "\n")
    }

    @Test func enlargePicture() throws {
        try FileManager.default.createSymbolicLink(atPath: folder.file("edsr-x4.gpack").string, withDestinationPath: Place.model)
        try Picture(syntheticWidth: 40, height: 24, seed: 1).writePNG(to: folder.file("photo.png"))
        #expect(try run("EnlargePicture") == ["160 × 96 pixels"])
        let finished = try EmbeddingTests.run(
            Place.products + "/graphrun", ["infer", "edsr-x4.gpack", "photo.png", "-o", "expected.png"], in: folder.path.string)
        #expect(finished.status == 0)
        #expect(fileBytes(folder.file("big.png")) == fileBytes(folder.file("expected.png")))
    }

    @Test func graphToSession() throws {
        let lines = try run("GraphToSession")
        #expect(lines.first?.hasSuffix(" bytes of activations") == true)
        #expect(lines.dropFirst() == ["0 9 9 9 0 0", "9 18 9 18 9 0", "9 18 9 18 9 0", "0 9 9 9 0 0"])
    }

    @Test func trainAndEnlarge() throws {
        let lines = try run("TrainAndEnlarge")
        #expect(lines.suffix(2) == ["finished", "192 × 192 pixels, 100 %"] && lines.count == 4)
        #expect(folder.names.contains("large.png"))
    }
}
