#if Vips
    import Glibc
    import SystemPackage

    /// The boxes of a JPEG XL that hold Exif and XMP, which libvips 8.14 neither reads nor writes.
    ///
    /// Source: ISO/IEC 18181-2, sections 9.1 to 9.8; ISO/IEC 14496-12, section 4.2.
    struct JXLBoxes {
        private(set) var exif: [UInt8]?
        private(set) var xmp: [UInt8]?
        /// Whether some of it is compressed, and so not read.
        private(set) var hasCompressed = false

        private static let signature: [UInt8] = [0, 0, 0, 0x0C, 0x4A, 0x58, 0x4C, 0x20, 0x0D, 0x0A, 0x87, 0x0A]
        /// More than this is no metadata.
        private static let mostBytes = 16 << 20

        /// Looks through a file. What is no box ends it: the decoder has the word about damage.
        init(_ input: PictureInput) throws(ImageError) {
            rewind(input.file)
            guard try input.read(Self.signature.count) == Self.signature else { return }
            var place = Self.signature.count
            while place + 8 <= input.byteCount, fseeko(input.file, place, SEEK_SET) == 0 {
                let header = try input.read(8)
                guard header.count == 8 else { return }
                let type = String(decoding: header[4...], as: UTF8.self)
                let announced = ByteOrder.big.number(in: header, at: 0, byteCount: 4)
                var (start, end) = (place + 8, place + announced)
                if announced == 0 { end = input.byteCount }
                if announced == 1 {
                    let long = try input.read(8)
                    guard long.count == 8, long[0..<3] == [0, 0, 0] else { return }
                    start += 8
                    end =
                        place + ByteOrder.big.number(in: long, at: 3, byteCount: 1) << 32
                        + ByteOrder.big.number(in: long, at: 4, byteCount: 4)
                }
                guard start <= end, end <= input.byteCount else { return }
                if end - start <= Self.mostBytes { try read(type, end - start, of: input) }
                place = end
            }
        }

        /// - Parameter byteCount: of what the box holds, where the file stands.
        private mutating func read(_ type: String, _ byteCount: Int, of input: PictureInput) throws(ImageError) {
            switch type {
            case "Exif":
                // The block begins so many bytes behind the number of them.
                let content = try input.read(byteCount)
                guard exif == nil, content.count >= 4 else { return }
                exif = Array(content.dropFirst(4 + ByteOrder.big.number(in: content, at: 0, byteCount: 4)))
            case "xml ":
                if xmp == nil { xmp = try input.read(byteCount) }
            case "brob": hasCompressed = true
            default: break
            }
        }

        /// A file with what is told beside its pixels, in front of these.
        ///
        /// - Parameter file: a whole one, in boxes or not.
        static func file(_ file: [UInt8], exif: [UInt8]?, xmp: [UInt8]?) -> [UInt8] {
            let told = box("Exif", exif.map { [0, 0, 0, 0] + $0 }) + box("xml ", xmp)
            guard !told.isEmpty else { return file }
            guard file.starts(with: signature) else {
                return signature + box("ftyp", Array("jxl \0\0\0\0jxl ".utf8)) + told + box("jxlc", file)
            }
            var place = signature.count
            // What tells of the file as a whole stands before all else.
            while place + 8 <= file.count,
                ["ftyp", "jxll"].contains(String(decoding: file[place + 4..<place + 8], as: UTF8.self))
            {
                place += max(8, ByteOrder.big.number(in: file, at: place, byteCount: 4))
            }
            return file[..<place] + told + file[place...]
        }

        private static func box(_ type: String, _ content: [UInt8]?) -> [UInt8] {
            guard let content, !content.isEmpty else { return [] }
            return ByteOrder.big.bytes(of: 8 + content.count, byteCount: 4) + Array(type.utf8) + content
        }
    }
#endif
