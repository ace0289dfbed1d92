import GraphBasics
import Testing
@testable import GraphImaging

@Suite struct ComparisonSheetTests {
    let truth = Picture(syntheticWidth: 48, height: 36, seed: 1)

    @Test("Panels stand in order, with the PSNR where the truth is known")
    func panels() throws {
        let before = truth.bicubicReduction(scale: 4)
        let sheet = try ComparisonSheet(before: before, scale: 4, after: truth, truth: truth)
        let bicubic = before.bicubicEnlargement(scale: 4)
        #expect(sheet.panels.map(\.picture) == [before.nearestEnlargement(scale: 4), bicubic, truth, truth])
        let ratio = decimal(try bicubic.psnr(against: truth, on: .luma, border: 4), digits: 2)
        #expect(
            sheet.panels.map(\.captions)
                == [["before", "12x9"], ["bicubic", "\(ratio) dB"], ["after", "inf dB"], ["true picture", "48x36"]])
        let blind = try ComparisonSheet(before: before, scale: 4, after: truth, truth: nil)
        #expect(blind.panels.map(\.captions) == [["before", "12x9"], ["bicubic"], ["after"]])
        let refusal = ImageError.notEnlarged(truth.size, from: before.size, scale: 2)
        #expect(throws: refusal) { try ComparisonSheet(before: before, scale: 2, after: truth, truth: nil) }
        #expect("\(refusal)" == "a picture of 48×36 pixels is not 2 times one of 12×9")
    }

    @Test("Every panel is on the sheet whole", arguments: [(48, 36), (1, 1), (900, 10), (7, 300)])
    func layout(width: Int, height: Int) {
        let colors: [Picture.Color] = [
            .black, .init(red: 255, green: 0, blue: 0), .init(red: 0, green: 255, blue: 0),
            .init(red: 0, green: 0, blue: 255),
        ]
        let sheet = ComparisonSheet(
            panels: colors.map { .init(Picture(width: width, height: height, fill: $0), captions: ["a caption", "b"]) })
        let picture = sheet.picture()
        var counts: [Picture.Color: Int] = [:]
        for first in stride(from: 0, to: picture.pixels.count, by: 3) {
            let pixel = Array(picture.pixels[first..<first + 3])
            counts[.init(red: pixel[0], green: pixel[1], blue: pixel[2]), default: 0] += 1
        }
        let magnification = max(1, 320 / max(width, height))
        for color in colors { #expect(counts[color] == width * height * magnification * magnification) }
    }

    @Test func text() {
        var picture = Picture(width: 6, height: 8)
        picture.draw("T", x: 0, y: 0, scale: 1, color: .black)
        let rows = (0..<8).map { y in (0..<6).map { picture[$0, y] == .black ? "#" : "." }.joined() }
        #expect(rows == ["#####.", "..#...", "..#...", "..#...", "..#...", "..#...", "..#...", "......"])
        // Outside, and characters that the typeface has not, are no error.
        picture.draw("é∞", x: -3, y: 5, scale: 3, color: .black)
        picture.draw("x", x: 100, y: -100, scale: 3, color: .black)
    }

    @Test("Every printable character has its own glyph")
    func glyphs() {
        let glyphs = (32..<127).map { BitmapFont.rows(of: Character(Unicode.Scalar(UInt8($0)))) }
        #expect(Set(glyphs).count == 95)
        #expect(glyphs.allSatisfy { $0.count == BitmapFont.glyphHeight && $0.allSatisfy { $0 < 32 } })
    }
}
