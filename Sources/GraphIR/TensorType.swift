import GraphKernelInterface

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

/// `f32` or `u8`, for all rooms that know graphs.
public typealias ElementType = GraphKernelInterface.ElementType
