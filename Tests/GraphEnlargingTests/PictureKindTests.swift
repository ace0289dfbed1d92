import GraphRuntime
import GraphImaging
import GraphModel
import GraphTestSupport
import Testing

@testable import GraphEnlarging

/// Files keep the kind of their pixels, and what is transparent bleeds into nothing.
struct PictureKindTests {
    private static let layouts = [false, true].flatMap { isGrey in
        [false, true].flatMap { hasAlpha in
            [8, 16].map { PixelLayout(isGrey: isGrey, hasAlpha: hasAlpha, bitDepth: $0) }
        }
    }

    /// A PNG whose sample number i of a pixel at x, y is `sample(x, y, i)`, a part of 1.
    private func png(
        _ layout: PixelLayout, _ width: Int, _ height: Int, _ sample: (_ x: Int, _ y: Int, _ index: Int) -> Double
    ) throws -> [UInt8] {
        let writer = try PNGWriter(to: .memory, width: width, height: height, layout: layout)
        for y in 0..<height {
            var row: [UInt8] = []
            for x in 0..<width {
                for index in 0..<layout.sampleCount {
                    let value = Int((sample(x, y, index) * Double(layout.greatestSample)).rounded())
                    // Little-endian, as the processor has it.
                    row += layout.bitDepth == 8 ? [UInt8(value)] : [UInt8(value & 255), UInt8(value >> 8)]
                }
            }
            try row.withUnsafeBytes { try writer.writeRow($0) }
        }
        try writer.finish()
        return writer.bytes
    }

    /// All samples of a PNG, each a part of 1.
    private func samples(_ png: [UInt8]) throws -> (layout: PixelLayout, values: [Double]) {
        let reader = try PNGReader(png)
        return (reader.layout, try reader.samples().flatMap { $0 })
    }

    @Test(arguments: layouts)
    func everyKindIsKept(_ layout: PixelLayout) throws {
        let enlarger = try PictureEnlarger(Model(source: SmallModels.same), threadCount: 2)
        let small = try png(layout, 5, 4) { x, y, index in
            index == layout.colourCount ? Double(x + 1) / 6 : Double(7 * x + 11 * y + 5 * index) / 100
        }
        let before = try samples(small)
        let after = try samples(enlarger.enlarged(file: small))
        #expect(after.layout == layout)
        #expect(after.values.count == 4 * before.values.count)
        // Sixteen bits stay sixteen: a step of eight would be 1 in 255.
        let tolerance = layout.bitDepth == 16 ? 1.0 / 20_000 : 1.01 / 255
        for y in 0..<8 {
            for x in 0..<10 {
                for index in 0..<layout.sampleCount {
                    let expected = before.values[((y / 2) * 5 + x / 2) * layout.sampleCount + index]
                    #expect(abs(after.values[(y * 10 + x) * layout.sampleCount + index] - expected) <= tolerance)
                }
            }
        }
    }

    /// White where it can be seen and black where not: a network that mixed the two would make the edge grey.
    @Test func aWhiteLogoOnTransparencyStaysWhite() throws {
        let enlarger = try PictureEnlarger(Model(source: SmallModels.smooth), threadCount: 1)
        let logo = try png(PixelLayout(hasAlpha: true), 12, 12) { x, y, index in
            let isInside = (x - 6) * (x - 6) + (y - 6) * (y - 6) < 16
            return isInside ? 1 : 0
        }
        let large = try samples(enlarger.enlarged(file: logo)).values
        let soft = stride(from: 0, to: large.count, by: 4).filter { large[$0 + 3] > 0.02 && large[$0 + 3] < 0.98 }
        #expect(!soft.isEmpty)
        for pixel in stride(from: 0, to: large.count, by: 4) where large[pixel + 3] > 0.02 {
            #expect(large[pixel..<pixel + 3].allSatisfy { $0 > 0.98 })
        }
    }

    /// One colour that fades: over any ground, the ground shines through and no other colour.
    @Test func aFadingColourShowsNoFringe() throws {
        let enlarger = try PictureEnlarger(Model(source: SmallModels.smooth), threadCount: 1)
        let colour = [0.9, 0.3, 0.1]
        let fading = try png(PixelLayout(hasAlpha: true, bitDepth: 16), 16, 3) { x, _, index in
            index == 3 ? max(0, Double(x - 3) / 12) : x > 3 ? colour[index] : 0
        }
        let large = try samples(enlarger.enlarged(file: fading)).values
        for pixel in stride(from: 0, to: large.count, by: 4) where large[pixel + 3] > 0.02 {
            for index in 0..<3 { #expect(abs(large[pixel + index] - colour[index]) < 0.01) }
        }
    }

    /// A step of opacity within one colour: no line of another one appears along it, whatever the network does to steps.
    @Test func aStepOfOpacityLeavesTheColour() throws {
        let enlarger = try PictureEnlarger(Model(source: SmallModels.sharp), threadCount: 1)
        let colour = [0.8, 0.8, 0.8]
        let step = try png(PixelLayout(hasAlpha: true, bitDepth: 16), 24, 6) { x, _, index in
            index == 3 ? (x < 8 ? 1 : x < 16 ? 0.5 : 0) : x < 16 ? colour[index] : 0
        }
        let whole = try png(PixelLayout(bitDepth: 16), 24, 6) { _, _, index in colour[index] }
        let large = try samples(enlarger.enlarged(file: step)).values
        let plain = try samples(enlarger.enlarged(file: whole)).values
        for pixel in 0..<48 * 12 where large[4 * pixel + 3] > 0.02 {
            for index in 0..<3 { #expect(abs(large[4 * pixel + index] - plain[3 * pixel + index]) < 0.02) }
        }
    }

    /// What is transparent takes the colours around it, weighted by opacity, and what is too far from any is black.
    @Test func coloursSpreadIntoWhatCannotBeSeen() throws {
        let layout = PixelLayout(hasAlpha: true)
        let picture = try png(layout, 30, 1) { x, _, index in
            x == 2 ? (index == 0 ? 1 : index == 3 ? 0.5 : 0) : x == 4 ? (index == 1 || index == 3 ? 1 : 0) : 0
        }
        let source = SpreadColourSource(try PNGReader(picture))
        var row = [Float](repeating: -1, count: 90)
        try row.withUnsafeMutableBytes { try source.fill(row: 0, into: $0) }
        let opacity: Float = 128.0 / 255
        #expect(row[6..<9].elementsEqual([255, 0, 0]) && row[12..<15].elementsEqual([0, 255, 0]))
        for (value, expected) in zip(row[9..<12], [opacity / (1 + opacity), 1 / (1 + opacity), 0]) {
            #expect(abs(value - 255 * expected) < 0.01)
        }
        #expect(row[36..<39].elementsEqual([0, 255, 0]) && row[39..<90].allSatisfy { $0 == 0 })
    }

    /// A model that treats colours unequally leaves them equal in a picture that is grey.
    @Test(arguments: layouts.filter { !$0.isGrey })
    func greyStaysGreyHoweverItIsStored(_ layout: PixelLayout) throws {
        let enlarger = try PictureEnlarger(Model(source: SmallModels.sharp), threadCount: 1)
        let grey = try png(layout, 6, 5) { x, y, index in index == 3 ? 1 : Double(x + 5 * y) / 30 }
        let large = try samples(enlarger.enlarged(file: grey)).values
        for pixel in stride(from: 0, to: large.count, by: layout.sampleCount) {
            #expect(large[pixel] == large[pixel + 1] && large[pixel] == large[pixel + 2])
        }
    }

    @Test("PngSuite: every kind is kept", .enabled(if: SharedData.has("pngsuite")))
    func pngSuiteKeepsItsKinds() throws {
        let enlarger = try PictureEnlarger(Model(source: SmallModels.same), threadCount: 1)
        let names = try SharedData.pngNames(in: "pngsuite").filter { !$0.hasPrefix("x") }
        #expect(names.count == 161)
        for name in names {
            let file = fileBytes(SharedData.path("pngsuite/" + name))
            let (before, after) = (try PNGReader(file), try PNGReader(enlarger.enlarged(file: file)))
            #expect(after.layout == before.layout && after.width == 2 * before.width && after.height == 2 * before.height)
        }
    }

    @Test func onePixelThatIsColouredMakesNoGreyPicture() throws {
        let layout = PixelLayout.rgb8
        let picture = try png(layout, 4, 4) { x, y, index in x == 3 && y == 3 && index == 0 ? 1 : 0.5 }
        let traits = try PixelTraits(of: layout, RunObserver()) { try PNGReader(picture) }
        #expect(!traits.isGrey && traits.isOpaque)
    }

    /// The rows of a large picture are read once before its enlargement begins, and the caller may not want to wait for it.
    @Test func lookingAtAllPixelsCanBeCancelled() throws {
        let layout = PixelLayout.rgb8
        let picture = try png(layout, 4, 4) { _, _, _ in 0.5 }
        var rowCount = 0
        let observer = RunObserver(isCancelled: {
            rowCount += 1
            return rowCount > 2
        })
        #expect(throws: EnlargingError.cancelled) {
            _ = try PixelTraits(of: layout, observer) { try PNGReader(picture) }
        }
        #expect(rowCount == 3)
    }
}
