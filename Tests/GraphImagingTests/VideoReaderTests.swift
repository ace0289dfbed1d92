import GraphImaging
import GraphTestSupport
import Testing

struct VideoReaderTests {
    private func frames(_ reader: VideoReader) throws -> [[UInt8]] {
        var frames: [[UInt8]] = []
        while let frame = try reader.nextFrame() { frames.append(frame.bytes) }
        #expect(frames.count == reader.frameCount)
        return frames
    }

    @Test(arguments: SampleVideo.layouts.map(\.name))
    func framesAreReadAndWrittenAsTheyAre(_ name: String) throws {
        let made = (1...3).map { SampleVideo.noise(name, width: 5, height: 3, seed: $0) }
        let video = SampleVideo.video("W5 H3 F25:1 Ip A0:0 C\(name)", made)
        let reader = try VideoReader(video)
        #expect(reader.wholeFrameCount == 3)
        let writer = try VideoWriter(to: .memory, reader.header)
        while let frame = try reader.nextFrame() { try writer.write(frame) }
        try writer.finish()
        #expect(writer.bytes == video)
    }

    @Test func filesGiveWhatBytesGive() throws {
        let folder = TemporaryFolder()
        let made = (1...2).map { SampleVideo.noise("420jpeg", width: 300, height: 401, seed: $0) }
        let path = folder.file("clip.y4m", holding: SampleVideo.video("W300 H401 C420jpeg", made))
        #expect(try frames(VideoReader(path: path)) == made)
        guard case .video(let video) = try PictureOrVideo(path: path) else {
            Issue.record("a video is told by its first bytes")
            return
        }
        #expect(try frames(video) == made)
        let writer = try VideoWriter(to: .file(folder.file("big.y4m")), video.header)
        try writer.finish()
        #expect(String(decoding: fileBytes(folder.file("big.y4m")), as: UTF8.self) == "YUV4MPEG2 W300 H401 C420jpeg\n")
        #expect(errorText { _ = try VideoReader(path: folder.file("none.y4m")) }.contains("no such file"))
        #expect(errorText { _ = try VideoReader(path: folder.path) }.contains("is a folder"))
    }

    @Test func headsOfFramesMayHoldTags() throws {
        let frame = SampleVideo.noise("mono", width: 2, height: 2, seed: 1)
        let video = Array("YUV4MPEG2 W2 H2 Cmono\nFRAME Ipp Xabc\n".utf8) + frame + Array("FRAME\n".utf8) + frame
        #expect(try frames(VideoReader(video)) == [frame, frame])
    }

    @Test func aVideoMayHaveNoFrames() throws {
        #expect(try frames(VideoReader(Array("YUV4MPEG2 W640 H480\n".utf8))).isEmpty)
    }

    /// At each place: within the header, at the head of a frame, within its samples.
    @Test func whereverItIsCutShortThatIsSaid() throws {
        let made = (1...2).map { SampleVideo.noise("420jpeg", width: 3, height: 3, seed: $0) }
        let video = SampleVideo.video("W3 H3 C420jpeg", made)
        let headerCount = video.firstIndex(of: UInt8(ascii: "\n"))! + 1
        let frameCount = (video.count - headerCount) / 2
        for count in 0..<video.count {
            let text = errorText { _ = try frames(VideoReader(video.prefix(count))) }
            if count < 9 {
                #expect(text.contains("is no raw video"), "\(count): \(text)")
            } else if count < headerCount {
                #expect(text.contains("cut short in its header"), "\(count): \(text)")
            } else if (count - headerCount) % frameCount == 0 {
                #expect(text == "no error", "\(count): \(text)")
            } else {
                #expect(text.contains("cut short in frame \((count - headerCount) / frameCount + 1)"), "\(count): \(text)")
            }
        }
    }

    @Test func whatIsNoFrameIsSaid() throws {
        let frame = SampleVideo.noise("mono", width: 2, height: 2, seed: 1)
        let video = SampleVideo.video("W2 H2 Cmono", [frame]) + Array("FRAMES\n".utf8) + frame
        #expect(errorText { _ = try frames(VideoReader(video)) }.contains("damaged before frame 2"))
        #expect(errorText { _ = try VideoReader(Array("P6 2 2 255\n".utf8)) }.contains("is no raw video"))
        let endless = Array("YUV4MPEG2 ".utf8) + [UInt8](repeating: UInt8(ascii: "X"), count: 10_000)
        #expect(errorText { _ = try VideoReader(endless) }.contains("has no end within"))
    }

    /// A header that tells of gigabytes takes what is there.
    @Test func sizesAreNotBelieved() {
        let video = Array("YUV4MPEG2 W11000 H11000 C444p16\nFRAME\n".utf8) + [1, 2, 3]
        #expect(errorText { _ = try frames(VideoReader(video)) }.contains("cut short in frame 1"))
    }

    /// Whatever is changed in a header, it is read or refused.
    @Test func damagedHeadersAreReadOrRefused() throws {
        var generator = RepeatableGenerator(seed: 7)
        let parts = ["W4", "H3", "F25:1", "Ip", "A1:1", "C420jpeg", "Cmono10", "XCOLORRANGE=FULL", "XYSCSS=444", "W", "C", ":"]
        var readCount = 0
        for _ in 0..<20_000 {
            let tags = (0..<Int.random(in: 0...6, using: &generator)).map { _ in parts.randomElement(using: &generator)! }
            var video = SampleVideo.video((["W4", "H3"] + tags).joined(separator: " "), [])
            for _ in 0..<Int.random(in: 0...3, using: &generator) {
                let place = Int.random(in: 0..<video.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: video[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: video.remove(at: place)
                default: video.insert(UInt8(ascii: "9"), at: place)
                }
            }
            video += Array("FRAME\n".utf8) + (0..<40).map { _ in UInt8.random(in: 0...255, using: &generator) }
            do {
                let reader = try VideoReader(video)
                readCount += 1
                _ = try frames(reader)
            } catch let error as VideoError {
                #expect(!error.description.contains("\n"))
            }
        }
        #expect(readCount > 0)
    }
}
