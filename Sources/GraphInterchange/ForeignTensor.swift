import GraphFiles
import SystemPackage

/// Numbers in a network's file. They stay there until they are asked for.
public struct ForeignTensor: Hashable, Sendable {
    /// The sizes, from the outermost, as ``floats()`` gives them.
    public var shape: [Int]
    /// What an element is in the file.
    public var element: ForeignElement
    /// Whether the numbers stand among the nodes, as what nobody trains.
    public var isConstant = false
    private var storage: Storage
    /// For each dimension of ``shape``, the dimension in the file that it is; nil where the two are the same.
    private var axes: [Int]?

    private enum Storage: Hashable, Sendable {
        /// Elements one after another, little-endian.
        case file(Stored)
        /// Protobuf's numbers of as many bytes as each needs.
        case varints(Stored)
        case floats([Float])
        case integers([Int])
    }

    /// Bytes of a file.
    private struct Stored: Hashable, Sendable {
        var file: InputFile
        var range: Range<Int>

        static func == (left: Stored, right: Stored) -> Bool { left.file === right.file && left.range == right.range }

        func hash(into hasher: inout Hasher) { hasher.combine(range) }

        func bytes() throws(InterchangeError) -> [UInt8] {
            try inFile { () throws(FileError) in try file.bytes(at: range.lowerBound, count: range.count) }
        }

        /// The bytes as the numbers that they are.
        func floats() throws(InterchangeError) -> [Float] {
            var floats = [Float](repeating: 0, count: range.count / 4)
            try inFile { () throws(FileError) in try file.fill(&floats, at: range.lowerBound) }
            return floats
        }
    }

    /// Whole numbers that a reader of files makes itself.
    public init(shape: [Int], integers: [Int]) {
        self.shape = shape
        element = .i64
        storage = .integers(integers)
    }

    /// Floats that a reader of files makes itself.
    public init(shape: [Int], floats: [Float]) {
        self.shape = shape
        element = .f32
        storage = .floats(floats)
    }

    /// - Requires: the range lies in the file and holds as many elements as the shape.
    init(shape: [Int], element: ForeignElement, file: InputFile, range: Range<Int>) {
        self.shape = shape
        self.element = element
        storage = .file(Stored(file: file, range: range))
    }

    /// - Requires: the range lies in the file.
    init(shape: [Int], element: ForeignElement, varintsOf file: InputFile, range: Range<Int>) {
        self.shape = shape
        self.element = element
        storage = .varints(Stored(file: file, range: range))
    }

    /// The same numbers with their dimensions in another order.
    ///
    /// - Parameter order: for each dimension of the result, the one of this tensor that it is.
    public func transposed(_ order: [Int]) -> ForeignTensor {
        var result = self
        result.shape = order.map { shape[$0] }
        result.axes = order.map { axes?[$0] ?? $0 }
        return result
    }

    /// The same numbers in another shape; nil where they lie in another order than in the file.
    ///
    /// - Requires: the shape has as many elements.
    public func reshaped(_ shape: [Int]) -> ForeignTensor? {
        guard axes == nil else { return nil }
        var result = self
        result.shape = shape
        return result
    }

    /// How many elements there are.
    public var count: Int { shape.reduce(1, *) }

    /// All elements in row-major order, as float32: rounded to nearest where that cannot hold them.
    public func floats() throws(InterchangeError) -> [Float] {
        if case .file(let stored) = storage, element == .f32 { return inOrder(try stored.floats()) }
        if case .file(let stored) = storage, let type = element.floatType {
            return inOrder(type.values(try stored.bytes()))
        }
        if case .floats(let floats) = storage { return inOrder(floats) }
        if case .varints = storage, let type = element.floatType, type.byteCount == 2 {
            // Halves as protobuf keeps them: their bits, each in a number of its own.
            return inOrder(
                type.values(try integers().flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }))
        }
        return inOrder(try integers().map { Float($0) })
    }

    /// All elements in row-major order, as the file has them; those of u64 beyond 2⁶³ wrap.
    ///
    /// - Requires: elements are whole numbers or truth values.
    public func integers() throws(InterchangeError) -> [Int] {
        switch storage {
        case .integers(let integers): return integers
        case .floats(let floats): return floats.map { Int(exactly: $0.rounded(.towardZero)) ?? 0 }
        case .varints(let stored):
            let bytes = try stored.bytes()
            var integers: [Int] = []
            integers.reserveCapacity(count)
            var bits: UInt64 = 0, shift: UInt64 = 0
            for byte in bytes {
                bits |= UInt64(byte & 0x7F) << shift
                shift += 7
                guard byte < 0x80 else { continue }
                integers.append(Int(truncatingIfNeeded: bits))
                (bits, shift) = (0, 0)
            }
            guard integers.count == count, shift == 0 else {
                throw .damaged(
                    path: stored.file.path, FormatFault(.byte(stored.range.lowerBound), .network(.elementCount(count))))
            }
            return integers
        case .file(let stored):
            let bytes = try stored.bytes()
            let size = element.byteCount
            return (0..<bytes.count / size).map { index in
                let offset = index * size
                return switch element {
                case .i64, .u64, .f64: Int(truncatingIfNeeded: bytes.littleEndian(at: offset, as: UInt64.self))
                case .i32: Int(bytes.littleEndian(at: offset, as: Int32.self))
                case .u32, .f32: Int(bytes.littleEndian(at: offset, as: UInt32.self))
                case .i16: Int(bytes.littleEndian(at: offset, as: Int16.self))
                case .u16, .f16, .bf16: Int(bytes.littleEndian(at: offset, as: UInt16.self))
                case .i8: Int(Int8(bitPattern: bytes[offset]))
                case .u8: Int(bytes[offset])
                case .bool: bytes[offset] == 0 ? 0 : 1
                }
            }
        }
    }

    private func inOrder(_ values: [Float]) -> [Float] {
        guard let axes else { return values }
        var stored = shape
        for (position, axis) in axes.enumerated() { stored[axis] = shape[position] }
        let strides = StridedView.rowMajorStrides(stored)
        return StridedView(shape: shape, strides: axes.map { strides[$0] }, offset: 0).values(in: values) ?? values
    }
}
