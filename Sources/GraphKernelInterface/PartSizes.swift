/// Sizes of the operands of a concatenation along its axis.
public struct PartSizes: Hashable, Sendable {
    /// Parts that a concatenation may have.
    public static let maximumCount = 16

    /// How many parts there are.
    public let count: Int
    /// Of part k in lane k, 0 behind the last.
    @usableFromInline let sizes: SIMD16<Int32>

    /// No parts.
    public static let none = PartSizes(count: 0)

    /// As many parts of size 0.
    var zeros: PartSizes { PartSizes(count: count) }

    private init(count: Int) {
        self.count = count
        sizes = SIMD16(repeating: 0)
    }

    /// nil when there are more than ``maximumCount``, or one is larger than a lane holds.
    public init?(_ sizes: [Int]) {
        guard sizes.count <= PartSizes.maximumCount else { return nil }
        var lanes = SIMD16<Int32>(repeating: 0)
        for (part, size) in sizes.enumerated() {
            guard let lane = Int32(exactly: size) else { return nil }
            lanes[part] = lane
        }
        count = sizes.count
        self.sizes = lanes
    }

    /// The size of one part.
    @inlinable
    public subscript(part: Int) -> Int { Int(sizes[part]) }

    /// The size of the whole.
    @inlinable
    public var sum: Int {
        var sum = 0
        for part in 0..<count { sum += self[part] }
        return sum
    }
}
