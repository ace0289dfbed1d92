import GraphEnlarging
import GraphImaging
import GraphModel
import GraphTestSupport
import Testing

/// A model for pictures of one size takes these, and tells what it takes of others.
struct OwnSizeTests {
    private static let source = """
        graph own(x: u8[1, 4, 6, 3]) -> (y: f32[1, 8, 12, 3]) {
          f = f32(x)
          line = reshape(f, shape = [1, 72])
          y = depth_to_space(concat(f, f, f, reshape(line, shape = [1, 4, 6, 3])), block = 2)
        }
        predict own -> (image: u8[1, 8, 12, 3]) { image = u8(round(clip(y, 0, 255))) }
        """

    @Test(arguments: [Border.mirror, .zero])
    func picturesOfItsSizeAreEnlarged(_ border: Border) throws {
        let enlarger = try PictureEnlarger(
            try Model(source: SourceText(Self.source, name: "own.graph")), threadCount: 1, border: border)
        let picture = SmallModels.picture(6, 4)
        #expect(try enlarger.enlarged(picture) == picture.nearestEnlargement(scale: 2))
        let error = #expect(throws: EnlargingError.self) { try enlarger.enlarged(SmallModels.picture(6, 5)) }
        #expect(
            error?.description == "'own' was made for pictures of 6×4 pixels alone, and this one has 6×5; export it anew with "
                + "sizes left open (dynamic axes)")
    }
}
