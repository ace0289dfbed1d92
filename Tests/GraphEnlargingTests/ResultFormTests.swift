import GraphImaging
import GraphModel
import GraphRuntime
import GraphTestSupport
import Testing

@testable import GraphEnlarging

/// Results of any size, kind and form.
struct ResultFormTests {
    /// Of which no interpolation goes beyond 0 to 255.
    private func softPicture(_ width: Int, _ height: Int) -> Picture {
        Picture(
            width: width, height: height, pixels: SmallModels.picture(width, height).pixels.map { 64 + $0 / 2 })
    }

    private static let sizes: [ResultSize] =
        ["1/3", "0.5", "1", "1.5", "1.9", "2.7", "5"].map { .scale(ResizeFactor($0)!) }
        + [.width(1), .height(33), .sides(PictureSize(width: 40, height: 3))]

    @Test(arguments: sizes)
    func whatTheNetworkMakesIsResampled(_ size: ResultSize) throws {
        let enlarger = try PictureEnlarger(Model(source: SmallModels.same), threadCount: 2)
        for (width, height) in [(1, 1), (7, 5), (12, 31)] {
            let small = softPicture(width, height)
            let result = try enlarger.enlarged(small, form: ResultForm(size: size))
            let expected = try enlarger.enlarged(small).bicubicResize(width: result.width, height: result.height)
            #expect(try result.size == size.size(of: small.size, networkScale: 2))
            #expect(zip(result.pixels, expected.pixels).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
            #expect(try Picture(file: enlarger.enlarged(file: small.pngBytes(), form: ResultForm(size: size))) == result)
        }
    }

    @Test func theNetworksOwnFactorIsNotResampled() throws {
        let enlarger = try PictureEnlarger(Model(source: SmallModels.sharp), threadCount: 1)
        let small = SmallModels.picture(9, 6)
        let own = try enlarger.enlarged(small)
        for size: ResultSize in [.scale(try #require(ResizeFactor(2))), .width(18), .height(12)] {
            #expect(try enlarger.enlarged(small, form: ResultForm(size: size)) == own)
        }
    }

    private static let layouts = [false, true].flatMap { isGrey in
        [false, true].flatMap { hasAlpha in
            [8, 16].map { PixelLayout(isGrey: isGrey, hasAlpha: hasAlpha, bitDepth: $0) }
        }
    }

    /// A PNG of one colour that fades from the left to the right where it has alpha, with a resolution.
    private func fadingPNG(_ layout: PixelLayout, _ size: PictureSize) throws -> [UInt8] {
        let writer = try PNGWriter(
            to: .memory, width: size.width, height: size.height, layout: layout,
            metadata: PictureMetadata(resolution: PictureMetadata.Resolution(x: 2000, y: 2000, unit: .metre)))
        for _ in 0..<size.height {
            var row: [UInt8] = []
            for x in 0..<size.width {
                for index in 0..<layout.sampleCount {
                    let part = index == layout.colourCount ? Double(x) / Double(size.width) : [0.9, 0.3, 0.1][index]
                    let value = Int(part * Double(layout.greatestSample))
                    // Little-endian, as the processor has it.
                    row += layout.bitDepth == 8 ? [UInt8(value)] : [UInt8(value & 255), UInt8(value >> 8)]
                }
            }
            try row.withUnsafeBytes { try writer.writeRow($0) }
        }
        try writer.finish()
        return writer.bytes
    }

    /// Kinds are kept in every form, colours bleed nowhere, and what tells of sizes stays true.
    @Test(arguments: layouts)
    func kindsAreKept(_ layout: PixelLayout) throws {
        let enlarger = try PictureEnlarger(Model(source: SmallModels.smooth), threadCount: 2)
        let small = try PictureSource(fadingPNG(layout, PictureSize(width: 12, height: 4)))
        for isEnsemble in [false, true] {
            for isComparison in [false, true] {
                let form = ResultForm(
                    size: .scale(try #require(ResizeFactor("1.5"))), isEnsemble: isEnsemble, isComparison: isComparison)
                let (report, bytes) = try enlarger.enlarge(small, to: .memory, form: form)
                let reader = try PictureSource(bytes).reader()
                #expect(reader.size == PictureSize(width: isComparison ? 38 : 18, height: 6))
                #expect((report.outputWidth, report.outputHeight) == (reader.width, reader.height))
                #expect(reader.layout == layout && reader.metadata.resolution?.x == 3000 && reader.metadata.resolution?.y == 3000)
                for row in try reader.samples() {
                    let pixels = stride(from: 0, to: row.count, by: layout.sampleCount).map {
                        Array(row[$0..<$0 + layout.sampleCount])
                    }
                    expectFading(pixels.prefix(18), layout)
                    expectFading(pixels.suffix(18), layout)
                    guard isComparison else { continue }
                    let opaque = layout.hasAlpha ? [1.0] : []
                    #expect(pixels[18] == [Double](repeating: 0, count: layout.colourCount) + opaque)
                    #expect(pixels[19] == [Double](repeating: 1, count: layout.colourCount) + opaque)
                }
            }
        }
    }

    /// The colour of ``fadingPNG(_:_:)`` wherever it is seen, and its ramp of opacity.
    private func expectFading(_ pixels: some Sequence<[Double]>, _ layout: PixelLayout) {
        let tolerance = layout.bitDepth == 16 ? 0.001 : 0.01
        for (x, pixel) in pixels.enumerated() {
            let opacity = layout.hasAlpha ? pixel[layout.colourCount] : 1
            guard opacity > 0.05 else { continue }
            for (sample, colour) in zip(pixel.prefix(layout.colourCount), [0.9, 0.3, 0.1]) {
                #expect(abs(sample - colour) < tolerance, "\(x)")
            }
            // Away from the borders the ramp stays one.
            guard layout.hasAlpha, 4..<14 ~= x else { continue }
            let place = (Double(x) + 0.5) / 1.5 - 0.5
            #expect(abs(opacity - place / 12) < tolerance)
        }
    }

    @Test func aComparisonHoldsBicubicAndTheResult() throws {
        let enlarger = try PictureEnlarger(Model(source: SmallModels.sharp), threadCount: 3)
        for (width, height) in [(1, 1), (9, 7)] {
            let small = softPicture(width, height)
            let both = try enlarger.enlarged(small, form: ResultForm(isComparison: true))
            #expect(both.size == PictureSize(width: 4 * width + 2, height: 2 * height))
            let left = both.cropped(x: 0, y: 0, width: 2 * width, height: 2 * height)
            let bicubic = small.bicubicEnlargement(scale: 2)
            #expect(zip(left.pixels, bicubic.pixels).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
            let right = both.cropped(x: 2 * width + 2, y: 0, width: 2 * width, height: 2 * height)
            #expect(try zip(right.pixels, enlarger.enlarged(small).pixels).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
        }
    }

    @Test func whatIsNotOfTheNetworkIsSaid() throws {
        let enlarger = try PictureEnlarger(Model(source: SmallModels.twice), threadCount: 1)
        let small = try PictureSource(SmallModels.picture(6, 4).pngBytes())
        func losses(_ size: ResultSize) throws -> [String] {
            try enlarger.enlarge(small, to: .memory, form: ResultForm(size: size)).report.losses
        }
        #expect(try losses(.width(11)) == [])
        #expect(try losses(.width(30)) == ["the network makes 12×8 pixels, and bicubic interpolation 30×20 of them"])
        #expect(
            try losses(.sides(PictureSize(width: 8, height: 8))) == ["the shape changes: 6×4 pixels become 8×8"])
    }

    /// Sixteen runs count as one.
    @Test func progressGoesToItsEnd() throws {
        let enlarger = try PictureEnlarger(Model(source: SmallModels.sharp), threadCount: 2)
        let soft = try fadingPNG(PixelLayout(hasAlpha: true), PictureSize(width: 30, height: 9))
        var seen: [RunProgress] = []
        let observer = RunObserver(progress: { seen.append($0) })
        let form = ResultForm(size: .width(50), isEnsemble: true, isComparison: true)
        _ = try enlarger.enlarged(file: soft, form: form, observer: observer)
        #expect(seen.first?.rowsDone == 0 && seen.last.map { $0.rowsDone == $0.rowCount } == true)
        #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.rowsDone <= $1.rowsDone && $0.rowCount == $1.rowCount })
        #expect(throws: EnlargingError.cancelled) {
            try enlarger.enlarged(file: soft, form: form, observer: RunObserver(isCancelled: { true }))
        }
    }

    @Test func aRefusalSaysWhatWouldBeEnough() throws {
        let model = try Model(source: SmallModels.sharp)
        let wide = SmallModels.picture(700, 9)
        for form in [ResultForm(), ResultForm(size: .width(900)), ResultForm(isEnsemble: true)] {
            var refusal: EnlargingError?
            do throws(EnlargingError) {
                _ = try PictureEnlarger(model, threadCount: 2, memoryLimit: model.residentByteCount + 1000)
                    .enlarged(wide, form: form)
            } catch {
                refusal = error
            }
            guard case .memory(_, _, _, let sufficientByteCount?, _) = refusal else {
                Issue.record("\(String(describing: refusal))")
                continue
            }
            let mebibyteCount = (sufficientByteCount + (1 << 20) - 1) >> 20
            #expect("\(try #require(refusal))".hasSuffix("; \(mebibyteCount) MiB are enough"))
            let within = try PictureEnlarger(model, threadCount: 2, memoryLimit: sufficientByteCount).enlarged(wide, form: form)
            #expect(try within == PictureEnlarger(model, threadCount: 2).enlarged(wide, form: form))
            #expect(throws: EnlargingError.self) {
                try PictureEnlarger(model, threadCount: 2, memoryLimit: sufficientByteCount - 1 << 17)
                    .enlarged(wide, form: form)
            }
        }
    }
}
