import Foundation
import GraphImaging
import Testing

@Suite struct ColourProfileTests {
    typealias Tags = PictureMetadata.ColourTags

    static let rgb = PixelLayout.rgb8, grey = PixelLayout(isGrey: true, bitDepth: 16)
    static let sRGBPlaces = [31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000]
    static let adobePlaces = [31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000]

    static func bytes(_ numbers: [Int]) -> [UInt8] {
        numbers.flatMap { number in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) } }
    }

    static func tags(
        gamma: Int? = nil, places: [Int]? = nil, codePoints: [UInt8]? = nil, sRGB: UInt8? = nil
    ) -> Tags {
        var tags = Tags()
        tags.gamma = gamma.map { bytes([$0]) }
        tags.chromaticities = places.map(bytes)
        tags.codePoints = codePoints
        tags.sRGB = sRGB.map { [$0] }
        return tags
    }

    func profile(_ tags: Tags, _ layout: PixelLayout = .rgb8) throws -> SampleICC {
        let (profile, losses) = tags.iccProfile(for: layout)
        #expect(losses == [])
        return try SampleICC(#require(profile))
    }

    func isNear(_ found: [[Double]], _ known: [[Double]]) -> Bool {
        zip(found, known).allSatisfy { zip($0, $1).allSatisfy { abs($0 - $1) < 1e-3 } }
    }

    /// Colorants as the usual profiles have them: Lindbloom's tables for sRGB and Adobe RGB, Apple's Display P3, and BT.2020.
    static let known: [(tags: Tags, colorants: [[Double]])] = [
        (
            tags(codePoints: [1, 8, 0, 1]),
            [[0.43607, 0.22250, 0.01393], [0.38506, 0.71688, 0.09710], [0.14308, 0.06062, 0.71417]]
        ),
        (
            tags(gamma: 45470, places: adobePlaces),
            [[0.60974, 0.31111, 0.01947], [0.20528, 0.62567, 0.06087], [0.14919, 0.06322, 0.74457]]
        ),
        (
            tags(codePoints: [12, 13, 0, 1]),
            [[0.51512, 0.24120, -0.00105], [0.29198, 0.69225, 0.04189], [0.15710, 0.06657, 0.78407]]
        ),
        (
            tags(codePoints: [9, 14, 0, 1]),
            [[0.67348, 0.27904, -0.00194], [0.16567, 0.67534, 0.02999], [0.12505, 0.04561, 0.79687]]
        ),
    ]

    @Test("Primaries give the colorants that are known of them", arguments: known.indices)
    func colorants(index: Int) throws {
        let (tags, known) = Self.known[index]
        let profile = try profile(tags)
        let colorants = try profile.colorants()
        #expect(isNear(colorants, known), "\(colorants)")
        let white = (0..<3).map { axis in colorants.reduce(0) { $0 + $1[axis] } }
        #expect(isNear([white], [[0.9642, 1, 0.8249]]))
        #expect(
            try isNear(
                [profile.fixed("chad", from: 8)],
                [[1.04788, 0.02292, -0.05022, 0.02959, 0.99048, -0.01708, -0.00924, 0.01506, 0.75168]]))
    }

    @Test func curves() throws {
        func light(_ tags: Tags, _ sample: Double, _ layout: PixelLayout = .rgb8) throws -> Double {
            try profile(tags, layout).light(sample, layout.isGrey ? "kTRC" : "gTRC", power: pow)
        }
        func codePoints(_ transfer: UInt8) -> Tags { Self.tags(codePoints: [12, transfer, 0, 1]) }
        #expect(try abs(light(codePoints(13), 0.5) - 0.21404) < 1e-4)
        #expect(try abs(light(codePoints(13), 0.02) - 0.02 / 12.92) < 1e-5)
        #expect(try abs(light(codePoints(1), 0.5) - 0.25972) < 1e-4)
        #expect(try abs(light(codePoints(1), 0.08124) - light(codePoints(1), 0.08125)) < 1e-4)
        #expect(try abs(light(codePoints(4), 0.5) - pow(0.5, 2.2)) < 1e-4)
        #expect(try abs(light(codePoints(8), 0.5) - 0.5) < 1e-6)
        #expect(try abs(light(Self.tags(gamma: 100_000), 0.5) - 0.5) < 1e-6)
        #expect(try abs(light(Self.tags(gamma: 55556), 0.5, Self.grey) - pow(0.5, 1.8)) < 1e-4)
        for transfer in [1, 4, 5, 6, 8, 13, 14, 15] as [UInt8] {
            #expect(try abs(light(codePoints(transfer), 1) - 1) < 1e-4)
            #expect(try abs(light(codePoints(transfer), 0)) < 1e-4)
        }
    }

    @Test("Header and tags are those of a display's profile of version 4.3")
    func form() throws {
        for layout in [Self.rgb, Self.grey] {
            let tags = Self.tags(gamma: 45470, places: Self.adobePlaces)
            let profile = try profile(tags, layout)
            #expect(profile.number(0) == profile.bytes.count && profile.bytes.count < 1024)
            #expect(profile.number(8) == 0x0430_0000)
            #expect([12, 16, 20, 36].map(profile.text) == ["mntr", layout.isGrey ? "GRAY" : "RGB ", "XYZ ", "acsp"])
            #expect([68, 72, 76].map(profile.number) == [0xF6D6, 0x10000, 0xD32D])
            let own = layout.isGrey ? ["kTRC"] : ["rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC", "bTRC"]
            #expect(Set(profile.tags.keys) == Set(["desc", "cprt", "wtpt", "chad"] + own))
            #expect(tags.iccProfile(for: layout).profile == profile.bytes)
            #expect(ICCProfile.fits(profile.bytes, layout))
            #expect(!ICCProfile.fits(profile.bytes, layout == Self.rgb ? Self.grey : Self.rgb))
        }
    }

    @Test("What is sRGB needs no profile")
    func standard() {
        for tags in [
            Tags(), Self.tags(sRGB: 0), Self.tags(gamma: 45455), Self.tags(gamma: 45455, places: Self.sRGBPlaces),
            Self.tags(places: Self.sRGBPlaces), Self.tags(codePoints: [1, 13, 0, 1]),
            Self.tags(gamma: 100_000, places: Self.adobePlaces, sRGB: 1),
            Self.tags(gamma: 100_000, codePoints: [1, 13, 0, 1]), Self.tags(codePoints: [2, 2, 0, 1]),
        ] {
            let (profile, losses) = tags.iccProfile(for: Self.rgb)
            #expect(profile == nil && losses == [], "\(tags)")
        }
        let grey = Self.tags(codePoints: [12, 13, 0, 1]).iccProfile(for: Self.grey)
        #expect(grey.profile == nil && grey.losses == [], "grey has no primaries")
    }

    @Test("What a profile cannot tell is said")
    func untold() {
        func loss(_ tags: Tags) -> String {
            let (profile, losses) = tags.iccProfile(for: Self.rgb)
            #expect(profile == nil && losses.count == 1)
            return losses.first ?? ""
        }
        #expect(loss(Self.tags(codePoints: [9, 16, 0, 1])).hasPrefix("a profile cannot tell the curve PQ"))
        #expect(loss(Self.tags(codePoints: [9, 18, 0, 1])).hasPrefix("a profile cannot tell the curve HLG"))
        #expect(loss(Self.tags(codePoints: [77, 1, 0, 1])).contains("primaries 77 with curve 1"))
        #expect(loss(Self.tags(codePoints: [1, 13, 0, 0])).contains("not RGB of full range"))
        #expect(loss(Self.tags(codePoints: [1, 13])).contains("wrong length"))
        #expect(loss(Self.tags(gamma: 0)).contains("gAMA holds no sensible number"))
        #expect(loss(Self.tags(places: Self.adobePlaces)).contains("cHRM without gAMA"))
        for places in [
            [0, 0, 0, 0, 0, 0, 0, 0], [31270, 32900] + [1, 1, 2, 2, 3, 3], Array(repeating: 0xFFFF_FFFF, count: 8), [1],
        ] {
            #expect(loss(Self.tags(gamma: 45455, places: places)).contains("cHRM holds no sensible colours"), "\(places)")
        }
    }

    @Test("Formats that know profiles alone get one, and a word of what they do not")
    func carriedByProfile() {
        var metadata = PictureMetadata(colour: Self.tags(gamma: 50000), exif: [1], xmp: [2])
        metadata.colour.lightLevel = [0, 0, 0, 0, 0, 0, 0, 0]
        metadata.texts = [PNGChunk(type: "tEXt", data: [65, 0, 66])]
        let carried = metadata.toldByProfile(for: Self.rgb)
        let profile = metadata.colour.iccProfile(for: Self.rgb).profile
        #expect(carried.metadata == PictureMetadata(iccProfile: profile, exif: [1], xmp: [2]))
        #expect(
            carried.losses == [
                "the chunks mDCV and cLLI, of the display that the picture was made on, are left out", "a text is left out",
            ])
        let own = PictureMetadata(iccProfile: SampleICC.stub("RGB "), colour: Self.tags(gamma: 50000))
        #expect(own.toldByProfile(for: Self.rgb) == CarriedMetadata(metadata: .init(iccProfile: own.iccProfile)))
        let other = own.toldByProfile(for: Self.grey)
        #expect(other.metadata.iccProfile == own.colour.iccProfile(for: Self.grey).profile)
        #expect(other.losses == ["the ICC profile is for RGB and not for grey, and is left out"])
        let damaged = PictureMetadata(iccProfile: [1, 2, 3]).toldByProfile(for: Self.rgb)
        #expect(damaged == CarriedMetadata(metadata: .init(), losses: ["the ICC profile is damaged, and is left out"]))
    }
}
