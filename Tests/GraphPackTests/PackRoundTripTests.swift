import Glibc
import GraphTestSupport
import Testing

@testable import GraphPack

/// A checkpoint with one of everything, small enough to damage byte by byte.
let smallPack = Pack(
    graphText: "graph tiny(x: f32[N]) -> (y: f32[N]) { y = x }\n",
    compiledText: "fused tiny\n", compilerVersion: "1",
    weights: [
        PackedTensor(path: "tail.bias", shape: [3], values: [1, -0.0, .infinity]),
        PackedTensor(path: "head.filter", shape: [1, 2], values: [0.5, .nan]),
    ],
    states: [PackedTensor(path: "m/head.filter", shape: [1, 2], values: [0.25, 1e-38])],
    training: ["step": "300", "best": "31.5"], metadata: ["recipe": "Bild für Bild"])

@Suite struct PackRoundTripTests {
    let folder = TemporaryFolder()

    @Test func everythingComesBack() throws {
        let path = folder.file("small.gpack")
        try smallPack.write(to: path)
        #expect(try Pack(contentsOf: path) == smallPack)
        #expect(folder.names == ["small.gpack"])
    }

    @Test func whatIsAbsentStaysAbsent() throws {
        let pack = Pack(graphText: "", compilerVersion: "")
        try pack.write(to: folder.file("empty.gpack"))
        let read = try Pack(contentsOf: folder.file("empty.gpack"))
        #expect(read == pack)
        #expect(read.compiledText == nil && read.training == nil)
    }

    @Test func scalarAndEmptyTensorsKeepTheirShapes() throws {
        let tensors = [
            PackedTensor(path: "a", shape: [], values: [7]), PackedTensor(path: "b", shape: [2, 0, 3], values: []),
            PackedTensor(path: "c", shape: [1, 1, 1, 1, 1, 1, 1, 17], values: (0..<17).map(Float.init)),
        ]
        let pack = Pack(graphText: "g", compilerVersion: "1", weights: tensors)
        try pack.write(to: folder.file("shapes.gpack"))
        #expect(try Pack(contentsOf: folder.file("shapes.gpack")).weights == tensors)
    }

    @Test func savingAgainGivesTheSameBytes() throws {
        try smallPack.write(to: folder.file("first.gpack"))
        try Pack(contentsOf: folder.file("first.gpack")).write(to: folder.file("second.gpack"))
        #expect(fileBytes(folder.file("first.gpack")) == fileBytes(folder.file("second.gpack")))
    }

    @Test func theOrderInWhichContentsWereGivenDoesNotShow() throws {
        var pack = smallPack
        pack.weights = Array(smallPack.weights.reversed())
        pack.metadata = [:]
        pack.training = [:]
        for key in ["step", "best"] { pack.training?[key] = smallPack.training?[key] }
        pack.metadata["recipe"] = smallPack.metadata["recipe"]
        #expect(pack == smallPack)
        try smallPack.write(to: folder.file("first.gpack"))
        try pack.write(to: folder.file("second.gpack"))
        #expect(fileBytes(folder.file("first.gpack")) == fileBytes(folder.file("second.gpack")))
    }

    @Test func tensorsAreEqualWhenTheirBitsAre() {
        let zero = PackedTensor(path: "a", shape: [1], values: [0])
        let nan = PackedTensor(path: "a", shape: [1], values: [.nan])
        #expect(nan == nan)
        #expect(zero != PackedTensor(path: "a", shape: [1], values: [-0.0]))
    }

    @Test func contentsOfManyChunksComeBack() throws {
        let text = (0..<60_000).map { "%\($0) = conv2d(%\($0 / 2), @body.\($0 % 32).0.filter)\n" }.joined()
        let count = 5 << 18 | 17
        let values = (0..<count).map { Float($0 % 977) * 0.37 - 100 }
        let pack = Pack(
            graphText: text, compilerVersion: "1",
            weights: [PackedTensor(path: "w", shape: [count], values: values)])
        try pack.write(to: folder.file("large.gpack"))
        #expect(try Pack(contentsOf: folder.file("large.gpack")) == pack)
        // Of the text a small part is left, of the values all but a part of their exponents.
        let byteCount = fileBytes(folder.file("large.gpack")).count
        #expect(byteCount > 3 * count && byteCount < 4 * count * 9 / 10 + text.utf8.count / 3)
    }

    @Test func theFileBeginsAsTheFormatSays() throws {
        try smallPack.write(to: folder.file("small.gpack"))
        let bytes = fileBytes(folder.file("small.gpack"))
        #expect(Array(bytes.prefix(12)) == [0x89, 0x47, 0x50, 0x41, 0x43, 0x4B, 0x0D, 0x0A, 0x1A, 0x0A, 2, 0])
        #expect(bytes.count % 64 == 0)
        #expect(Int(bytes[12]) | Int(bytes[13]) << 8 == bytes.count)
    }

    /// Pinned parameters: a library that compresses otherwise would give other files for equal contents.
    @Test func compressedBytesAreThoseOfEveryLibraryVersion() throws {
        func frame(_ bytes: [UInt8], _ contents: ZstdCompressor.Contents) throws -> [UInt8] {
            let compressor = try #require(ZstdCompressor(for: contents))
            return try #require(bytes.withUnsafeBytes { compressor.compressed($0) })
        }
        let text = (0..<3000).map { "%\($0) = relu(%\($0 * 7 % ($0 + 1)))\n" }.joined()
        #expect(CRC32C.checksum(of: try frame(Array(text.utf8), .text)) == 28_108_203)
        // Exponents as weights have them: few values, each half as frequent as the one before.
        var generator = RepeatableGenerator(seed: 5)
        let exponents = (0..<200_000).map { _ in UInt8(120 - generator.next().trailingZeroBitCount % 16) }
        let checksum = CRC32C.checksum(of: try frame(exponents, .planes))
        #expect(checksum == 992_045_665)
    }
}
