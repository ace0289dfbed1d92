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

    /// How many elements a tensor of this shape holds.
    public var elementCount: Size { dimensions.reduce(Size(1)) { $0 * $1 } }

    public var description: String { "[" + dimensions.map(\.description).joined(separator: ", ") + "]" }
}
