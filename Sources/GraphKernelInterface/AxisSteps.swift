/// Where the elements of a tensor lie, seen along the axes of another: rows and elements of a row from one index of an
/// axis to the next. An axis along which the tensor is repeated has neither.
public struct AxisSteps: Hashable, Sendable {
    /// Of axis k in lane k.
    public var rows: SIMD8<Int64>, elements: SIMD8<Int64>

    /// Each argument is the property of its name; lanes without an axis are 0.
    public init(rows: SIMD8<Int64>, elements: SIMD8<Int64>) {
        self.rows = rows
        self.elements = elements
    }
}
