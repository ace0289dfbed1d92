import GraphRuntime
import GraphImaging
import GraphModel
import Testing

@testable import GraphEnlarging

/// What a network sees beyond a picture, and that none of it is left in the result.
struct BorderTests {
    @Test func placesAreMirroredWithTheOutermostOneRepeated() {
        #expect((-4..<7).map { mirrored($0, 3) } == [2, 2, 1, 0, 0, 1, 2, 2, 1, 0, 0])
        #expect((-3..<4).map { mirrored($0, 1) } == [0, 0, 0, 0, 0, 0, 0])
    }

    @Test(arguments: [(1, 1), (2, 3), (5, 9), (8, 6)], [(Border.mirror, 1), (.mirror, 8), (.zero, 16)])
    func rowsComeWithTheirMirroredMargins(_ size: (width: Int, height: Int), _ form: (border: Border, unit: Int)) throws {
        let (width, height) = size
        let picture = SmallModels.picture(width, height)
        let margins = Margins(of: picture.size, border: form.border, sideUnit: form.unit)
        let padded = margins.around(picture.size)
        #expect(padded.width % form.unit == 0 && padded.height % form.unit == 0)
        #expect(padded.width < width + 2 * form.border.width + form.unit)
        let source = MirroredRowSource(
            TensorSource(picture.pixels), width: width, height: height, margins: margins, pixelByteCount: 3)
        var row = [UInt8](repeating: 0, count: 3 * padded.width)
        for y in 0..<padded.height {
            try row.withUnsafeMutableBytes { try source.fill(row: y, into: $0) }
            let expected = (0..<padded.width).flatMap { x in
                let color = picture[mirrored(x - margins.before, width), mirrored(y - margins.before, height)]
                return [color.red, color.green, color.blue]
            }
            #expect(row == expected, "row \(y)")
        }
    }

    /// A network that halves the sides twice takes a picture of any sides, and says what it did.
    @Test(arguments: [Bands.whole, .rows(4), .automatic], Border.allCases)
    func sidesAreFilledUpForTheNetwork(_ bands: Bands, _ border: Border) throws {
        let enlarger = try PictureEnlarger(try Model(source: SmallModels.quartered), bands: bands, border: border)
        for (width, height) in [(1, 1), (3, 2), (17, 9), (8, 4)] {
            let picture = SmallModels.picture(width, height)
            #expect(try enlarger.enlarged(picture) == picture)
            let file = try picture.pngBytes()
            let report = try enlarger.enlarge(PictureSource(file), to: .memory).report
            #expect(report.plan.description.hasSuffix(" planned, sides filled up to multiples of 4"))
        }
    }

    /// A network whose result is as large as its picture only where sides are even.
    @Test(arguments: Border.allCases)
    func sidesThatTheNetworkRoundsDownAreFilledUp(_ border: Border) throws {
        let text = """
            graph coarse(x: u8[N, H, W, 3]) -> (y: f32[N, 2*(H//2), 2*(W//2), 3]) {
              y = resize(max_pool(f32(x), size = 2, stride = 2), height = 2*(H//2), width = 2*(W//2), mode = nearest)
            }
            predict coarse -> (image: u8[N, 2*(H//2), 2*(W//2), 3]) { image = u8(round(clip(y, 0, 255))) }
            """
        let enlarger = try PictureEnlarger(Model(source: SourceText(text, name: "coarse.graph")), border: border)
        for (width, height) in [(1, 1), (7, 4), (8, 5), (6, 6)] {
            let picture = SmallModels.picture(width, height)
            #expect(try enlarger.enlarged(picture).size == picture.size)
            let report = try enlarger.enlarge(PictureSource(picture.pngBytes()), to: .memory).report
            #expect(report.plan.description.hasSuffix(" planned, sides filled up to multiples of 2"))
        }
    }

    /// That a network takes no small pictures is no reason to fill up the sides of others.
    @Test func sidesOfWhatIsLargeEnoughStay() throws {
        let enlarger = try PictureEnlarger(try Model(source: SmallModels.windowed), border: .zero)
        let picture = SmallModels.picture(31, 25)
        #expect(try enlarger.enlarged(picture) == picture)
        let file = try picture.pngBytes()
        let report = try enlarger.enlarge(PictureSource(file), to: .memory).report
        #expect(report.plan.description.hasSuffix(" planned"))
    }

    /// The picture with its border made by hand, enlarged as the network was trained.
    @Test(arguments: [Bands.whole, .rows(1), .rows(4), .automatic], [1, 3])
    func theResultIsThatOfTheMirroredPictureCutOut(_ bands: Bands, _ threadCount: Int) throws {
        let model = try Model(source: SmallModels.sharp)
        let border = Border.mirror.width
        let enlarger = try PictureEnlarger(model, threadCount: threadCount, bands: bands)
        let plain = try PictureEnlarger(model, threadCount: threadCount, border: .zero)
        for (width, height) in [(1, 1), (3, 2), (17, 9)] {
            let picture = SmallModels.picture(width, height)
            var wide = Picture(width: width + 2 * border, height: height + 2 * border)
            for y in 0..<wide.height {
                for x in 0..<wide.width { wide[x, y] = picture[mirrored(x - border, width), mirrored(y - border, height)] }
            }
            let large = try plain.enlarged(wide)
            let result = try enlarger.enlarged(picture)
            for y in 0..<2 * height {
                for x in 0..<2 * width { #expect(result[x, y] == large[x + 2 * border, y + 2 * border]) }
            }
        }
    }
}
