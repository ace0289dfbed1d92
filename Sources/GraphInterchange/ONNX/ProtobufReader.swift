import GraphFiles
import SystemPackage

/// Reads messages in protobuf's wire format from a file by position.
///
/// It goes through a message field by field and makes nothing of what it passes over, so that the numbers of a network stay
/// in the file until they are wanted. Apple's swift-protobuf 1.39, which would do it, adds 2.8 MB to a stripped program, more
/// than a third of `graphrun`, and takes 134 MiB for a file of 64 MiB before the first number is looked at.
struct ProtobufReader {
    /// One field: what it is and what it holds.
    struct Field {
        var number: Int
        var content: Content

        enum Content {
            case varint(UInt64)
            case fixed64(UInt64)
            case fixed32(UInt32)
            /// Bytes of the file: a text, a message or numbers in a row.
            case range(Range<Int>)
        }
    }

    let file: InputFile
    private var window: [UInt8] = []
    private var windowStart = 0

    private static let windowByteCount = 1 << 16

    init(_ file: InputFile) { self.file = file }

    /// Takes the field at `offset` and moves behind it; nil at the end.
    ///
    /// - Parameter end: where the message ends.
    mutating func next(at offset: inout Int, before end: Int) throws(InterchangeError) -> Field? {
        guard offset < end else { return nil }
        let start = offset
        let tag = try varint(at: &offset, before: end)
        let content: Field.Content
        switch tag & 7 {
        case 0: content = .varint(try varint(at: &offset, before: end))
        case 1: content = .fixed64(try fixed(at: &offset, before: end, as: UInt64.self))
        case 5: content = .fixed32(try fixed(at: &offset, before: end, as: UInt32.self))
        case 2:
            let count = try varint(at: &offset, before: end)
            guard count <= UInt64(end - offset) else { throw fault(start, .leavesMessage) }
            content = .range(offset..<offset + Int(count))
            offset += Int(count)
        default: throw fault(start, .isNoField)
        }
        guard let number = Int(exactly: tag >> 3), number > 0 else { throw fault(start, .isNoField) }
        return Field(number: number, content: content)
    }

    /// The text in a range.
    mutating func text(_ range: Range<Int>) throws(InterchangeError) -> String {
        guard range.count <= Limit.textByteCount else { throw fault(range.lowerBound, .textIsTooLong(Limit.textByteCount)) }
        guard let text = String(validating: try bytes(range), as: UTF8.self) else { throw fault(range.lowerBound, .isNotText) }
        return text
    }

    /// Numbers in a row, each of as many bytes as it needs.
    mutating func varints(_ range: Range<Int>) throws(InterchangeError) -> [Int] {
        guard range.count <= Limit.listByteCount else { throw fault(range.lowerBound, .listIsTooLong(Limit.listByteCount)) }
        var numbers: [Int] = []
        var offset = range.lowerBound
        while offset < range.upperBound {
            numbers.append(Int(truncatingIfNeeded: try varint(at: &offset, before: range.upperBound)))
        }
        return numbers
    }

    /// Floats in a row.
    mutating func floats(_ range: Range<Int>) throws(InterchangeError) -> [Float] {
        guard range.count <= Limit.listByteCount else { throw fault(range.lowerBound, .listIsTooLong(Limit.listByteCount)) }
        return FloatType.f32.values(try bytes(range))
    }

    enum Limit {
        static let textByteCount = 1 << 16
        /// Of a list that is an argument; tensors are not read as lists.
        static let listByteCount = 1 << 20
    }

    func fault(_ offset: Int, _ problem: FormatFault.Network) -> InterchangeError {
        .damaged(path: file.path, FormatFault(.byte(offset), .network(problem)))
    }

    private mutating func bytes(_ range: Range<Int>) throws(InterchangeError) -> [UInt8] {
        try hold(range)
        return Array(window[range.lowerBound - windowStart..<range.upperBound - windowStart])
    }

    private mutating func varint(at offset: inout Int, before end: Int) throws(InterchangeError) -> UInt64 {
        let start = offset
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while offset < end, shift < 70 {
            try hold(offset..<offset + 1)
            let byte = window[offset - windowStart]
            offset += 1
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
            shift += 7
        }
        throw fault(start, .isNoNumber)
    }

    private mutating func fixed<Number: FixedWidthInteger>(
        at offset: inout Int, before end: Int, as type: Number.Type
    ) throws(InterchangeError) -> Number {
        let size = MemoryLayout<Number>.size
        guard end - offset >= size else { throw fault(offset, .leavesMessage) }
        try hold(offset..<offset + size)
        defer { offset += size }
        return window.littleEndian(at: offset - windowStart, as: type)
    }

    /// Sees to it that some bytes of the file are in the window.
    private mutating func hold(_ range: Range<Int>) throws(InterchangeError) {
        if range.lowerBound >= windowStart, range.upperBound <= windowStart + window.count { return }
        let count = min(max(range.count, Self.windowByteCount), file.byteCount - range.lowerBound)
        window = try inFile { () throws(FileError) in try file.bytes(at: range.lowerBound, count: count) }
        windowStart = range.lowerBound
    }
}
