/// What Exif tells of a picture: a TIFF structure without pixels, from its byte order mark on.
///
/// Only what the size of a picture changes is understood. Whatever the bytes are, to read and to change them neither stops
/// the program nor takes longer than the bytes are long, nor more memory than a few times theirs.
///
/// Source: Exif 2.32, section 4.5; TIFF 6.0, section 2.
public struct ExifBlock: Hashable, Sendable {
    private var structure: TIFFStructure
    /// The first directory, which tells of the picture.
    private let main: TIFFStructure.Directory
    /// Exif's own; nil where there is none.
    private let exif: TIFFStructure.Directory?

    private enum Tag {
        static let make = 0x010F, model = 0x0110
        static let exifDirectory = 0x8769, gpsDirectory = 0x8825, interoperabilityDirectory = 0xA005
        static let stripOffsets = 0x0111, stripByteCounts = 0x0117
        static let resolutionUnit = 0x0128
        static let thumbnailOffset = 0x0201, thumbnailByteCount = 0x0202
    }

    /// A block as a file holds it, without the `Exif` before it in JPEG.
    ///
    /// - Returns: nil where the bytes are no TIFF structure, or where the directory of the picture or that of Exif does not
    ///   lie within them. Values that do not are no such fault: they are left as they are.
    public init?(_ bytes: [UInt8]) {
        guard let structure = TIFFStructure(bytes), let main = structure.first else { return nil }
        var exif: TIFFStructure.Directory?
        if let place = structure.number(Tag.exifDirectory, in: main) {
            guard let directory = structure.directory(at: place),
                !structure.range(of: directory).overlaps(structure.range(of: main))
            else { return nil }
            exif = directory
        }
        self.structure = structure
        self.main = main
        self.exif = exif
    }

    /// The whole block.
    public var bytes: [UInt8] { structure.bytes }

    /// How the picture lies in its file; nil where the block does not tell it, or none of the eight.
    public var orientation: Orientation? {
        structure.number(SizeProperty.orientation.tag, in: main).flatMap(Orientation.init)
    }

    /// Whether the block tells of a camera, by the name of who made it or by its own.
    var namesCamera: Bool {
        structure.fields(of: main).contains { [Tag.make, Tag.model].contains($0.tag) && $0.count > 1 }
    }

    /// Pixels for each unit of length; nil where the block does not tell them.
    public var resolution: PictureMetadata.Resolution? {
        guard let x = rational(.xResolution)?.value, let y = rational(.yResolution)?.value, x > 0, y > 0 else { return nil }
        let unit = structure.number(Tag.resolutionUnit, in: main)
        return PictureMetadata.Resolution(x: x, y: y, unit: unit == 3 ? .centimetre : .inch)
    }

    /// The block of the picture turned upright and enlarged.
    ///
    /// Where the block has them, the orientation becomes 1, sizes become those of the enlarged picture, and resolutions are
    /// scaled; where the orientation swaps sides, so do the resolutions along them. The thumbnail is removed, since it shows
    /// the small picture: its bytes become 0, and those at the block's end are cut off. All other bytes stay at their
    /// places, since maker notes point to theirs.
    ///
    /// - Parameters:
    ///   - size: of the enlarged picture, upright, in pixels.
    ///   - scale: pixels of a side for each one before.
    ///   - verticalScale: along y, where the picture's shape changes.
    /// - Precondition: the scales are positive and finite.
    public func enlarged(to size: PictureSize, scale: Double, verticalScale: Double? = nil) -> ExifBlock {
        let change = SizeChange(
            size: size, scale: scale, verticalScale: verticalScale ?? scale, swapsSides: orientation?.swapsSides ?? false)
        var block = self
        for property in SizeProperty.allCases {
            guard let directory = property.isOfExif ? exif : main else { continue }
            if let number = change.number(of: property) { block.set(property, in: directory, to: number) }
            if let value = change.scaled(property, value: rational) { block.set(property, in: directory, to: value) }
        }
        block.removeThumbnail()
        return block
    }
}

extension ExifBlock {
    /// Sets each field of this property that holds a whole number. Where that is too large for a field of 16 bits, it
    /// becomes one of 32, which has room in the table.
    private mutating func set(_ property: SizeProperty, in directory: TIFFStructure.Directory, to number: Int) {
        for field in structure.fields(of: directory) where field.tag == property.tag && field.isNumber {
            let isShort = field.isShort && number <= UInt16.max
            if field.isShort, !isShort { structure.order.write(4, to: &structure.bytes, at: field.place + 2, byteCount: 2) }
            structure.order.write(
                Int(UInt32(clamping: number)), to: &structure.bytes, at: field.valuePlace, byteCount: isShort ? 2 : 4)
        }
    }

    private mutating func set(_ property: SizeProperty, in directory: TIFFStructure.Directory, to value: UnsignedRational) {
        for field in structure.fields(of: directory) where field.tag == property.tag {
            guard let place = rationalPlace(of: field) else { continue }
            structure.order.write(value.numerator, to: &structure.bytes, at: place, byteCount: 4)
            structure.order.write(value.denominator, to: &structure.bytes, at: place + 4, byteCount: 4)
        }
    }

    /// The fraction of the first field of this property that holds one.
    private func rational(_ property: SizeProperty) -> UnsignedRational? {
        guard let directory = property.isOfExif ? exif : main else { return nil }
        return structure.fields(of: directory).lazy.filter { $0.tag == property.tag }.compactMap(rationalPlace).first.map {
            place in
            UnsignedRational(
                numerator: structure.order.number(in: bytes, at: place, byteCount: 4),
                denominator: structure.order.number(in: bytes, at: place + 4, byteCount: 4))
        }
    }

    /// Where a field's fraction stands; nil where it holds none, or one that would lie in a table of fields.
    private func rationalPlace(of field: TIFFStructure.Field) -> Int? {
        guard field.isRational, let range = structure.valueRange(of: field), !tables.contains(where: range.overlaps) else {
            return nil
        }
        return range.lowerBound
    }

    /// The header and the tables of fields that must be there for the block to be one.
    private var tables: [Range<Int>] {
        [0..<TIFFStructure.headerByteCount] + [main, exif].compactMap { $0.map(structure.range(of:)) }
    }

    /// More strips than this hold no thumbnail.
    private static let mostStrips = 1024

    /// Takes the second directory out, which tells of the thumbnail: Exif 2.32, section 4.5.8. Bytes that another directory
    /// tells of stay, even where the thumbnail claims them too.
    private mutating func removeThumbnail() {
        guard let place = structure.next(after: main) else { return }
        let thumbnail = structure.directory(at: place).map(thumbnailRanges(of:)) ?? RangeSet()
        structure.order.write(0, to: &structure.bytes, at: main.nextPlace, byteCount: 4)
        for range in thumbnail.ranges {
            if range.upperBound == bytes.count {
                structure.bytes.removeSubrange(range)
            } else {
                structure.bytes.replaceSubrange(range, with: repeatElement(0, count: range.count))
            }
        }
    }

    /// The bytes that nothing but the thumbnail's directory tells of: its table, values and pixels.
    private func thumbnailRanges(of thumbnail: TIFFStructure.Directory) -> RangeSet<Int> {
        func pixels(_ offsets: Int, _ byteCounts: Int) -> [Range<Int>] {
            let parts = zip(
                structure.numbers(offsets, in: thumbnail, limit: Self.mostStrips),
                structure.numbers(byteCounts, in: thumbnail, limit: Self.mostStrips))
            return parts.map { offset, byteCount in
                let end = min(offset + byteCount, bytes.count)
                // Most writers make a block's length even: such a byte belongs to the thumbnail before it.
                let isPadded = end == bytes.count - 1 && !end.isMultiple(of: 2) && bytes[end] == 0
                return min(offset, end)..<(isPadded ? bytes.count : end)
            }
        }
        let claimed =
            ranges(of: thumbnail) + pixels(Tag.thumbnailOffset, Tag.thumbnailByteCount)
            + pixels(Tag.stripOffsets, Tag.stripByteCounts)
        let gps = structure.number(Tag.gpsDirectory, in: main).flatMap(structure.directory(at:))
        let interoperability = exif.flatMap { structure.number(Tag.interoperabilityDirectory, in: $0) }
            .flatMap(structure.directory(at:))
        let others = [main, exif, gps, interoperability].compactMap { $0 }.flatMap(ranges)
        return RangeSet(claimed).subtracting(RangeSet(tables + others))
    }

    /// The table of a directory, and the values of its fields.
    private func ranges(of directory: TIFFStructure.Directory) -> [Range<Int>] {
        [structure.range(of: directory)] + structure.fields(of: directory).compactMap(structure.valueRange(of:))
    }
}
