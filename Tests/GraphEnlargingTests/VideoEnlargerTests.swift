import GraphEnlarging
import GraphImaging
import GraphModel
import GraphTestSupport
import Testing

struct VideoEnlargerTests {
    /// A model that changes nothing.
    private static let nothing = SourceText(
        """
        graph nothing(lr: u8[N, H, W, 3]) -> (image: u8[N, H, W, 3]) {
          image = u8(round(clip(f32(lr), 0, 255)))
        }
        """, name: "nothing.graph")

    private func enlarged(_ video: [UInt8], by source: SourceText, memoryLimit: Int? = nil) throws -> VideoReader {
        let enlarger = VideoEnlarger(try PictureEnlarger(Model(source: source), threadCount: 2, memoryLimit: memoryLimit))
        return try VideoReader(enlarger.enlarge(VideoReader(video), to: .memory).bytes)
    }

    /// Noise has all that a layout can hold: colours that there are not, blacker than black, whiter than white.
    @Test(arguments: SampleVideo.layouts.map(\.name), ["LIMITED", "FULL"])
    func whatChangesNothingGivesEachSample(_ name: String, _ range: String) throws {
        for (width, height) in [(1, 1), (2, 1), (5, 3), (16, 9)] {
            let frames = (1...3).map { SampleVideo.noise(name, width: width, height: height, seed: $0) }
            let result = try enlarged(
                SampleVideo.video("W\(width) H\(height) F25:1 C\(name) XCOLORRANGE=\(range)", frames), by: Self.nothing)
            for frame in frames {
                let bytes = try #require(try result.nextFrame()).bytes
                // 3 of 65535 are what f32 leaves of three sums.
                let tolerance = name.hasPrefix("444p1") ? 3 : name.hasPrefix("444") ? 1 : 0
                #expect(
                    zip(SampleVideo.samples(name, bytes), SampleVideo.samples(name, frame)).allSatisfy {
                        abs($0 - $1) <= tolerance
                    })
            }
            #expect(try result.nextFrame() == nil)
        }
    }

    @Test(arguments: SampleVideo.layouts.map(\.name))
    func oneColourStaysIt(_ name: String) throws {
        let levels = [100, 90, 150, 70].map { $0 << (SampleVideo.bitDepth(name) - 8) }
        for (width, height) in [(1, 1), (7, 5)] {
            let frame = SampleVideo.frame(name, width: width, height: height) { plane, _, _ in levels[plane] }
            let result = try enlarged(SampleVideo.video("W\(width) H\(height) C\(name)", [frame]), by: SmallModels.same)
            #expect(result.header.size == PictureSize(width: 2 * width, height: 2 * height) && result.header.layout.name == name)
            let large = SampleVideo.frame(name, width: 2 * width, height: 2 * height) { plane, _, _ in levels[plane] }
            #expect(try result.nextFrame()?.bytes == large)
        }
    }

    /// Colour differences that grow evenly over the picture grow on so, from where each layout says that they lie.
    @Test(arguments: [
        ("420jpeg", 0.5, 0.5, 2, 2), ("420mpeg2", 0, 0.5, 2, 2), ("420paldv", 0, 0, 2, 2), ("422", 0, 0, 2, 1),
        ("411", 0, 0, 4, 1),
    ])
    func coloursStayWhereTheyLie(_ name: String, _ left: Double, _ top: Double, _ columns: Int, _ rows: Int) throws {
        func level(_ x: Double, _ y: Double) -> Double { 40 + 3 * x + 2 * y }
        let frame = SampleVideo.frame(name, width: 32, height: 16) { plane, x, y in
            plane == 0 ? 100 : Int(level(Double(columns * x) + left, Double(rows * y) + top).rounded())
        }
        let result = try #require(try enlarged(SampleVideo.video("W32 H16 C\(name)", [frame]), by: SmallModels.same).nextFrame())
        let (width, height) = (64 / columns, 32 / rows)
        let samples = result.bytes[64 * 32..<64 * 32 + width * height].map(Double.init)
        for y in 8..<height - 8 {
            for x in 5..<width - 5 {
                // The middle of the pixel there, in pixels of the small frame.
                let place = (Double(columns * x) + left + 0.5) / 2 - 0.5
                let row = (Double(rows * y) + top + 0.5) / 2 - 0.5
                #expect(abs(samples[y * width + x] - level(place, row)) <= 1.1, "\(x), \(y)")
            }
        }
    }

    @Test func stripsChangeNoByte() throws {
        for name in ["420jpeg", "444p10"] {
            let frames = (1...2).map { SampleVideo.noise(name, width: 2000, height: 6, seed: $0) }
            let video = SampleVideo.video("W2000 H6 C\(name)", frames)
            let model = try Model(source: SmallModels.sharp)
            let whole = VideoEnlarger(try PictureEnlarger(model, threadCount: 1))
            let least = VideoEnlarger(try PictureEnlarger(model, threadCount: 1, memoryLimit: 34_400_000))
            let (report, bytes) = try whole.enlarge(VideoReader(video), to: .memory)
            let (cut, same) = try least.enlarge(VideoReader(video), to: .memory)
            #expect(report.frameCount == 2 && report.plan?.stripCount == 1)
            #expect((cut.plan?.stripCount ?? 0) > 1, "\(cut)")
            #expect(bytes == same)
        }
    }

    @Test func framesAreToldAndMayEnd() throws {
        let frames = (1...3).map { SampleVideo.noise("420jpeg", width: 8, height: 6, seed: $0) }
        let video = SampleVideo.video("W8 H6", frames)
        let enlarger = VideoEnlarger(try PictureEnlarger(Model(source: SmallModels.sharp), threadCount: 1))
        var told: [VideoProgress] = []
        try enlarger.enlarge(VideoReader(video), to: .memory, observer: VideoObserver(progress: { told.append($0) }))
        #expect(Set(told.map(\.framesDone)) == [0, 1, 2] && told.allSatisfy { $0.frameCount == 3 && $0.rowsDone <= $0.rowCount })
        let folder = TemporaryFolder()
        #expect(throws: EnlargingError.cancelled) {
            try enlarger.enlarge(
                VideoReader(video), to: .file(folder.file("big.y4m")), observer: VideoObserver(isCancelled: { true }))
        }
        #expect(folder.names.isEmpty)
    }

    @Test func whatIsCutShortLeavesNoFile() throws {
        let folder = TemporaryFolder()
        let video = SampleVideo.video("W8 H6", [SampleVideo.noise("420jpeg", width: 8, height: 6, seed: 1)])
        let path = folder.file("clip.y4m", holding: video + video.suffix(60))
        let enlarger = VideoEnlarger(try PictureEnlarger(Model(source: SmallModels.same), threadCount: 1))
        let text = errorText { _ = try enlarger.enlarge(VideoReader(path: path), to: .file(folder.file("big.y4m"))) }
        #expect(text == "\(path): the video is damaged before frame 2, which does not begin with FRAME; make it again")
        #expect(folder.names == ["clip.y4m"])
        #expect(try enlarged(SampleVideo.video("W8 H6", []), by: SmallModels.same).header.size.width == 16)
    }

    @Test func resultsThatNobodyHoldsAreRefused() throws {
        let enlarger = VideoEnlarger(try PictureEnlarger(Model(source: SmallModels.same), threadCount: 1))
        let video = Array("YUV4MPEG2 W11000 H11000\n".utf8)
        #expect(errorText { _ = try enlarger.enlarge(VideoReader(video), to: .memory) }.contains("frames of 22000×22000 pixels"))
    }

    /// Sizes that the network does not make itself, in layouts whose pixels share colours and in others.
    @Test(arguments: ["420jpeg", "422", "444", "mono", "444p10"])
    func anySizeAndTheMeanOfEightKeepOneColour(_ name: String) throws {
        let levels = [100, 90, 150].map { $0 << (SampleVideo.bitDepth(name) - 8) }
        let frame = SampleVideo.frame(name, width: 12, height: 9) { plane, _, _ in levels[plane] }
        let video = SampleVideo.video("W12 H9 C\(name)", [frame, frame])
        let enlarger = VideoEnlarger(try PictureEnlarger(Model(source: SmallModels.same), threadCount: 2))
        let forms: [(ResultForm, Int, Int)] = [
            (ResultForm(size: .scale(ResizeFactor(3, over: 2)!)), 18, 14), (ResultForm(size: .width(31)), 31, 23),
            (ResultForm(size: .sides(PictureSize(width: 7, height: 20))), 7, 20), (ResultForm(isEnsemble: true), 24, 18),
            (ResultForm(size: .height(27), isEnsemble: true), 36, 27),
        ]
        for (form, width, height) in forms {
            let (report, bytes) = try enlarger.enlarge(VideoReader(video), to: .memory, form: form)
            #expect(report.outputSize == PictureSize(width: width, height: height) && report.frameCount == 2)
            let result = try VideoReader(bytes)
            let large = SampleVideo.frame(name, width: width, height: height) { plane, _, _ in levels[plane] }
            for _ in 0..<2 { #expect(try result.nextFrame()?.bytes == large, "\(form)") }
        }
        let losses = try enlarger.enlarge(VideoReader(video), to: .memory, form: ResultForm(size: .width(48))).report.losses
        #expect(losses == ["the network makes 24×18 pixels, and bicubic interpolation 48×36 of them"])
    }

    /// A frame is what a picture of the same samples becomes.
    @Test func aGreyFrameBecomesWhatAGreyPictureDoes() throws {
        let enlarger = try PictureEnlarger(Model(source: SmallModels.smooth), threadCount: 1)
        let frame = SampleVideo.frame("mono", width: 20, height: 14) { _, x, y in 20 + (x * x + 7 * y) % 200 }
        let form = ResultForm(size: .width(33), isEnsemble: true)
        let video = SampleVideo.video("W20 H14 Cmono XCOLORRANGE=FULL", [frame])
        let bytes = try VideoEnlarger(enlarger).enlarge(VideoReader(video), to: .memory, form: form).bytes
        let picture = try enlarger.enlarged(Picture(width: 20, height: 14, pixels: frame.flatMap { [$0, $0, $0] }), form: form)
        let expected = stride(from: 0, to: picture.pixels.count, by: 3).map { Int(picture.pixels[$0]) }
        let made = try #require(try VideoReader(bytes).nextFrame()).bytes.map(Int.init)
        #expect(made.count == expected.count && zip(made, expected).allSatisfy { abs($0 - $1) <= 1 })
    }

    @Test func comparisonsAreRefused() throws {
        let enlarger = VideoEnlarger(try PictureEnlarger(Model(source: SmallModels.same), threadCount: 1))
        let video = SampleVideo.video("W8 H6", [SampleVideo.noise("420jpeg", width: 8, height: 6, seed: 1)])
        #expect(throws: EnlargingError.comparisonOfVideo) {
            try enlarger.enlarge(VideoReader(video), to: .memory, form: ResultForm(isComparison: true))
        }
    }
}
