#if Vips
    import CGraphVipsShim
    import Glibc
    import SystemPackage

    /// Writes a TIFF, HEIC, AVIF or JPEG XL by libvips.
    ///
    /// Memory holds the whole picture: it is encoded when all rows are there.
    final class VipsWriter: PictureWriter {
        /// The quality of what loses something and is not told another one.
        static let usualQuality = 90

        private let format: PictureFormat
        private let quality: PictureEncoding.Quality
        private let metadata: PictureMetadata
        private var pixels: [UInt8] = []

        /// - Parameters:
        ///   - layout: of the rows, one that the format has.
        ///   - metadata: of the picture that is written, its sizes and orientation.
        ///   - quality: where the format loses something.
        /// - Throws: when a side is longer than the format allows, the folder cannot be written to, or libvips does not run.
        init(
            to destination: PictureDestination, _ format: PictureFormat, size: PictureSize, layout: PixelLayout,
            metadata: PictureMetadata, quality: PictureEncoding.Quality?
        ) throws(ImageError) {
            try VipsLibrary.start(for: destination.path, .writing)
            try format.checkLongestSide(of: size, path: destination.path)
            self.format = format
            self.quality = quality ?? .level(Self.usualQuality)
            // A HEIF has no grey.
            let isColour = VipsContainer(format) == .HEIF
            var told = metadata.toldByProfile(for: PixelLayout(isGrey: layout.isGrey && !isColour, hasAlpha: layout.hasAlpha))
            if format == .tiff, told.metadata.exif != nil {
                told.metadata.exif = nil
                told.losses.append("Exif is left out")
            }
            self.metadata = told.metadata
            super.init(try PictureOutput(destination), size: size, layout: layout, losses: told.losses)
        }

        override func encode(_ row: UnsafeRawBufferPointer) { pixels.append(contentsOf: row) }

        override func encodeEnd() throws(ImageError) {
            let file = try encoded()
            pixels = []
            try output.write(message: { "" }) { fwrite(file, 1, file.count, output.file) == file.count }
        }

        private func encoded() throws(ImageError) -> [UInt8] {
            let block = metadata.exif.flatMap(ExifBlock.init)
            let resolution = (metadata.resolution ?? block?.resolution)?.converted(to: .inch)
            var encoding = VipsEncoding()
            encoding.container = VipsContainer(format)!
            encoding.is_av1 = format == .avif
            if case .level(let level) = quality { encoding.quality = Int32(level) }
            encoding.heif_bit_depth = Int32(layout.bitDepth == 8 ? 8 : format.bitDepth)
            (encoding.width, encoding.height) = (Int32(width), Int32(height))
            (encoding.sample_count, encoding.bit_depth) = (Int32(layout.sampleCount), Int32(layout.bitDepth))
            encoding.is_grey = layout.isGrey
            (encoding.x_resolution, encoding.y_resolution) = ((resolution?.x ?? 0) / 25.4, (resolution?.y ?? 0) / 25.4)
            // JPEG XL's boxes are ours.
            let (exif, xmp) = format == .jpegXL ? ([], []) : (metadata.exif ?? [], metadata.xmp ?? [])
            let profile = metadata.iccProfile ?? []
            let file = profile.withUnsafeBytes { profile in
                exif.withUnsafeBytes { exif in
                    xmp.withUnsafeBytes { xmp in
                        encoding.profile = VipsPart(profile)
                        encoding.exif = VipsPart(exif)
                        encoding.xmp = VipsPart(xmp)
                        return vips_shim_encode(&encoding, pixels)
                    }
                }
            }
            defer { vips_shim_free(file.bytes) }
            guard let bytes = file.copied else { throw .unwritable(path: path, message: VipsLibrary.takeMessage()) }
            return format == .jpegXL ? JXLBoxes.file(bytes, exif: metadata.exif, xmp: metadata.xmp) : bytes
        }
    }

    extension VipsPart {
        fileprivate init(_ bytes: UnsafeRawBufferPointer) { self.init(bytes: bytes.baseAddress, byte_count: bytes.count) }
    }
#endif
