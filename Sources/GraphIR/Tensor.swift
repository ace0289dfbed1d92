/// Values with a shape, in row-major order: what reference implementations take and make.
///
/// Elements of `u8` tensors are held as whole numbers 0…255.
public struct Tensor<Scalar: EvaluationScalar>: Hashable, Sendable {
    /// Its sizes; none for a scalar.
    public var shape: [Int]
    /// Its elements, the last dimension side by side.
    public var values: [Scalar]

    /// - Requires: `values` holds as many elements as `shape` says.
    public init(shape: [Int], values: [Scalar]) {
        precondition(values.count == shape.reduce(1, *), "a tensor's values fill its shape")
        self.shape = shape
        self.values = values
    }

    /// A tensor of one value.
    public init(shape: [Int], repeating value: Scalar) {
        self.shape = shape
        values = Array(repeating: value, count: shape.reduce(1, *))
    }

    /// A tensor without dimensions.
    public static func scalar(_ value: Scalar) -> Tensor { Tensor(shape: [], values: [value]) }
}
