import GraphImaging
import Testing

struct BlurTests {
    /// The formula, over numbers of double precision.
    @Test(arguments: [(1, 1, 0.5), (7, 5, 0.3), (9, 4, 1.2), (16, 16, 2.5)])
    func equalsTheFormula(_ width: Int, _ height: Int, _ deviation: Double) {
        let picture = Picture.scattered(width, height)
        let blurred = picture.blurred(deviation: deviation)
        let reach = Int((3 * deviation).rounded(.up))
        let raw = (-reach...reach).map { Self.gaussian($0, deviation) }
        let weights = raw.map { $0 / raw.reduce(0, +) }
        for y in 0..<height {
            for x in 0..<width {
                var sum = 0.0
                for (j, below) in (-reach...reach).enumerated() {
                    for (i, right) in (-reach...reach).enumerated() {
                        let pixel = picture[min(max(x + right, 0), width - 1), min(max(y + below, 0), height - 1)]
                        sum += weights[i] * weights[j] * Double(pixel.green)
                    }
                }
                // Rounded twice, along rows and along columns.
                #expect(abs(Double(blurred[x, y].green) - sum) < 1.1)
            }
        }
    }

    private static func gaussian(_ place: Int, _ deviation: Double) -> Double {
        var power = 1.0
        let exponent = -Double(place * place) / (2 * deviation * deviation)
        // e^x by its series of x / 1024, squared ten times.
        let small = exponent / 1024
        power = 1 + small + small * small / 2 + small * small * small / 6
        for _ in 0..<10 { power *= power }
        return power
    }

    @Test func aFlatPictureStaysAndNoDeviationChangesNothing() {
        let flat = Picture(width: 9, height: 5, fill: .init(red: 3, green: 128, blue: 255))
        #expect(flat.blurred(deviation: 1.7) == flat)
        let picture = Picture.scattered(8, 3)
        #expect(picture.blurred(deviation: 0) == picture)
    }

    @Test(arguments: [1, 2, 3, 4])
    func aBoxIsTheMeanOfItsPixels(_ scale: Int) {
        let picture = Picture.scattered(3 * scale, 2 * scale)
        let reduced = picture.boxReduction(scale: scale)
        for y in 0..<2 {
            for x in 0..<3 {
                var sum = 0
                for j in 0..<scale { for i in 0..<scale { sum += Int(picture[x * scale + i, y * scale + j].blue) } }
                let mean = Double(sum) / Double(scale * scale)
                #expect(abs(Double(reduced[x, y].blue) - mean) <= 0.5)
            }
        }
    }

    @Test func recompressionKeepsTheSizeAndMovesItsBlocks() throws {
        let picture = Picture.scattered(13, 10)
        let fine = try picture.recompressed(quality: 100, colours: .full)
        let coarse = try picture.recompressed(quality: 20, colours: .halved)
        let moved = try picture.recompressed(quality: 20, colours: .halved, blockOffset: (3, 5))
        #expect(fine.size == picture.size && coarse.size == picture.size && moved.size == picture.size)
        #expect(try fine.psnr(against: picture, on: .rgb, border: 0) > 40)
        #expect(try coarse.psnr(against: picture, on: .rgb, border: 0) < 30)
        #expect(moved != coarse)
        #expect(try picture.recompressed(quality: 20, colours: .full) != coarse)
    }
}

extension Picture {
    /// Samples that follow no pattern.
    fileprivate static func scattered(_ width: Int, _ height: Int) -> Picture {
        var state: UInt32 = 12345
        let pixels = (0..<3 * width * height).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(state >> 24)
        }
        return Picture(width: width, height: height, pixels: pixels)
    }
}
