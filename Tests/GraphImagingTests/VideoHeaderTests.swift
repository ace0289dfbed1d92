import GraphImaging
import GraphTestSupport
import Testing

struct VideoHeaderTests {
    private func header(_ tags: String) throws -> VideoHeader { try VideoHeader(Array("YUV4MPEG2 \(tags)".utf8)) }

    /// The line that a writer makes of a header.
    private func line(_ header: VideoHeader) throws -> String {
        String(decoding: try VideoWriter(to: .memory, header).bytes, as: UTF8.self)
    }

    @Test(arguments: SampleVideo.layouts.map(\.name))
    func layoutsAreAsLargeAsTheirPlanes(_ name: String) throws {
        for (width, height) in [(1, 1), (2, 2), (5, 3), (64, 48), (7, 1)] {
            let header = try header("W\(width) H\(height) C\(name)")
            #expect(header.layout.name == name && header.layout.bitDepth == SampleVideo.bitDepth(name))
            #expect(header.frameByteCount == SampleVideo.noise(name, width: width, height: height, seed: 1).count)
        }
    }

    @Test func allTagsButTheSizesAreKept() throws {
        let header = try header("W640 H480 F30000:1001 Ip A8:9 C420mpeg2 XYSCSS=420MPEG2 XCOLORRANGE=FULL Xany")
        #expect(header.isFullRange && header.layout.siting == .left)
        #expect(
            try line(header.resized(to: PictureSize(width: 3 * header.size.width, height: 3 * header.size.height)))
                == "YUV4MPEG2 W1920 H1440 F30000:1001 Ip A8:9 C420mpeg2 XYSCSS=420MPEG2 XCOLORRANGE=FULL Xany\n")
    }

    @Test func layoutIsThatOfJPEGUnlessSomethingTells() throws {
        #expect(try header("W4 H4").layout.name == "420jpeg")
        #expect(try header("W4 H4 XYSCSS=411").layout.name == "411")
        #expect(try header("W4 H4 C422 XYSCSS=411").layout.name == "422")
        #expect(try !header("W4 H4").isFullRange)
    }

    @Test(arguments: [
        ("H4", "lacks W"), ("W4", "lacks H"), ("W0 H4", "damaged at 'W0'"), ("W-1 H4", "damaged at 'W-1'"),
        ("W4 H4x", "damaged at 'H4x'"), ("W4 H4 F25", "damaged at 'F25'"), ("W4 H4 A1:-1", "damaged at 'A1:-1'"),
        ("W99999999999999999999 H4", "damaged at 'W"), ("W4 W4 H4", "has W twice"), ("W4 H4 C421", "lie as '421'"),
        ("W4 H4 C420p8", "lie as '420p8'"), ("W4 H4 Cmono17", "lie as 'mono17'"), ("W4 H4 C", "lie as ''"),
        ("W4 H4 C\u{1B}[2J", "lie as '?[2J'"), ("W4 H4 It", "is interlaced"), ("W4 H4 Ib", "is interlaced"),
        ("W4 H4 Im", "is interlaced"), ("W4 H4 Iq", "damaged at 'Iq'"),
    ])
    func whatIsWrongIsSaid(_ tags: String, _ problem: String) {
        let error = #expect(throws: VideoError.HeaderProblem.self) { _ = try self.header(tags) }
        #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
    }

    @Test func sizesThatNobodyHoldsAreRefused() {
        for size in ["W999999999 H999999999", "W2000000 H1", "W20000 H20000"] {
            let bytes = Array("YUV4MPEG2 \(size)\n".utf8)
            #expect(errorText { _ = try VideoReader(bytes) }.contains("are too large"))
        }
    }
}
