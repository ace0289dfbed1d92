@testable import GraphImaging
import Testing

@Suite struct PNGMetadataTests {
    static let rgb = PixelLayout.rgb8

    func chunk(_ type: String, _ data: [UInt8]) -> PNGChunk { PNGChunk(type: type, data: data) }

    func profileChunk(_ profile: [UInt8], keyword: String = "a profile") -> PNGChunk {
        chunk("iCCP", Array(keyword.utf8) + [0, 0] + SamplePNG.stored(profile))
    }

    /// Everything that metadata holds.
    var whole: PictureMetadata {
        var metadata = PictureMetadata(
            iccProfile: SampleICC.stub("RGB "), exif: SampleExif.camera(isBigEndian: true).encoded(),
            xmp: Array("<x:xmpmeta>✓</x:xmpmeta>".utf8),
            texts: [
                chunk("tEXt", Array("Title\0A title".utf8)), chunk("zTXt", [65, 0, 0, 1]), chunk("iTXt", [65, 0, 0, 0, 0, 0]),
            ],
            resolution: .init(x: 2835, y: 3000, unit: .metre))
        metadata.colour.codePoints = [1, 13, 0, 1]
        metadata.colour.mastering = Array(0..<24)
        metadata.colour.lightLevel = Array(0..<8)
        metadata.colour.gamma = [0, 0, 0xB1, 0x8F]
        metadata.colour.chromaticities = Array(0..<32)
        return metadata
    }

    @Test func thereAndBack() {
        for (profile, sRGB) in [(SampleICC.stub("RGB "), nil), (nil, [1])] as [([UInt8]?, [UInt8]?)] {
            var metadata = whole
            metadata.iccProfile = profile
            metadata.colour.sRGB = sRGB
            let png = metadata.pngChunks(for: Self.rgb)
            #expect(png.losses == [])
            #expect(CarriedMetadata(pngChunks: png.first + png.last) == CarriedMetadata(metadata: metadata))
        }
        let empty = PictureMetadata().pngChunks(for: Self.rgb)
        #expect(empty == PNGMetadata(first: [], last: [], losses: []))
    }

    @Test("Colours stand first, long texts behind the pixels; there is no sRGB beside a profile")
    func order() {
        var metadata = whole
        metadata.texts.insert(chunk("tEXt", Array("Long\0".utf8) + [UInt8](repeating: 65, count: 20_000)), at: 1)
        metadata.colour.sRGB = [0]
        let png = metadata.pngChunks(for: Self.rgb)
        let short = ["tEXt", "zTXt", "iTXt"]
        #expect(png.first.map(\.type) == ["cICP", "mDCV", "cLLI", "iCCP", "gAMA", "cHRM", "pHYs", "eXIf", "iTXt"] + short)
        #expect(png.last == [metadata.texts[1]])
        let grey = metadata.pngChunks(for: PixelLayout(isGrey: true))
        #expect(grey.first.map(\.type) == ["cICP", "mDCV", "cLLI", "sRGB", "gAMA", "cHRM", "pHYs", "eXIf", "iTXt"] + short)
        #expect(grey.losses == ["the ICC profile is for RGB and not for grey, and is left out"])
    }

    @Test func profiles() {
        let profile = SampleICC.stub("GRAY") + [UInt8](repeating: 7, count: 100_000)
        let good = profileChunk(profile)
        #expect(CarriedMetadata(pngChunks: [good]) == CarriedMetadata(metadata: .init(iccProfile: profile)))
        let damaged = [
            chunk("iCCP", []), chunk("iCCP", [0, 0]), chunk("iCCP", [65, 0]), chunk("iCCP", Array(good.data.dropLast(5))),
            chunk("iCCP", [65, 0, 1] + SamplePNG.stored(profile)), profileChunk(profile, keyword: ""),
            profileChunk(profile, keyword: String(repeating: "A", count: 80)), profileChunk(Array(profile.dropFirst())),
            profileChunk([]),
        ]
        for chunk in damaged {
            let carried = CarriedMetadata(pngChunks: [chunk])
            #expect(carried == CarriedMetadata(metadata: .init(), losses: ["a chunk iCCP is damaged and is left out"]))
        }
    }

    @Test("What inflates to more than 16 MiB is left out")
    func inflatedSizes() throws {
        let limit = CarriedMetadata.mostInflatedBytes
        for (byteCount, isCarried) in [(limit, true), (limit + 1, false), (4 * limit, false)] {
            let profile = SampleICC.stub("RGB ") + [UInt8](repeating: 0, count: byteCount - 132)
            let data = try #require(ZlibStream.deflated(profile))
            #expect(data.count < 100_000)
            let carried = CarriedMetadata(pngChunks: [chunk("iCCP", [65, 0, 0] + data)])
            #expect(carried.metadata.iccProfile?.count == (isCarried ? byteCount : nil))
            #expect(carried.losses.isEmpty == isCarried)
        }
    }

    @Test func wrongLengths() {
        let lengths = ["cICP": 4, "mDCV": 24, "cLLI": 8, "sRGB": 1, "gAMA": 4, "cHRM": 32, "pHYs": 9]
        for (type, byteCount) in lengths {
            let good = chunk(type, Array(repeating: 1, count: byteCount))
            #expect(CarriedMetadata(pngChunks: [good]).losses == [])
            for wrong in [0, byteCount - 1, byteCount + 1] {
                let carried = CarriedMetadata(pngChunks: [chunk(type, Array(repeating: 1, count: wrong)), good])
                #expect(carried.metadata == CarriedMetadata(pngChunks: [good]).metadata)
                #expect(carried.losses == ["a chunk \(type) has a wrong length and is left out"])
            }
            let second = chunk(type, Array(repeating: 0, count: byteCount - 1) + [1])
            if type != "pHYs" {
                let carried = CarriedMetadata(pngChunks: [good, second])
                #expect(carried.metadata == CarriedMetadata(pngChunks: [good]).metadata)
                #expect(carried.losses == ["a chunk \(type) is one too many and is left out"])
            }
        }
    }

    @Test func resolutions() {
        typealias Resolution = PictureMetadata.Resolution
        func chunk(_ resolution: Resolution) -> [UInt8]? {
            let png = PictureMetadata(resolution: resolution).pngChunks(for: Self.rgb)
            #expect(png.first.isEmpty == !png.losses.isEmpty)
            return png.first.first?.data
        }
        func read(_ data: [UInt8]) -> CarriedMetadata { CarriedMetadata(pngChunks: [PNGChunk(type: "pHYs", data: data)]) }
        #expect(chunk(.init(x: 72, y: 300, unit: .inch)) == [0, 0, 0x0B, 0x13, 0, 0, 0x2E, 0x23, 1])
        #expect(chunk(.init(x: 28.35, y: 1, unit: .centimetre)) == [0, 0, 0x0B, 0x13, 0, 0, 0, 100, 1])
        #expect(chunk(.init(x: 1, y: 2, unit: .none)) == [0, 0, 0, 1, 0, 0, 0, 2, 0])
        #expect(chunk(.init(x: 0.5, y: 1, unit: .none)) == [0, 0, 0x13, 0x88, 0, 0, 0x27, 0x10, 0])
        for wrong in [0, -1, .nan, .infinity, 1e30, 0.1] as [Double] {
            #expect(chunk(.init(x: wrong, y: 1, unit: .metre)) == nil)
        }
        for wrong in [0, -1, .nan, .infinity, -.infinity] as [Double] {
            #expect(chunk(.init(x: wrong, y: 1, unit: .none)) == nil)
        }
        #expect(read([0, 0, 0, 1, 0, 0, 0, 2, 0]).metadata.resolution == Resolution(x: 1, y: 2, unit: .none))
        #expect(read([0, 0, 0, 1, 0, 0, 1, 0, 1]).metadata.resolution == Resolution(x: 1, y: 256, unit: .metre))
        for wrong in [[0, 0, 0, 0, 0, 0, 0, 1, 1], [0, 0, 0, 1, 0, 0, 0, 0, 1], [0, 0, 0, 1, 0, 0, 0, 1, 2]] as [[UInt8]] {
            #expect(read(wrong) == CarriedMetadata(metadata: .init(), losses: ["a chunk pHYs is damaged and is left out"]))
        }
    }

    @Test func packetsOfXMP() {
        let keyword = Array("XML:com.adobe.xmp".utf8) + [0]
        let packet = Array("<x:xmpmeta/>".utf8)
        let plain = chunk("iTXt", keyword + [0, 0] + Array("en\0keyword\0".utf8) + packet)
        let compressed = chunk("iTXt", keyword + [1, 0, 0, 0] + SamplePNG.stored(packet))
        for chunk in [plain, compressed] {
            #expect(CarriedMetadata(pngChunks: [chunk]) == CarriedMetadata(metadata: .init(xmp: packet)))
        }
        let both = CarriedMetadata(pngChunks: [plain, compressed])
        #expect(both.losses == ["a chunk iTXt is one too many and is left out"])
        for data in [[], [0], [0, 0, 0], [0, 0, 65, 0], [1, 1, 0, 0, 1], [2, 0, 0, 0, 1], [1, 0, 0, 0, 1]] as [[UInt8]] {
            let carried = CarriedMetadata(pngChunks: [chunk("iTXt", keyword + data)])
            #expect(carried == CarriedMetadata(metadata: .init(), losses: ["a chunk iTXt is damaged and is left out"]), "\(data)")
        }
        let other = chunk("tEXt", keyword + packet)
        #expect(CarriedMetadata(pngChunks: [other]).metadata.texts == [other])
    }

    @Test("Exif as a text is left out, Exif begun as in JPEG is read, what is not of the picture is passed over")
    func otherChunks() {
        let block = SampleExif.camera(isBigEndian: false).encoded()
        #expect(CarriedMetadata(pngChunks: [chunk("eXIf", block)]).metadata.exif == block)
        #expect(CarriedMetadata(pngChunks: [chunk("eXIf", Array("Exif\0\0".utf8) + block)]).metadata.exif == block)
        let raw = CarriedMetadata(pngChunks: [chunk("zTXt", Array("Raw profile type exif\0\0".utf8) + [1, 2])])
        #expect(raw.metadata == PictureMetadata())
        #expect(raw.losses == ["a chunk zTXt holds a raw profile, 'Raw profile type exif', and is left out"])
        let none = ["IHDR", "tIME", "bKGD", "IDAT", "vpAg", "IEND"].map { chunk($0, [1, 2, 3]) }
        #expect(CarriedMetadata(pngChunks: none) == CarriedMetadata(metadata: .init()))
        let broken = CarriedMetadata(pngChunks: [chunk("tEXt", [0, 65]), chunk("tEXt", [65])])
        #expect(broken.metadata.texts == [] && broken.losses == ["a chunk tEXt is damaged and is left out"])
    }
}
