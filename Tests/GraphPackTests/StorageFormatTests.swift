import GraphTestSupport
import Testing

@testable import GraphPack

/// Weights like those of a convolution.
func sampleWeights(shape: [Int], path: String = "filter", seed: UInt64 = 1) -> PackedTensor {
    var generator = RepeatableGenerator(seed: seed)
    let count = shape.reduce(1, *)
    return PackedTensor(path: path, shape: shape, values: (0..<count).map { _ in generator.nextNormal() * 0.04 })
}

@Suite struct StorageFormatTests {
    let folder = TemporaryFolder()

    /// One chunk and more, with a last one that fills no vector and begins within a row of channels.
    static let shapes = [[3, 3, 16, 40], [17], [], [5, 3], [7, 61, 677], [2, 0, 3]]

    @Test(arguments: StorageFormat.allCases)
    func whatIsReadIsWhatRoundingGives(format: StorageFormat) throws {
        let tensors = Self.shapes.enumerated().map { sampleWeights(shape: $1, path: "w\($0)", seed: UInt64($0)) }
        let state = sampleWeights(shape: [3, 3, 16, 40], path: "m/w0", seed: 9)
        let pack = Pack(graphText: "", compilerVersion: "", weights: tensors, states: [state], storage: format)
        let path = folder.file("a.gpack")
        let report = try pack.write(to: path, storage: format)
        let read = try Pack(contentsOf: path)
        #expect(read.weights == (try tensors.map { try $0.rounded(to: format) }))
        #expect(read.states == [state])
        #expect(read.storage == format)
        #expect(report.digest == read.digest && (format == .fp32) == (pack.digest == read.digest))
        for (tensor, row) in zip(read.weights, report.tensors) {
            let original = tensors.first { $0.path == tensor.path }
            #expect(row.largestError == original?.largestDifference(from: tensor))
        }
        #expect(PackVerification(contentsOf: path).isSound)
        // Rounding what was rounded changes nothing, so the bytes are the same again.
        try read.write(to: folder.file("b.gpack"))
        #expect(fileBytes(path) == fileBytes(folder.file("b.gpack")))
    }

    @Test(arguments: [(StorageFormat.fp32, 0.84, Float(0)), (.fp16, 0.43, 0x1p-14), (.bf16, 0.34, 0x1p-11), (.int8, 0.24, 1e-3)])
    func weightsTakeTheSizeAndErrorOfTheFormat(format: StorageFormat, ratio: Double, error: Float) throws {
        let pack = Pack(graphText: "", compilerVersion: "", weights: [sampleWeights(shape: [3, 3, 64, 256])])
        let report = try pack.write(to: folder.file("a.gpack"), storage: format)
        #expect(report.ratio < ratio && report.ratio > ratio * 0.9)
        #expect(report.tensors[0].largestError <= error && report.tensors[0].largestError >= error * 0.2)
        #expect("\(report)".contains("@filter"))
    }

    @Test func halvesAreThoseOfIEEE754() {
        for bits in UInt16.min...UInt16.max {
            let expected = Float(Float16(bitPattern: bits))
            let word = HalfPlanes.word(of: UInt32(bits))
            // A NaN keeps being one.
            let isRight = expected.isNaN ? Float(bitPattern: word).isNaN : word == expected.bitPattern
            if !isRight { Issue.record("half \(bits) becomes \(Float(bitPattern: word))") }
        }
        var generator = RepeatableGenerator(seed: 3)
        for i in 0..<200_000 {
            var word = UInt32(truncatingIfNeeded: generator.next())
            // Every second one lies about where halves end, or exactly between two.
            if i % 2 == 0 { word = word & 0x80FF_F000 | UInt32(98 + i % 48) << 23 }
            let value = Float(bitPattern: word)
            guard !value.isNaN else { continue }
            let half = HalfPlanes.half(of: word)
            if half != UInt32(Float16(value).bitPattern) { Issue.record("\(value) becomes \(half)") }
        }
    }

    @Test func brainFloatsAreTheNearest() {
        var values: [Float] = [1, 0x1.01p0, 0x1.03p0, 0x1.010002p0, -0.0, 0x1p-149, 3.3e38]
        values.withUnsafeMutableBufferPointer { BrainPlanes.round($0) }
        let nearest: [Float] = [1, 1, 0x1.04p0, 0x1.02p0, -0.0, 0, 0x1.f0p127]
        #expect(values == nearest)
    }

    @Test func everyChannelHasItsOwnScale() throws {
        let magnitudes: [Float] = [100, 1e-3, 0, 0x1p-133]
        let values: [Float] = (0..<64).map { Float($0 % 3 + 1) * magnitudes[$0 % 4] }
        let tensor = PackedTensor(path: "w", shape: [16, 4], values: values)
        let rounded = try tensor.rounded(to: .int8)
        for (value, other) in zip(values, rounded.values) {
            let error = abs(value - other)
            #expect(error <= value * 0.01 + 0x1p-142)
        }
        #expect(try rounded.rounded(to: .int8) == rounded)
    }

    @Test func whatAFormatCannotHoldIsRefused() throws {
        func refusal(_ value: Float, _ format: StorageFormat) -> String {
            let tensor = PackedTensor(path: "w", shape: [32, 1], values: Array(repeating: 1, count: 31) + [value])
            return message {
                try Pack(graphText: "", compilerVersion: "", weights: [tensor], storage: format).write(to: folder.file("a"))
            }
        }
        #expect(refusal(.nan, .fp32) == "no error")
        #expect(refusal(.nan, .fp16).contains("@w: value 31 is nan, which fp16 cannot hold; store it as fp32"))
        #expect(refusal(-.infinity, .int8).contains("@w: value 31 is -inf, which int8 cannot hold"))
        #expect(refusal(65_519, .fp16) == "no error")
        #expect(refusal(65_520, .fp16).contains("@w: value 31 is 65520.0, too large for fp16; store it as fp32"))
        #expect(refusal(.greatestFiniteMagnitude, .bf16).contains("too large for bf16"))
        #expect(refusal(.greatestFiniteMagnitude, .int8).contains("too large for int8"))
    }
}
