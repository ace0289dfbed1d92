import Testing

@testable import GraphImaging

/// Rows that are resampled as they come give what whole pictures do.
struct BicubicRowsTests {
    private static let sizes = [(1, 1), (1, 5), (6, 1), (2, 3), (7, 5), (16, 9), (31, 40)].map(PictureSize.init)

    /// All rows of the result. As many are made of each row as it allows.
    private func resampled(_ samples: [Float], _ size: PictureSize, to result: PictureSize, channelCount: Int) -> [Float] {
        let rows = BicubicRows(from: size, to: result, channelCount: channelCount)
        var made: [Float] = []
        var row = [Float](repeating: 0, count: channelCount * result.width)
        for y in 0..<size.height {
            let start = y * channelCount * size.width
            Array(samples[start..<start + channelCount * size.width]).withUnsafeBufferPointer { rows.take($0) }
            while rows.hasNext {
                row.withUnsafeMutableBufferPointer { rows.makeNext(into: $0) }
                made += row
            }
        }
        #expect(rows.takenRowCount == size.height && rows.madeRowCount == result.height)
        return made
    }

    /// Noise of which no interpolation goes beyond 0 to 255.
    private func softNoise(_ size: PictureSize) -> Picture {
        let picture = noise(size.width, size.height)
        return Picture(width: size.width, height: size.height, pixels: picture.pixels.map { 64 + $0 / 2 })
    }

    @Test(arguments: sizes, sizes + [(13, 80), (100, 3)].map(PictureSize.init))
    func theResultIsThatOfTheWholePicture(_ size: PictureSize, _ result: PictureSize) throws {
        let picture = softNoise(size)
        let rows = resampled(picture.pixels.map(Float.init), size, to: result, channelCount: 3)
        let whole = try picture.bicubicResize(width: result.width, height: result.height)
        #expect(rows.count == whole.pixels.count)
        // A picture has whole samples between columns and rows.
        #expect(zip(rows, whole.pixels).allSatisfy { abs($0 - Float($1)) < 1.2 })
    }

    /// The sums of products in double precision, without rounding in between.
    @Test(arguments: sizes, sizes)
    func theResultIsExact(_ size: PictureSize, _ result: PictureSize) {
        let samples = (0..<size.width * size.height).map { Float($0 * 37 % 101) - 30 }
        let along = BicubicTaps(
            inputLength: size.width, outputs: 0..<result.width, scale: Double(result.width) / Double(size.width))
        let down = BicubicTaps(
            inputLength: size.height, outputs: 0..<result.height, scale: Double(result.height) / Double(size.height))
        let made = resampled(samples, size, to: result, channelCount: 1)
        for y in 0..<result.height {
            for x in 0..<result.width {
                var sum = 0.0
                for row in y * down.count..<(y + 1) * down.count {
                    for column in x * along.count..<(x + 1) * along.count {
                        let sample = samples[down.positions[row] * size.width + along.positions[column]]
                        sum += down.weights[row] * along.weights[column] * Double(sample)
                    }
                }
                #expect(abs(Double(made[y * result.width + x]) - sum) < 1e-4)
            }
        }
    }

    @Test func memoryDoesNotGrowWithHeightButForWeights() {
        let counts = [1000, 100_000].map { height in
            BicubicRows.byteCount(
                from: PictureSize(width: 3000, height: 2 * height), to: PictureSize(width: 2250, height: 3 * height / 2),
                channelCount: 3)
        }
        #expect(counts[1] - counts[0] < 200 * 150_000)
        #expect(counts[0] < 2 << 20)
    }

    @Test func sidesAreRoundedToTheNearest() throws {
        for (text, side, expected) in [
            ("3/2", 101, 152), ("1.1", 101, 111), ("1.1", 5, 6), ("1/2", 3, 2), ("1/3", 1, 1), ("1/1000", 7, 1), ("4", 9, 36),
            ("999999999/999999998", 1 << 20, 1 << 20),
        ] {
            #expect(try #require(ResizeFactor(text)).nearestSide(of: side) == expected, "\(text) of \(side)")
        }
    }
}
