#if Vips
    import Glibc
    import SystemPackage

    /// What a TIFF or JPEG XL tells beside its pixels where libvips 8.14 does not pass it on.
    struct ToldBesidePixels {
        private(set) var metadata = PictureMetadata()
        private(set) var losses: [String] = []

        /// - Throws: when the file cannot be read, or its first picture is not the one that it is about.
        init(_ input: PictureInput, _ format: PictureFormat) throws(ImageError) {
            switch format {
            case .tiff: try read(TIFFBeginning(input), path: input.path)
            case .jpegXL:
                let boxes = try JXLBoxes(input)
                metadata.exif = boxes.exif
                metadata.xmp = boxes.xmp
                if boxes.hasCompressed { losses.append("what is told in compressed boxes is left out") }
            case .png, .jpeg, .webp, .heic, .avif: break
            }
            rewind(input.file)
        }

        private mutating func read(_ beginning: TIFFBeginning, path: FilePath?) throws(ImageError) {
            guard !beginning.isReducedPicture else {
                throw .unknownKind(path: path, .tiff, message: "its first picture is a preview, as in cameras' raw files")
            }
            if beginning.hasExif { losses.append("Exif is left out") }
            if beginning.orientation != .topLeft { metadata.exif = ExifBlock.telling(beginning.orientation) }
        }
    }

    /// The first directory of a TIFF, as far as it tells of what libvips does not.
    ///
    /// Source: TIFF 6.0, sections 2 and 8. Files of more than 4 GiB (BigTIFF) have another structure, and tell nothing here.
    private struct TIFFBeginning {
        private(set) var orientation = Orientation.topLeft
        private(set) var hasExif = false
        private(set) var isReducedPicture = false

        private enum Tag {
            static let subfileType = 0x00FE, orientation = 0x0112, exifDirectory = 0x8769
        }

        init(_ input: PictureInput) throws(ImageError) {
            rewind(input.file)
            var header = try input.read(TIFFStructure.headerByteCount)
            guard let whole = TIFFStructure(header) else { return }
            let place = whole.order.number(in: header, at: 4, byteCount: 4)
            guard fseeko(input.file, place, SEEK_SET) == 0 else { return }
            let count = try input.read(2)
            guard count.count == 2 else { return }
            // The directory behind the header, as if nothing stood between them.
            whole.order.write(TIFFStructure.headerByteCount, to: &header, at: 4, byteCount: 4)
            let table = try input.read(12 * whole.order.number(in: count, at: 0, byteCount: 2))
            guard let part = TIFFStructure(header + count + table), let directory = part.first else { return }
            orientation = part.number(Tag.orientation, in: directory).flatMap(Orientation.init) ?? .topLeft
            hasExif = part.number(Tag.exifDirectory, in: directory) != nil
            isReducedPicture = (part.number(Tag.subfileType, in: directory) ?? 0) & 1 == 1
        }
    }

    extension ExifBlock {
        /// A block that tells an orientation alone.
        fileprivate static func telling(_ orientation: Orientation) -> [UInt8] {
            let order = ByteOrder.big
            func number(_ value: Int, _ byteCount: Int) -> [UInt8] { order.bytes(of: value, byteCount: byteCount) }
            let header = Array("MM".utf8) + number(42, 2) + number(TIFFStructure.headerByteCount, 4)
            let field = number(SizeProperty.orientation.tag, 2) + number(3, 2) + number(1, 4) + number(orientation.rawValue, 2)
            return header + number(1, 2) + field + number(0, 2) + number(0, 4)
        }
    }
#endif
