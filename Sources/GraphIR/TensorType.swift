/// What a value is: its element type and its sizes.
public struct TensorType: Hashable, Sendable, CustomStringConvertible {
    /// What an element is.
    public var element: ElementType
    /// The sizes, perhaps symbolic.
    public var shape: Shape

    /// Each argument is the property of its name.
    public init(_ element: ElementType, _ shape: Shape) {
        self.element = element
        self.shape = shape
    }

    /// As in source: `f32[N, H, W, 64]`.
    public var description: String { "\(element.rawValue)\(shape)" }

    /// One f32.
    public static let scalar = TensorType(.f32, Shape([]))
}

/// What the elements of a tensor are, as the language writes it.
public enum ElementType: String, Hashable, Sendable, CaseIterable {
    /// The interpreter can run it in double precision as well.
    case f32
    /// Pixels 0…255.
    case u8

    /// Bytes of an element.
    public var byteCount: Int {
        switch self {
        case .f32: 4
        case .u8: 1
        }
    }
}

/// The sizes of a tensor, outermost first. Images are `[N, H, W, C]`, filters `[height, width, in, out]`.
public struct Shape: Hashable, Sendable, CustomStringConvertible {
    /// The sizes, from the outermost.
    public var dimensions: [Size]

    /// Sizes from the outermost.
    public init(_ dimensions: [Size]) { self.dimensions = dimensions }

    /// How many dimensions there are.
    public var rank: Int { dimensions.count }

    /// The sizes as numbers, when all are known.
    public var constant: [Int]? {
        var numbers: [Int] = []
        for dimension in dimensions {
            guard let number = dimension.constant else { return nil }
            numbers.append(number)
        }
        return numbers
    }

    public var description: String { "[" + dimensions.map(\.description).joined(separator: ", ") + "]" }
}
