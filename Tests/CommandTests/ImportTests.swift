import Foundation
import GraphPack
import Testing

/// Networks of other programs, from the command line: imported, exported, and used as they are.
@Suite struct ImportTests {
    /// A network of ncnn that the test writes: one convolution and a pixel shuffle, twice as large.
    private func network(_ place: Workplace) throws {
        let text = """
            7767517
            3 3
            Input in 0 1 x
            Convolution up 1 1 x h 0=12 1=3 4=1 5=1 6=324
            PixelShuffle shuffle 1 1 h y 0=2
            """
        _ = try place.file("net.param", Array(text.utf8))
        var bytes: [UInt8] = [0, 0, 0, 0]
        for index in 0..<336 {
            let value: Float = Float(index * 37 % 101) / 1600 - 0.02
            withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
        }
        _ = try place.file("net.bin", bytes)
    }

    @Test func networksAreImportedAndUsedDirectly() throws {
        let place = try Workplace()
        try network(place)
        let lines = try place.graphc("import", "net.param", "-o", "small.graph").success().split(separator: "\n")
        #expect(lines.first == "small.graph and small.gpack: 336 weights in 2 tensors; entries forward, predict")
        #expect(lines.dropFirst().first == "pixels run through the network as 0…1")
        #expect(lines.last == "if colours come out wrong, the network takes 0…255: --pixels 255")
        #expect(try Pack(contentsOf: place.path("small.gpack")).metadata == ["imported_from": "net.param"])
        #expect(try place.graphc("check", "small.graph").success().contains("336 weights in 2 tensors"))
        let picture = try place.picture("photo.png", width: 9, height: 7)
        _ = try place.graphrun("infer", "net.param", picture, "-o", "a.png").success()
        _ = try place.graphrun("infer", "small.gpack", picture, "-o", "b.png").success()
        #expect(try place.bytes("a.png") == place.bytes("b.png"))
    }

    @Test func modelsAreExportedAndImportedAgain() throws {
        let place = try Workplace()
        try network(place)
        _ = try place.graphc("import", "net.param").success()
        let line = try place.graphc("export", "net.gpack", "-o", "out.onnx").success()
        #expect(line == "out.onnx: 336 weights in 2 tensors; entries forward, predict\n")
        _ = try place.graphc("import", "out.onnx", "--pixels", "255", "-o", "again.graph").success()
        let picture = try place.picture("photo.png", width: 9, height: 7)
        _ = try place.graphrun("infer", "net.gpack", picture, "-o", "a.png").success()
        _ = try place.graphrun("infer", "again.gpack", picture, "-o", "b.png").success()
        #expect(try place.bytes("a.png") == place.bytes("b.png"))
    }

    @Test func whatCannotBeReadIsToldInOneLine() throws {
        let place = try Workplace()
        try network(place)
        _ = try place.file("net.bin", [0, 0, 0, 0, 1])
        #expect(try place.graphc("import", "net.param").failure().contains("net.bin: damaged: byte 4: the weights end before"))
        let picture = try place.picture("a.png", width: 4, height: 4)
        #expect(try place.graphrun("infer", "none.onnx", picture, "-o", "b.png").failure().contains("none.onnx: no such file"))
        _ = try place.file("text.onnx", Array("no network".utf8))
        #expect(try place.graphc("import", "text.onnx").failure().hasPrefix("graphc: text.onnx: damaged: byte"))
        #expect(place.names.filter { $0.hasSuffix(".graph") || $0.hasSuffix(".gpack") } == [])
    }
}
