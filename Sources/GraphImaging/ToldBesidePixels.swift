#if Vips
    import Glibc
    import SystemPackage

    /// What a TIFF or JPEG XL tells beside its pixels where libvips 8.14 does not pass it on.
    struct ToldBesidePixels {
        private(set) var metadata = PictureMetadata()
        private(set) var losses: [String] = []
        /// Of a TIFF.
        private(set) var tiff: TIFFBeginning?

        /// - Throws: when the file cannot be read, or its first picture is not the one that it is about.
        init(_ input: PictureInput, _ format: PictureFormat) throws(ImageError) {
            switch format {
            case .tiff:
                let beginning = try TIFFBeginning(input)
                try read(beginning, path: input.path)
                tiff = beginning
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
