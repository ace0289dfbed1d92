/// Where the elements of a tensor lie, seen along the axes of another: rows and elements of a row from one index of an
/// axis to the next. An axis along which the tensor is repeated has neither.
public struct AxisSteps: Hashable, Sendable {
    /// Of axis k in lane k.
    public var rows: SIMD8<Int64>, elements: SIMD8<Int64>

    /// Axes that a tensor may have.
    public static let maximumRank = 8

    /// Those of one element.
    public static let none = AxisSteps(rows: SIMD8(repeating: 0), elements: SIMD8(repeating: 0))

    /// Each argument is the property of its name; lanes without an axis are 0.
    public init(rows: SIMD8<Int64>, elements: SIMD8<Int64>) {
        self.rows = rows
        self.elements = elements
    }

    /// The steps along all axes of a tensor, whose first two count rows where it is an image; nil when it has more than
    /// ``maximumRank``.
    public init?(of shape: [Int]) {
        guard shape.count <= AxisSteps.maximumRank else { return nil }
        self = .none
        var stride = 1
        for axis in shape.indices.reversed() {
            if shape.count == 4, axis < 2 {
                rows[axis] = Int64(axis == 0 ? shape[1] : 1)
            } else {
                elements[axis] = Int64(stride)
                stride *= shape[axis]
            }
        }
    }
}
