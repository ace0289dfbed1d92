import GraphImaging
import GraphModel
import GraphTestSupport
import Testing

@testable import GraphEnlarging

/// A model for pictures of one size takes these, and others in tiles.
struct OwnSizeTests {
    private static let source = """
        graph own(x: u8[1, 4, 6, 3]) -> (y: f32[1, 8, 12, 3]) {
          f = f32(x)
          line = reshape(f, shape = [1, 72])
          y = depth_to_space(concat(f, f, f, reshape(line, shape = [1, 4, 6, 3])), block = 2)
        }
        predict own -> (image: u8[1, 8, 12, 3]) { image = u8(round(clip(y, 0, 255))) }
        """

    /// Pictures of its size, smaller and larger ones: of each pixel the network makes what it makes of it in any place.
    @Test(arguments: [Border.mirror, .zero], [(6, 4), (6, 5), (1, 1), (3, 9), (7, 2), (40, 4), (5, 31), (29, 23)])
    func picturesOfAnySizeAreEnlarged(_ border: Border, _ size: (width: Int, height: Int)) throws {
        let enlarger = try PictureEnlarger(
            try Model(source: SourceText(Self.source, name: "own.graph")), threadCount: 1, border: border)
        let picture = SmallModels.picture(size.width, size.height)
        #expect(try enlarger.enlarged(picture) == picture.nearestEnlargement(scale: 2))
        let plan = try enlarger.enlarge(PictureSource(picture.pngBytes()), to: .memory).report.plan
        #expect((plan.tiles == nil) == (size == (6, 4)))
        if size == (6, 5) { #expect(plan.description.hasPrefix("2 tiles of 6×4 pixels, ")) }
    }

    @Test(arguments: [1, 3, 4, 8, 64], [1, 2, 7, 8, 9, 63, 64, 65, 1000])
    func tilesCoverAPicture(_ tile: Int, _ length: Int) {
        let whole = max(tile, length)
        let spans = Tiles(of: PictureSize(width: whole, height: tile), size: PictureSize(width: tile, height: tile)).columns
        #expect(spans.flatMap { Array($0.ownLines) } == Array(0..<whole))
        #expect(spans.allSatisfy { $0.lines.count == tile && $0.lines.lowerBound >= 0 && $0.lines.upperBound <= whole })
        for span in spans {
            let before = span.ownLines.lowerBound - span.lines.lowerBound,
                after = span.lines.upperBound - span.ownLines.upperBound
            #expect(before >= (span.ownLines.lowerBound == 0 ? 0 : tile / 8))
            #expect(after >= (span.ownLines.upperBound == whole ? 0 : tile / 8))
        }
        #expect(spans.count <= 1 + whole / (tile - tile / 4))
    }

    /// A picture beside another is not cut.
    @Test func aPictureBesideOneOfAnotherSizeIsRefused() throws {
        let text = """
            graph two(x: u8[1, 4, 6, 3], guide: u8[1, 4, 6, 3]) -> (y: f32[1, 4, 6, 3]) { y = f32(x) + 0 * f32(guide) }
            predict two -> (image: u8[1, 4, 6, 3]) { image = u8(round(clip(y, 0, 255))) }
            """
        let enlarger = try PictureEnlarger(try Model(source: SourceText(text, name: "two.graph")), threadCount: 1)
        let picture = SmallModels.picture(6, 5)
        let error = #expect(throws: EnlargingError.self) {
            try enlarger.enlarged(picture, form: ResultForm(extras: ["guide": .picture(picture)]))
        }
        #expect(
            error?.description == "'two' was made for pictures of 6×4 pixels alone, and this one has 6×5; export it anew with "
                + "sizes left open (dynamic axes)")
    }
}
