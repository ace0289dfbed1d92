/// A TIFF structure as bytes: directories, each a table of fields whose values stand in the table or elsewhere.
///
/// Nothing is trusted: places are checked against the bytes before they are read, and nothing is followed twice.
///
/// Source: TIFF 6.0, section 2.
struct TIFFStructure: Hashable, Sendable {
    var bytes: [UInt8]
    let order: ByteOrder

    /// Bytes of the header: byte order, the number 42, and where the first directory is.
    static let headerByteCount = 8

    /// nil where no header begins the bytes.
    init?(_ bytes: [UInt8]) {
        switch bytes.prefix(2) {
        case [0x49, 0x49]: order = .little
        case [0x4D, 0x4D]: order = .big
        default: return nil
        }
        guard bytes.count >= Self.headerByteCount, order.number(in: bytes, at: 2, byteCount: 2) == 42 else { return nil }
        self.bytes = bytes
    }

    /// A table of fields.
    struct Directory: Hashable, Sendable {
        /// Where its count of fields stands.
        let place: Int
        let fieldCount: Int

        var fieldPlaces: StrideTo<Int> { stride(from: place + 2, to: nextPlace, by: 12) }
        /// Where the place of the next directory stands, if the bytes reach so far.
        var nextPlace: Int { place + 2 + 12 * fieldCount }
    }

    /// One field of a directory, as it says itself.
    struct Field {
        /// Where its 12 bytes begin.
        let place: Int
        let tag: Int
        let type: Int
        /// Of values.
        let count: Int

        /// Where the value stands, or the place at which it does.
        var valuePlace: Int { place + 8 }
        var isShort: Bool { type == 3 }
        var isLong: Bool { type == 4 }
        /// Whether it holds one whole number that stands in the table.
        var isNumber: Bool { count == 1 && (isShort || isLong) }
        var isRational: Bool { count == 1 && type == 5 }

        /// Bytes of a value of each type from 1 on: section 2, and 13 for a directory's place (Adobe's supplement 1).
        fileprivate static let byteCounts = [1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4]
    }

    /// The first directory; nil where it does not lie within the bytes.
    var first: Directory? { directory(at: order.number(in: bytes, at: 4, byteCount: 4)) }

    /// The directory at a place; nil where it does not lie within the bytes.
    func directory(at place: Int) -> Directory? {
        guard place >= Self.headerByteCount, place + 2 <= bytes.count else { return nil }
        let directory = Directory(place: place, fieldCount: order.number(in: bytes, at: place, byteCount: 2))
        return directory.nextPlace <= bytes.count ? directory : nil
    }

    /// The bytes of a directory's table, with the place of the next one. Some writers leave that out at the end.
    func range(of directory: Directory) -> Range<Int> {
        directory.place..<min(directory.nextPlace + 4, bytes.count)
    }

    /// Where the next directory is; nil where there is none.
    func next(after directory: Directory) -> Int? {
        guard directory.nextPlace + 4 <= bytes.count else { return nil }
        let next = order.number(in: bytes, at: directory.nextPlace, byteCount: 4)
        return next == 0 ? nil : next
    }

    func fields(of directory: Directory) -> some Sequence<Field> {
        directory.fieldPlaces.lazy.map { place in
            Field(
                place: place, tag: order.number(in: bytes, at: place, byteCount: 2),
                type: order.number(in: bytes, at: place + 2, byteCount: 2),
                count: order.number(in: bytes, at: place + 4, byteCount: 4))
        }
    }

    /// The number of the first field with this tag that holds one.
    func number(_ tag: Int, in directory: Directory) -> Int? {
        fields(of: directory).first { $0.tag == tag && $0.isNumber }.map { field in
            order.number(in: bytes, at: field.valuePlace, byteCount: field.isShort ? 2 : 4)
        }
    }

    /// Where a field's values stand, in the table or elsewhere; nil where that is not within the bytes or of no known type.
    func valueRange(of field: Field) -> Range<Int>? {
        guard Field.byteCounts.indices.contains(field.type - 1) else { return nil }
        let byteCount = Field.byteCounts[field.type - 1] * field.count
        let place = byteCount <= 4 ? field.valuePlace : order.number(in: bytes, at: field.valuePlace, byteCount: 4)
        return place + byteCount <= bytes.count ? place..<place + byteCount : nil
    }

    /// The first `limit` whole numbers of the first field with this tag.
    func numbers(_ tag: Int, in directory: Directory, limit: Int) -> [Int] {
        guard let field = fields(of: directory).first(where: { $0.tag == tag && ($0.isShort || $0.isLong) }),
            let range = valueRange(of: field)
        else { return [] }
        let byteCount = field.isShort ? 2 : 4
        return range.prefix(limit * byteCount).enumerated().compactMap { index, place in
            index.isMultiple(of: byteCount) ? order.number(in: bytes, at: place, byteCount: byteCount) : nil
        }
    }
}
