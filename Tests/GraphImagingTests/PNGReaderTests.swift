import GraphImaging
import GraphTestSupport
import Testing

@Suite struct PNGReaderTests {
    struct Kind: CustomTestStringConvertible {
        var colorType: Int
        var bitDepth: Int
        var testDescription: String { "color type \(colorType), \(bitDepth) bits" }
    }

    static let kinds =
        [1, 2, 4, 8, 16].map { Kind(colorType: 0, bitDepth: $0) } + [8, 16].map { Kind(colorType: 2, bitDepth: $0) }
        + [1, 2, 4, 8].map { Kind(colorType: 3, bitDepth: $0) } + [8, 16].map { Kind(colorType: 4, bitDepth: $0) }
        + [8, 16].map { Kind(colorType: 6, bitDepth: $0) }

    @Test("Every kind becomes 8-bit RGB", arguments: kinds, [false, true])
    func everyKind(kind: Kind, interlaced: Bool) throws {
        let folder = TemporaryFolder()
        for (width, height) in [(1, 1), (3, 2), (5, 9), (17, 11)] {
            for transparent in [false, true] {
                let sample = self.sample(kind, width, height, interlaced: interlaced, transparent: transparent)
                let path = folder.file("sample.png", holding: sample.encoded())
                let picture = try Picture(contentsOf: path)
                #expect(picture == expectedPicture(sample), "\(width)×\(height) transparent \(transparent)")
                #expect(try Picture(file: sample.encoded()) == picture)
            }
        }
    }

    @Test("16 bits are scaled to 8 with rounding, not cut")
    func sixteenBits() throws {
        let folder = TemporaryFolder()
        let values = [0, 1, 128, 129, 255, 256, 257, 385, 386, 32767, 32768, 65406, 65407, 65535]
        let sample = SamplePNG(width: values.count, height: 1, bitDepth: 16, colorType: 0, samples: values)
        let picture = try Picture(contentsOf: folder.file("deep.png", holding: sample.encoded()))
        let expected = values.map { UInt8((Double($0) / 257).rounded()) }
        #expect((0..<values.count).map { picture[$0, 0].green } == expected)
        #expect(expected[2...3] == [0, 1])
    }

    @Test("Transparent pixels are composited over white")
    func alpha() throws {
        let folder = TemporaryFolder()
        let sample = SamplePNG(
            width: 3, height: 1, bitDepth: 8, colorType: 6, samples: [9, 8, 7, 0, 100, 0, 255, 128, 1, 2, 3, 255])
        let picture = try Picture(contentsOf: folder.file("alpha.png", holding: sample.encoded()))
        #expect(picture.pixels == [255, 255, 255, 177, 127, 255, 1, 2, 3])
    }

    @Test("Rows arrive one at a time", arguments: [false, true])
    func rows(interlaced: Bool) throws {
        let folder = TemporaryFolder()
        let sample = sample(Kind(colorType: 2, bitDepth: 8), 6, 4, interlaced: interlaced, transparent: false)
        let reader = try PNGReader(path: folder.file("rows.png", holding: sample.encoded()))
        #expect((reader.width, reader.height, reader.rowCount) == (6, 4, 0))
        var row = [UInt8](repeating: 0, count: 18)
        for y in 0..<4 {
            try row.withUnsafeMutableBufferPointer { try reader.readRow(into: UnsafeMutableRawBufferPointer($0)) }
            #expect(row == Array(expectedPicture(sample).row(y)))
            #expect(reader.rowCount == y + 1)
        }
    }

    // MARK: The sample pictures

    /// Samples that run through the whole range of the kind; every transparency chunk that it may have.
    private func sample(
        _ kind: Kind, _ width: Int, _ height: Int, interlaced: Bool, transparent: Bool
    ) -> SamplePNG {
        var sample = SamplePNG(
            width: width, height: height, bitDepth: kind.bitDepth, colorType: kind.colorType,
            interlaced: interlaced, samples: [])
        var state = 12345 + width
        for _ in 0..<width * height * sample.channelCount {
            state = (state &* 1_103_515_245 &+ 12345) & 0x7FFF_FFFF
            sample.samples.append((state >> 8) & ((1 << kind.bitDepth) - 1))
        }
        if kind.colorType == 3 {
            let colorCount: Int = 1 << kind.bitDepth
            sample.palette = (0..<colorCount).map { (i: Int) -> [UInt8] in
                [UInt8(i * 7 & 255), UInt8(255 - i), UInt8(i * i & 255)]
            }
        }
        guard transparent else { return sample }
        let first = sample.samples.prefix(sample.channelCount)
        switch kind.colorType {
        case 0, 2: sample.transparency = first.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
        case 3: sample.transparency = [0, 90]
        default: break
        }
        return sample
    }

    /// The conversion that `PNGReader` promises, pixel by pixel.
    private func expectedPicture(_ sample: SamplePNG) -> Picture {
        let top = Double((1 << sample.bitDepth) - 1)
        let first = sample.transparency.isEmpty ? [] : Array(sample.samples.prefix(sample.channelCount))
        var pixels: [UInt8] = []
        for start in stride(from: 0, to: sample.samples.count, by: sample.channelCount) {
            let values = Array(sample.samples[start..<start + sample.channelCount])
            var color: [Double], alpha = 1.0
            switch sample.colorType {
            case 0: color = Array(repeating: Double(values[0]) / top, count: 3)
            case 2: color = values.map { Double($0) / top }
            case 3:
                color = sample.palette[values[0]].map { Double($0) / 255 }
                if values[0] < sample.transparency.count { alpha = Double(sample.transparency[values[0]]) / 255 }
            case 4: color = Array(repeating: Double(values[0]) / top, count: 3)
            default: color = values.prefix(3).map { Double($0) / top }
            }
            if sample.colorType >= 4 { alpha = Double(values.last!) / top }
            if sample.colorType <= 2, values == first { alpha = 0 }
            pixels += color.map { UInt8((255 * ($0 * alpha + 1 - alpha)).rounded()) }
        }
        return Picture(width: sample.width, height: sample.height, pixels: pixels)
    }

    /// Of an animation the first picture is read, and that is said.
    @Test func animations() throws {
        let sample = SamplePNG(width: 2, height: 1, bitDepth: 8, colorType: 0, samples: [7, 9])
        let still = sample.encoded()
        #expect(try PNGReader(still).losses == [])
        // Behind signature and header: 3 pictures, for ever.
        let animated = still[..<33] + SamplePNG.chunk("acTL", [0, 0, 0, 3, 0, 0, 0, 0]) + still[33...]
        let reader = try PNGReader(animated)
        #expect(reader.losses == ["the file holds 3 pictures, of which only the first is read"])
        #expect(try reader.readRows() == [7, 9])
    }
}
