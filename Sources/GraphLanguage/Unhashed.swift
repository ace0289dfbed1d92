/// A stored value that takes no part in equality and hashing.
@propertyWrapper
public struct Unhashed<Value: Sendable>: Hashable, Sendable {
    /// The value, which two equal wrappers need not share.
    public var wrappedValue: Value

    /// Wraps a value.
    public init(wrappedValue: Value) { self.wrappedValue = wrappedValue }

    public static func == (left: Self, right: Self) -> Bool { true }
    public func hash(into hasher: inout Hasher) {}
}
