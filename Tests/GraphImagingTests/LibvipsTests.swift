#if Vips
    import GraphTestSupport
    import Testing

    @testable import GraphImaging

    /// TIFF, HEIC, AVIF and JPEG XL, where the package is built with its trait `Vips`: `Tools/check/vips`.
    @Suite struct LibvipsTests {
        static let layouts = [false, true].flatMap { isGrey in
            [false, true].flatMap { hasAlpha in
                [8, 16].map { PixelLayout(isGrey: isGrey, hasAlpha: hasAlpha, bitDepth: $0) }
            }
        }
        static let formats: [PictureFormat] = [.tiff, .heic, .avif, .jpegXL]

        /// Soft waves, so that what loses something loses little. The first pixel is white, or opaque.
        private func samples(_ layout: PixelLayout, _ width: Int, _ height: Int) -> [UInt8] {
            (0..<height).flatMap { y in
                (0..<width).flatMap { x in
                    (0..<layout.sampleCount).flatMap { index -> [UInt8] in
                        let wave = x % 40 * (index + 3) + y % 30 * 4
                        let value = layout.greatestSample - wave * layout.greatestSample / 400
                        return layout.bitDepth == 8 ? [UInt8(value)] : [UInt8(value & 255), UInt8(value >> 8)]
                    }
                }
            }
        }

        private func values(_ samples: [UInt8], _ layout: PixelLayout) -> [Double] {
            layout.bitDepth == 8
                ? samples.map { Double($0) / 255 }
                : stride(from: 0, to: samples.count, by: 2).map { Double(Int(samples[$0]) | Int(samples[$0 + 1]) << 8) / 65535 }
        }

        private func write(
            _ samples: [UInt8], _ encoding: PictureEncoding, _ width: Int, _ height: Int, _ layout: PixelLayout,
            _ metadata: PictureMetadata = PictureMetadata()
        ) throws -> (bytes: [UInt8], losses: [String]) {
            let writer = try encoding.writer(
                to: .memory, size: PictureSize(width: width, height: height), layout: layout, metadata: metadata)
            try writer.write(samples)
            return (writer.bytes, writer.losses)
        }

        private func problem(of bytes: [UInt8]) -> String? {
            do throws(ImageError) {
                _ = try PictureSource(bytes).reader().readRows()
                return nil
            } catch {
                return error.description.contains("\n") || error.problem.isEmpty ? "unclear: \(error)" : error.problem
            }
        }

        // MARK: Reading

        @Test(arguments: layouts, [ByteOrder.little, .big])
        func aTIFFOfEveryKindIsReadAsItIs(_ layout: PixelLayout, _ order: ByteOrder) throws {
            let stored = samples(layout, 33, 50)
            var sample = SampleTIFF(width: 33, height: 50, layout: layout, samples: stored, order: order)
            if layout.hasAlpha { sample.numbers = [(338, 3, 2)] }
            let source = try PictureSource(sample.encoded())
            #expect(source.format == .tiff)
            let reader = try source.reader()
            #expect(reader.layout == layout && reader.losses == [])
            #expect(reader.size == PictureSize(width: 33, height: 50))
            #expect(try reader.readRows() == stored)
        }

        /// More rows than are read at a time.
        @Test func rowsFollowEachOther() throws {
            let stored = samples(.rgb8, 1000, 900)
            let file = SampleTIFF(width: 1000, height: 900, layout: .rgb8, samples: stored).encoded()
            #expect(try PictureSource(file).reader().readRows() == stored)
        }

        @Test func coloursThatAreMultipliedByAlphaAreDividedByIt() throws {
            let layout = PixelLayout(hasAlpha: true)
            let stored: [UInt8] = [100, 50, 0, 100, 0, 0, 0, 0, 10, 20, 30, 255, 9, 200, 1, 10]
            let sample = SampleTIFF(width: 4, height: 1, layout: layout, samples: stored, numbers: [(338, 3, 1)])
            let read = try PictureSource(sample.encoded()).reader().readRows()
            let expected = [255, 127.5, 0, 100, 0, 0, 0, 0, 10, 20, 30, 255, 229.5, 255, 25.5, 10]
            // libvips rounds down.
            #expect(zip(read, expected).allSatisfy { 0..<1 ~= $1 - Double($0) }, "\(read)")
        }

        @Test func whatATIFFTellsIsCarried() throws {
            let profile = SampleMetadata.profile(500)
            let sample = SampleTIFF(
                width: 5, height: 4, layout: .rgb8, samples: samples(.rgb8, 5, 4), numbers: [(274, 3, 6), (34665, 4, 8)],
                parts: [(700, SampleMetadata.xmp), (34675, profile)], resolution: (300, 150))
            let reader = try PictureSource(sample.encoded()).reader()
            #expect(reader.metadata.orientation == .rightTop)
            #expect(reader.metadata.xmp == SampleMetadata.xmp)
            #expect(reader.metadata.iccProfile == profile)
            let resolution = try #require(reader.metadata.resolution)
            #expect(abs(resolution.x - 300) < 0.001 && abs(resolution.y - 150) < 0.001 && resolution.unit == .inch)
            #expect(reader.losses == ["Exif is left out"])
            #expect(
                try reader.upright().readRows()
                    == reader.metadata.orientation.upright(
                        sample.samples, size: reader.size, layout: .rgb8))
        }

        @Test func inksBecomeColours() throws {
            let inks: [UInt8] = (0..<12 * 4).map { $0 % 4 == 3 ? 255 : 0 }
            let sample = SampleTIFF(
                width: 4, height: 3, layout: PixelLayout(hasAlpha: true), samples: inks, photometric: 5)
            let reader = try PictureSource(sample.encoded()).reader()
            #expect(reader.layout == .rgb8 && reader.losses == ["CMYK becomes RGB"])
            #expect(try reader.readRows().allSatisfy { $0 < 60 }, "black ink is dark")
        }

        // MARK: Refusing

        @Test func rawPhotographsAreNotTakenForTheirPreviews() throws {
            let sample = SampleTIFF(width: 2, height: 2, layout: .rgb8, samples: samples(.rgb8, 2, 2), numbers: [(254, 4, 1)])
            #expect(problem(of: sample.encoded())?.contains("its first picture is a preview") == true)
            #expect(
                problem(of: Array("II*\0".utf8) + [16, 0, 0, 0] + Array("CR\u{2}\0".utf8))?.hasPrefix("is a Canon raw file")
                    == true)
        }

        /// Nothing is decoded of what would take more memory than the file can account for.
        @Test func sizesThatAFileCannotHoldAreRefused() throws {
            func problem(_ width: Int, _ height: Int, _ numbers: [(tag: Int, type: Int, value: Int)]) -> String? {
                var sample = SampleTIFF(width: 8, height: 8, layout: .rgb8, samples: samples(.rgb8, 8, 8), numbers: numbers)
                sample.told = PictureSize(width: width, height: height)
                return self.problem(of: sample.encoded())
            }
            #expect(problem(1 << 20, 1 << 20, [])?.contains("bytes cannot hold the 1048576×1048576 pixels") == true)
            #expect(problem(1 << 21, 8, [])?.contains("the longest side is 1048576") == true)
            // Zstandard may make much of little. Each colour by itself, in one strip.
            let planes = [(284, 3, 2), (259, 3, 50000)]
            #expect(problem(20000, 20000, planes)?.contains("too many to hold in memory") == true)
        }

        @Test(arguments: formats)
        func filesThatAreCutShortOrDamagedAreRefusedInOneLine(_ format: PictureFormat) throws {
            let whole = try write(samples(.rgb8, 96, 64), PictureEncoding(format), 96, 64, .rgb8).bytes
            #expect(try PictureSource(whole).format == format)
            for count in [12, 40, whole.count / 2] {
                let problem = problem(of: Array(whole[..<count]))
                #expect(problem != nil && problem?.hasPrefix("unclear") == false, "\(count) bytes: \(problem ?? "")")
            }
            var damaged = whole
            for index in 12..<min(200, whole.count) { damaged[index] ^= 0x5A }
            let problem = problem(of: damaged)
            #expect(problem != nil && problem?.hasPrefix("unclear") == false, "\(problem ?? "")")
        }

        // MARK: Writing

        @Test(arguments: [PictureFormat.tiff, .jpegXL], layouts)
        func whatLosesNothingIsReadBack(_ format: PictureFormat, _ layout: PixelLayout) throws {
            let stored = samples(layout, 41, 29)
            let written = try write(stored, PictureEncoding(format, quality: .lossless), 41, 29, layout)
            let reader = try PictureSource(written.bytes).reader()
            #expect(reader.layout == layout && written.losses == [])
            #expect(try reader.readRows() == stored)
        }

        @Test(arguments: [PictureFormat.heic, .avif, .jpegXL], layouts)
        func whatLosesSomethingLosesLittle(_ format: PictureFormat, _ layout: PixelLayout) throws {
            let stored = samples(layout, 64, 48)
            let held = format.holding(layout, isOpaque: !layout.hasAlpha)
            #expect(
                held.losses
                    == (layout.bitDepth == 16 && format != .jpegXL ? ["\(format) has \(format.bitDepth) bits, of 16"] : []))
            let reader = try PictureSource(write(stored, PictureEncoding(format), 64, 48, layout).bytes).reader()
            #expect(reader.layout.bitDepth == layout.bitDepth && reader.layout.hasAlpha == layout.hasAlpha)
            let before = values(stored, layout), after = try values(reader.readRows(), reader.layout)
            for pixel in 0..<64 * 48 {
                let old = before[pixel * layout.sampleCount..<(pixel + 1) * layout.sampleCount]
                let new = after[pixel * reader.layout.sampleCount..<(pixel + 1) * reader.layout.sampleCount]
                #expect(abs(old.first! - new.first!) < 0.12)
                if layout.hasAlpha { #expect(abs(old.last! - new.last!) < 0.05) }
            }
        }

        /// Of 16 bits only 10 or 12 count in a HEIF: the others must not be 0 where it is white.
        @Test(arguments: [PictureFormat.heic, .avif])
        func whiteStaysWhite(_ format: PictureFormat) throws {
            let layout = PixelLayout(bitDepth: 16)
            let white = [UInt8](repeating: 255, count: 64 * 64 * 6)
            let read = try PictureSource(write(white, PictureEncoding(format, quality: .level(100)), 64, 64, layout).bytes)
                .reader()
            #expect(try values(read.readRows(), read.layout).allSatisfy { $0 > 0.998 })
        }

        @Test(arguments: formats)
        func whatIsToldIsCarried(_ format: PictureFormat) throws {
            var camera = SampleExif.camera(isBigEndian: false)
            camera.main[3].value = .short(1)
            let profile = try #require(ICCProfile.profile(of: ColourSpace(chromaticities: .displayP3, curve: .sRGB), for: .rgb8))
            let metadata = PictureMetadata(
                iccProfile: profile, exif: camera.encoded(), xmp: SampleMetadata.xmp,
                resolution: .init(x: 144, y: 144, unit: .inch))
            let written = try write(samples(.rgb8, 40, 30), PictureEncoding(format), 40, 30, .rgb8, metadata)
            #expect(written.losses == (format == .tiff ? ["Exif is left out"] : []))
            let told = try PictureSource(written.bytes).reader().metadata
            #expect(told.xmp == SampleMetadata.xmp)
            // libjxl makes a profile of its own, of the same colours.
            #expect(format == .jpegXL ? ICCProfile.fits(told.iccProfile ?? [], .rgb8) : told.iccProfile == profile)
            if format == .tiff {
                let resolution = try #require(told.resolution)
                #expect(abs(resolution.x - 144) < 0.01 && abs(resolution.y - 144) < 0.01)
            } else {
                let exif = try #require(told.exif)
                #expect(ExifBlock(exif)?.orientation == .topLeft)
                let text = String(decoding: exif, as: UTF8.self)
                #expect(text.contains("Maker of cameras") && text.contains("2024:05:06 07:08:09"))
            }
        }

        /// libheif and libjxl turn pictures themselves: what Exif tells must not turn them once more.
        @Test(arguments: [PictureFormat.heic, .avif, .jpegXL])
        func noPictureIsTurnedTwice(_ format: PictureFormat) throws {
            let metadata = PictureMetadata(exif: SampleMetadata.exif)
            let file = try write(samples(.rgb8, 40, 30), PictureEncoding(format), 40, 30, .rgb8, metadata).bytes
            let reader = try PictureSource(file).reader()
            #expect(reader.metadata.orientation == .topLeft && reader.size == PictureSize(width: 40, height: 30))
        }
    }
#endif
