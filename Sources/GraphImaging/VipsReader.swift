#if Vips
    import CGraphVipsShim
    import SystemPackage

    /// Reads a TIFF, HEIC, AVIF or JPEG XL row by row by libvips.
    ///
    /// Memory holds some rows of a TIFF, those of a tile or of a strip of separate colours, and all of a picture in one of the other formats, from the first row on.
    final class VipsReader: PictureReader {
        let path: FilePath?
        let width: Int
        let height: Int
        let layout: PixelLayout
        let metadata: PictureMetadata
        let losses: [String]
        private(set) var rowCount = 0

        private let input: PictureInput
        private let reading: OpaquePointer
        /// nil where samples are as they are handed out.
        private let samples: StoredSamples?
        /// Rows that were read at a time, from `firstRow` on.
        private var rows: [UInt8] = []
        private var firstRow = 0
        private var failure: ImageError?

        /// Bytes of rows that are read at a time, if one row is not longer.
        private static let rowsByteCount = 1 << 20

        /// Reads the header.
        ///
        /// - Throws: when the file is damaged, of a kind that is not read, or too large.
        init(_ input: PictureInput, _ format: PictureFormat) throws(ImageError) {
            try VipsLibrary.start(for: input.path, .reading)
            let told = try ToldBesidePixels(input, format)
            var header = VipsHeader()
            guard let container = VipsContainer(format), let reading = vips_shim_open(input.file, container, &header) else {
                throw input.systemError ?? .damaged(path: input.path, .header, message: VipsLibrary.takeMessage())
            }
            let size = PictureSize(width: Int(header.width), height: Int(header.height))
            do throws(ImageError) {
                try check(size, told.tiff, of: input)
                layout = try pixelLayout(of: header, format, path: input.path)
            } catch {
                vips_shim_close(reading)
                throw error
            }
            var metadata = told.metadata
            metadata.xmp = metadata.xmp ?? vips_shim_xmp(reading).copied
            metadata.exif = metadata.exif ?? vips_shim_exif(reading).copied.map(withoutName)
            // Only of a TIFF are rows as they are stored: the others come upright, whatever Exif tells.
            if format != .tiff { metadata.exif = metadata.exif.map { ExifBlock($0)?.enlarged(to: size, scale: 1).bytes ?? $0 } }
            if header.x_resolution > 0, header.y_resolution > 0 {
                metadata.resolution = .init(x: header.x_resolution * 25.4, y: header.y_resolution * 25.4, unit: .inch)
            }
            metadata.iccProfile = header.was_cmyk ? nil : vips_shim_profile(reading).copied
            self.metadata = metadata
            losses =
                told.losses + (header.was_cmyk ? ["CMYK becomes RGB"] : [])
                + (header.page_count > 1 ? [onlyFirst(of: Int(header.page_count))] : [])
            self.input = input
            self.reading = reading
            path = input.path
            width = size.width
            height = size.height
            let isPart = layout.bitDepth == 16 && 1..<16 ~= header.heif_bit_depth
            samples = isPart ? StoredSamples(bitDepth: Int(header.heif_bit_depth)) : nil
        }

        deinit { vips_shim_close(reading) }

        func readRow(into row: UnsafeMutableRawBufferPointer) throws(ImageError) {
            let byteCount = width * layout.byteCount
            precondition(row.count == byteCount && rowCount < height)
            if let failure { throw failure }
            if rowCount == firstRow + rows.count / byteCount { try readRows(byteCount) }
            rows.withUnsafeBytes { rows in
                let start = (rowCount - firstRow) * byteCount
                row.copyMemory(from: UnsafeRawBufferPointer(rebasing: rows[start..<start + byteCount]))
            }
            rowCount += 1
        }

        /// - Parameter byteCount: of a row.
        private func readRows(_ byteCount: Int) throws(ImageError) {
            let count = min(max(1, Self.rowsByteCount / byteCount), height - rowCount)
            firstRow = rowCount
            rows = [UInt8](repeating: 0, count: count * byteCount)
            guard vips_shim_read_rows(reading, Int32(firstRow), Int32(count), &rows) else {
                let error =
                    input.systemError
                    ?? .damaged(path: path, .row(after: rowCount, of: height), message: VipsLibrary.takeMessage())
                failure = error
                throw error
            }
            samples?.convert(&rows)
        }
    }

    /// Whether a picture of this size can be read.
    ///
    /// - Parameter tiff: what a TIFF tells; the other formats are decoded as a whole.
    private func check(_ size: PictureSize, _ tiff: TIFFBeginning?, of input: PictureInput) throws(ImageError) {
        guard max(size.width, size.height) <= PNGReader.longestSide else { throw .tooLong(path: input.path, size) }
        guard tiff?.fits(size, in: input.byteCount) ?? true else {
            throw .impossibleSize(path: input.path, size, fileByteCount: input.byteCount)
        }
        guard tiff?.pixelsAtOnce(of: size) ?? (size.width * size.height) <= PNGReader.mostPixelsInMemory else {
            throw .tooLarge(path: input.path, size)
        }
    }

    private func pixelLayout(of header: VipsHeader, _ format: PictureFormat, path: FilePath?) throws(ImageError) -> PixelLayout {
        let colourCount = header.colours == .grey ? 1 : 3
        let alphaCount = Int(header.sample_count) - colourCount
        guard header.bit_depth > 0, header.colours != .other, 0...1 ~= alphaCount else {
            let depth = header.bit_depth > 0 ? "\(header.bit_depth) bits" : "numbers of another kind than 8 or 16 bits"
            throw .unknownKind(path: path, format, message: "\(header.sample_count) samples of a pixel, \(depth)")
        }
        return PixelLayout(isGrey: colourCount == 1, hasAlpha: alphaCount == 1, bitDepth: Int(header.bit_depth))
    }

    /// An Exif block without the name that stands before it in a HEIF as in a JPEG.
    private func withoutName(_ exif: [UInt8]) -> [UInt8] {
        let name = Array("Exif\0\0".utf8)
        return exif.starts(with: name) ? Array(exif.dropFirst(name.count)) : exif
    }
#endif
