import Testing
@testable import GraphImaging

@Suite struct PerceptualHashTests {
    private func picture(_ seed: UInt64) -> Picture { Picture(syntheticWidth: 200, height: 150, seed: seed) }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func copiesAreNear(seed: UInt64) throws {
        let truth = picture(seed), hash = PerceptualHash(truth)
        #expect(hash.distance(to: PerceptualHash(truth)) == 0)
        let smaller = truth.bicubicReduction(scale: 2)
        #expect(hash.distance(to: PerceptualHash(smaller)) <= 6, "\(hash.distance(to: PerceptualHash(smaller)))")
        var brighter = truth
        brighter.pixels = truth.pixels.map { UInt8(min(255, Int($0) + 4)) }
        #expect(hash.distance(to: PerceptualHash(brighter)) <= 6, "\(hash.distance(to: PerceptualHash(brighter)))")
    }

    @Test func othersAreFar() {
        let hashes = (0..<12).map { PerceptualHash(picture($0)) }
        for (index, hash) in hashes.enumerated() {
            for other in hashes[..<index] { #expect(hash.distance(to: other) > 20, "\(hash.distance(to: other))") }
        }
        let turned = PerceptualHash(picture(1).mirrored())
        #expect(hashes[1].distance(to: turned) > 20)
    }

    @Test func onePixelHasAHash() {
        let hash = PerceptualHash(Picture(width: 1, height: 1))
        #expect(hash.distance(to: PerceptualHash(Picture(width: 5, height: 900))) == 0)
    }
}
