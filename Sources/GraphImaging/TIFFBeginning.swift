#if Vips
    import Glibc

    /// What the first directory of a TIFF tells of its picture that libvips does not pass on: the fields that hold one whole
    /// number.
    ///
    /// Source: TIFF 6.0, sections 2, 8 and 15; in files of more than 4 GiB (BigTIFF) places and counts have 8 bytes.
    struct TIFFBeginning {
        private var numbers: [Int: Int] = [:]

        private enum Tag {
            static let subfileType = 0x00FE, compression = 0x0103, orientation = 0x0112, rowsPerStrip = 0x0116
            static let planes = 0x011C, tileWidth = 0x0142, tileHeight = 0x0143, exifDirectory = 0x8769
        }

        /// What is damaged ends it: the decoder has the word about damage.
        init(_ input: PictureInput) throws(ImageError) {
            rewind(input.file)
            let header = try input.read(16)
            guard header.count >= 8 else { return }
            let order = header[0] == 0x49 ? ByteOrder.little : .big
            /// The lowest 4 bytes of a number: no field that counts here has more.
            func number(_ bytes: [UInt8], _ place: Int, _ byteCount: Int) -> Int {
                order.number(in: bytes, at: order == .big ? place + max(0, byteCount - 4) : place, byteCount: min(4, byteCount))
            }
            let isLong = number(header, 2, 2) == 43
            let (placeByteCount, countByteCount) = isLong ? (8, 8) : (4, 2)
            guard header.count == 16 || !isLong,
                fseeko(input.file, number(header, isLong ? 8 : 4, placeByteCount), SEEK_SET) == 0
            else { return }
            let count = try input.read(countByteCount)
            guard count.count == countByteCount else { return }
            let fieldByteCount = 4 + 2 * placeByteCount
            let fieldCount = min(number(count, 0, countByteCount), Int(UInt16.max))
            let table = try input.read(fieldByteCount * fieldCount)
            for place in stride(from: 0, through: table.count - fieldByteCount, by: fieldByteCount)
            where number(table, place + 4, placeByteCount) == 1 {
                // Types 3, 4 and 16: numbers of 2, 4 and 8 bytes.
                let sizes = [3: 2, 4: 4, 16: 8]
                guard let size = sizes[number(table, place + 2, 2)], size <= placeByteCount else { continue }
                numbers[number(table, place, 2)] = number(table, place + 4 + placeByteCount, size)
            }
        }

        var orientation: Orientation { numbers[Tag.orientation].flatMap(Orientation.init) ?? .topLeft }
        var hasExif: Bool { numbers[Tag.exifDirectory] != nil }
        var isReducedPicture: Bool { (numbers[Tag.subfileType] ?? 0) & 1 == 1 }

        /// Pixels that are decoded at a time, of a picture of this size: a row of tiles, or, where each colour lies by itself,
        /// a strip.
        func pixelsAtOnce(of size: PictureSize) -> Int {
            if let width = numbers[Tag.tileWidth], let height = numbers[Tag.tileHeight] {
                return max(size.width, min(width, Int(Int32.max))) * min(height, Int(Int32.max))
            }
            guard numbers[Tag.planes] == 2 else { return size.width }
            return size.width * min(size.height, numbers[Tag.rowsPerStrip] ?? size.height)
        }

        /// Whether so many bytes can hold a picture of this size, of at least 1 bit for each pixel.
        func fits(_ size: PictureSize, in byteCount: Int) -> Bool {
            switch numbers[Tag.compression] ?? 1 {
            // As it is, LZW, deflate by its two numbers, PackBits. LZW makes the most of a byte: a code of 12 bits stands for
            // less than 4096 of them.
            case 1, 5, 8, 32946, 32773: size.width * size.height / 8 / 2731 <= byteCount
            default: true
            }
        }
    }
#endif
