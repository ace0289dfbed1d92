import GraphCompiler
import GraphEnlarging
import GraphImaging
import GraphModel
import GraphTestSupport
import Testing

/// A model of grey pictures.
struct GreyModelTests {
    /// Each channel of a picture is what the model makes of it by itself, whatever the bands and the form.
    @Test(arguments: [Bands.whole, .rows(4)], [ResultForm(), ResultForm(isEnsemble: true)])
    func eachChannelGoesThroughIt(_ bands: Bands, _ form: ResultForm) throws {
        let enlarger = try PictureEnlarger(try Model(source: SmallModels.grey), threadCount: 2, bands: bands)
        let picture = SmallModels.picture(9, 7)
        let large = try enlarger.enlarged(picture, form: form)
        for channel in 0..<3 {
            var grey = picture
            for place in grey.pixels.indices { grey.pixels[place] = picture.pixels[place / 3 * 3 + channel] }
            let alone = try enlarger.enlarged(grey, form: form)
            #expect(alone.pixels.indices.allSatisfy { alone.pixels[$0] == large.pixels[$0 / 3 * 3 + channel] })
        }
        #expect(try enlarger.enlarged(picture, form: ResultForm()) != Picture(width: 18, height: 14))
    }

    @Test func greyIsItsOwnLuma() {
        let greys = Picture(width: 16, height: 16, pixels: (0..<256).flatMap { Array(repeating: UInt8($0), count: 3) })
        #expect(greys.luma() == (0...255).map { UInt8($0) })
        let colours = Picture(width: 3, height: 1, pixels: [255, 0, 0, 0, 255, 0, 0, 0, 255])
        #expect(colours.luma() == [76, 150, 29])
    }
}
