import GraphImaging
import GraphModel
import GraphTestSupport
import Testing

@testable import GraphEnlarging

/// An enlarger for pictures of strangers takes no more pixels than it is told.
struct PixelLimitTests {
    @Test func largerPicturesAreRefusedByTheirHeader() throws {
        let enlarger = try PictureEnlarger(Model(source: SmallModels.twice), threadCount: 1, pixelLimit: 100)
        let refusal = EnlargingError.tooManyPixels(PictureSize(width: 11, height: 10), limit: 100)
        // Of the file only the header is there: the refusal comes before its rows.
        let header = Array(try SmallModels.picture(11, 10).pngBytes().prefix(60))
        #expect(throws: refusal) { _ = try enlarger.enlarged(file: header) }
        #expect(throws: refusal) { _ = try enlarger.enlarged(SmallModels.picture(11, 10)) }
        #expect(try enlarger.enlarged(SmallModels.picture(10, 10)).width == 20)
        #expect("\(refusal)".hasPrefix("11×10 pixels are more than the 100 that are taken here"))
    }
}
