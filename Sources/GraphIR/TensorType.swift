/// What a value is: its element type and its sizes.
public struct TensorType: Hashable, Sendable, CustomStringConvertible {
    public var element: ElementType
    public var shape: Shape

    public init(_ element: ElementType, _ shape: Shape) {
        self.element = element
        self.shape = shape
    }

    /// As in source: `f32[N, H, W, 64]`.
    public var description: String { "\(element.rawValue)\(shape)" }

    public static let scalar = TensorType(.f32, Shape([]))
}

public enum ElementType: String, Hashable, Sendable, CaseIterable {
    /// The interpreter can run it in double precision as well.
    case f32
    /// Pixels 0…255.
    case u8

    public var byteCount: Int {
        switch self {
        case .f32: 4
        case .u8: 1
        }
    }
}

/// The sizes of a tensor, outermost first. Images are `[N, H, W, C]`, filters `[height, width, in, out]`.
public struct Shape: Hashable, Sendable, CustomStringConvertible {
    public var dimensions: [Size]

    public init(_ dimensions: [Size]) { self.dimensions = dimensions }

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
