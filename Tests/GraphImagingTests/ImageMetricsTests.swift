import Foundation
import GraphTestSupport
import Testing
@testable import GraphImaging

@Suite struct ImageMetricsTests {
    /// The figures for bicubic enlargement that super-resolution papers print (Dong et al., 2014, table 1, and others after
    /// it). They were made of luma that was reduced and enlarged without rounding it in between.
    @Test(
        "The published figures of bicubic on Set5 come out", .enabled(if: SharedData.has("Set5")),
        arguments: [(2, 33.66, 0.9299), (3, 30.39, 0.8682), (4, 28.42, 0.8104)])
    func published(scale: Int, psnr: Double, ssim: Double) throws {
        var psnrs: [Double] = [], ssims: [Double] = []
        for truth in try set5(scale: scale) {
            let picture = truth.bicubicReduction(scale: scale).bicubicEnlargement(scale: scale)
            psnrs.append(try picture.psnr(against: truth, on: .luma, border: scale))
            ssims.append(try picture.ssim(against: truth, on: .luma, border: scale))
        }
        #expect(abs(mean(psnrs) - psnr) < 0.03, "\(mean(psnrs))")
        #expect(abs(mean(ssims) - ssim) < 0.001, "\(mean(ssims))")
    }

    @Test("Bicubic pictures of Set5, x4", .enabled(if: SharedData.has("Set5")))
    func pictures() throws {
        var psnr: [Double] = [], psnrRGB: [Double] = [], ssim: [Double] = [], ssimRGB: [Double] = []
        for truth in try set5(scale: 4) {
            let picture = truth.bicubicReduction(scale: 4).bicubicEnlargement(scale: 4)
            psnr.append(try picture.psnr(against: truth, on: .luma, border: 4))
            psnrRGB.append(try picture.psnr(against: truth, on: .rgb, border: 4))
            ssim.append(try picture.ssim(against: truth, on: .luma, border: 4))
            ssimRGB.append(try picture.ssim(against: truth, on: .rgb, border: 4))
        }
        #expect(rounded(mean(psnr), 2) == 28.43)
        #expect(rounded(mean(psnrRGB), 2) == 26.69)
        #expect(rounded(mean(ssim), 4) == 0.8111)
        #expect(rounded(mean(ssimRGB), 4) == 0.7731)
    }

    @Test func ratioByHand() throws {
        let black = Picture(width: 3, height: 3, fill: .black)
        var spot = black
        spot[1, 1] = .init(red: 30, green: 0, blue: 0)
        #expect(try abs(spot.psnr(against: black, on: .rgb, border: 0) - 10 * log10(65025 / (900.0 / 27))) < 1e-12)
        #expect(try abs(spot.psnr(against: black, on: .rgb, border: 1) - 10 * log10(65025 / (900.0 / 3))) < 1e-12)
        // Y of (30, 0, 0) is 16 + 65.481 · 30 / 255, not rounded; Y of black is 16.
        let step = 65.481 * 30 / 255
        #expect(try abs(spot.psnr(against: black, on: .luma, border: 1) - 10 * log10(65025 / (step * step))) < 1e-12)
        #expect(try spot.psnr(against: spot, on: .luma, border: 0) == .infinity)
    }

    @Test func similarityByHand() throws {
        let dark = Picture(width: 11, height: 12, fill: .init(red: 50, green: 50, blue: 50))
        let light = Picture(width: 11, height: 12, fill: .init(red: 100, green: 100, blue: 100))
        let c1 = 2.55 * 2.55
        #expect(try dark.ssim(against: dark, on: .luma, border: 0) == 1)
        let expected = (2 * 50 * 100 + c1) / (50 * 50 + 100 * 100 + c1)
        #expect(try abs(dark.ssim(against: light, on: .rgb, border: 0) - expected) < 1e-9)
    }

    @Test func whatCannotBeCompared() {
        let small = Picture(width: 10, height: 12), large = Picture(width: 12, height: 12)
        let unequal = ImageError.incomparable(small.size, large.size)
        #expect(throws: unequal) { try small.psnr(against: large, on: .rgb, border: 0) }
        #expect("\(unequal)" == "pictures of 10×12 and 12×12 pixels cannot be compared")
        let narrow = ImageError.tooSmallToCompare(small.size, border: 5, smallestSide: 1)
        #expect(throws: narrow) { try small.psnr(against: small, on: .rgb, border: 5) }
        #expect("\(narrow)" == "10×12 pixels are too few to compare: inside a border of 5 at least 1×1 must be left")
        #expect(throws: ImageError.self) { try small.ssim(against: small, on: .luma, border: 0) }
    }

    // MARK: Set5

    private func set5(scale: Int) throws -> [Picture] {
        try SharedData.pngNames(in: "Set5/HR").map {
            try Picture(contentsOf: SharedData.path("Set5/HR/" + $0)).cropped(toMultipleOf: scale)!
        }
    }

    private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    private func rounded(_ value: Double, _ digits: Int) -> Double {
        let unit = pow(10, Double(digits))
        return (value * unit).rounded() / unit
    }
}
