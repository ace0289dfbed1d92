/// All mistakes of a file, in the order of their places.
public struct Diagnostics: Error, Hashable, Sendable {
    /// The mistakes in the order in which they are reported.
    public var all: [Diagnostic]

    /// Mistakes in this order.
    public init(_ all: [Diagnostic]) { self.all = all }
}
