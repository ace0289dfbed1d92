import Testing
@testable import GraphImaging

@Suite struct SyntheticPictureTests {
    @Test("A seed gives the same picture, another seed another")
    func seeds() {
        let picture = Picture(syntheticWidth: 64, height: 48, seed: 3)
        #expect(picture == Picture(syntheticWidth: 64, height: 48, seed: 3))
        #expect(picture != Picture(syntheticWidth: 64, height: 48, seed: 4))
        // FNV-1a of the samples: the same on every system.
        let digest = picture.pixels.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        #expect(String(digest, radix: 16) == "f7a032ad82b0165b")
    }

    @Test("There is detail that bicubic loses, and not only that", arguments: 1...6 as ClosedRange<UInt64>)
    func detail(seed: UInt64) throws {
        let picture = Picture(syntheticWidth: 96, height: 96, seed: seed)
        let enlarged = picture.bicubicReduction(scale: 2).bicubicEnlargement(scale: 2)
        let ratio = try enlarged.psnr(against: picture, on: .luma, border: 2)
        #expect(18...35 ~= ratio)
        #expect(Set(picture.pixels).count > 100)
    }

    @Test("Graphics are flat: most pixels are of few colours, and a seed gives the same ones")
    func graphics() {
        let picture = Picture(syntheticGraphicWidth: 96, height: 80, seed: 3)
        #expect(picture == Picture(syntheticGraphicWidth: 96, height: 80, seed: 3))
        #expect(picture != Picture(syntheticGraphicWidth: 96, height: 80, seed: 4))
        var counts: [[UInt8]: Int] = [:]
        for place in stride(from: 0, to: picture.pixels.count, by: 3) {
            counts[Array(picture.pixels[place..<place + 3]), default: 0] += 1
        }
        let commonest: [Int] = counts.values.sorted().suffix(12)
        let commonestCount: Int = commonest.reduce(0, +)
        #expect(commonestCount > 96 * 80 / 2)
        #expect(counts.count > 12)
    }

    @Test("Any size is made", arguments: [(1, 1), (1, 40), (33, 2)])
    func sizes(width: Int, height: Int) {
        #expect(Picture(syntheticWidth: width, height: height, seed: 9).pixels.count == 3 * width * height)
        #expect(Picture(syntheticGraphicWidth: width, height: height, seed: 9).pixels.count == 3 * width * height)
    }
}
