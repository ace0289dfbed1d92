import GraphCompiler
import GraphEnlarging
import GraphImaging
import GraphModel
import GraphTestSupport
import Testing

/// Networks that take more than the picture that they enlarge.
struct ExtraInputTests {
    /// Each pixel twice in both directions, and what a grey picture of that size adds to it.
    private static let guided = SourceText(
        """
        graph guided(lr: u8[N, H, W, 3], guide: u8[N, 2*H, 2*W, 1]) -> (image: u8[N, 2*H, 2*W, 3]) {
          x = f32(lr)
          twice = depth_to_space(concat(x, x, x, x), block = 2)
          image = u8(round(clip(twice + f32(guide) - 100, 0, 255)))
        }
        """, name: "guided.graph")

    /// A grey picture, made brighter by numbers of three kinds.
    private static let strengthened = SourceText(
        """
        graph strengthened(map: f32[N, H, W, 1], x: u8[N, H, W, 1], gain: f32[N, 1, 1, 1]) -> (image: u8[N, H, W, 1]) {
          scalar more: f32[]
          image = u8(round(clip(f32(x) * gain + map + more, 0, 255)))
        }
        """, name: "strengthened.graph")

    private let picture = SmallModels.picture(7, 5)
    private var guide: Picture {
        Picture(width: 14, height: 10, pixels: (0..<140).flatMap { Array(repeating: UInt8(90 + $0 % 23), count: 3) })
    }

    @Test(arguments: [Bands.whole, .rows(2)], [Border.mirror, .zero])
    func aGuideLiesBesideItsPicture(_ bands: Bands, _ border: Border) throws {
        let enlarger = try PictureEnlarger(Model(source: Self.guided), threadCount: 2, bands: bands, border: border)
        #expect(enlarger.scale == 2)
        #expect(enlarger.extraInputs.map(\.description) == ["'guide', a grey picture 2 times as large"])
        var expected = guide
        for y in 0..<10 {
            for x in 0..<14 {
                for channel in 0..<3 {
                    let place = 3 * (14 * y + x) + channel
                    let sum = Int(picture.pixels[3 * (7 * (y / 2) + x / 2) + channel]) + Int(guide.pixels[place]) - 100
                    expected.pixels[place] = UInt8(min(max(sum, 0), 255))
                }
            }
        }
        // Turned pictures have turned guides.
        for isEnsemble in [false, true] {
            let form = ResultForm(isEnsemble: isEnsemble, extras: ["guide": .picture(guide)])
            #expect(try enlarger.enlarged(picture, form: form) == expected, "\(isEnsemble)")
        }
    }

    @Test func numbersStandForEveryElement() throws {
        let enlarger = try PictureEnlarger(Model(source: Self.strengthened), threadCount: 1)
        let extras: [String: ExtraValue] = ["map": .number(3), "gain": .number(0.5), "more": .number(20)]
        let expected = picture.pixels.map { UInt8(min((Float($0) / 2 + 23).rounded(.toNearestOrEven), 255)) }
        #expect(try enlarger.enlarged(picture, form: ResultForm(extras: extras)).pixels == expected)
        let guided = try PictureEnlarger(Model(source: Self.guided), threadCount: 1)
        let flat = try guided.enlarged(picture, form: ResultForm(extras: ["guide": .number(100)]))
        #expect(flat[3, 3] == picture[1, 1])
    }

    /// An input of bytes that is no picture is of bytes, whichever way pixels go.
    @Test(arguments: [false, true])
    func bytesStandForEveryElement(_ isEnsemble: Bool) throws {
        let source = SourceText(
            """
            graph masked(x: u8[N, H, W, 3], mask: u8[1, rows, 1, 1]) -> (image: u8[N, H, W, 3]) {
              image = u8(round(clip(f32(x) - mean(f32(mask)), 0, 255)))
            }
            """, name: "masked.graph")
        let enlarger = try PictureEnlarger(Model(source: source), threadCount: 1)
        #expect(enlarger.extraInputs.map(\.description) == ["'mask', a whole number from 0 to 255"])
        let form = ResultForm(isEnsemble: isEnsemble, extras: ["mask": .number(7)])
        #expect(try enlarger.enlarged(picture, form: form).pixels == picture.pixels.map { $0 < 7 ? 0 : $0 - 7 })
        #expect(
            errorText { _ = try enlarger.enlarged(picture, form: ResultForm(extras: ["mask": .number(300)])) }
                == "'mask', a whole number from 0 to 255, is given 300.0")
    }

    @Test func whatDoesNotFitIsRefused() throws {
        let enlarger = try PictureEnlarger(Model(source: Self.guided), threadCount: 1)
        func message(_ extras: [String: ExtraValue]) -> String {
            errorText { _ = try enlarger.enlarged(picture, form: ResultForm(extras: extras)) }
        }
        #expect(
            message([:]) == "the network takes more than a picture: 'guide', a grey picture 2 times as large; give it that, too")
        #expect(
            message(["guide": .number(100), "giude": .number(1)])
                == "the network has no input 'giude' beside the picture; it takes 'guide', a grey picture 2 times as large")
        #expect(
            message(["guide": .picture(picture)])
                == "'guide', a grey picture 2 times as large, is given one of 7×5 pixels beside 7×5")
        #expect(message(["guide": .number(0.5)]) == "'guide', a grey picture 2 times as large, is given 0.5")
        var colours = guide
        colours.pixels[4] = 0
        #expect(message(["guide": .picture(colours)]) == "'guide', a grey picture 2 times as large, is given one in colour")
        let plain = try PictureEnlarger(Model(source: SmallModels.same), threadCount: 1)
        #expect(
            errorText { _ = try plain.enlarged(picture, form: ResultForm(extras: ["x": .number(1)])) }
                == "the network has no input 'x' beside the picture; it has none")
    }
}
