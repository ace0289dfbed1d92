/// Weights that training leaves as they are.
public struct FrozenWeights: Hashable, Sendable {
    /// Paths of weights, or of what stands above some: `body` is above `body.0.filter`.
    public var paths: [String]

    /// - Parameter paths: none for a model that is trained whole.
    public init(_ paths: [String] = []) { self.paths = paths }

    /// Whether every weight is trained.
    public var isEmpty: Bool { paths.isEmpty }

    /// Whether the weight at a path is left as it is.
    public func contains(_ path: String) -> Bool { paths.contains { Self.lies(path, atOrBelow: $0) } }

    /// The first of the paths at which none of a model's weights lies, nor below.
    public func unknownPath(among weights: [String]) -> String? {
        paths.first { above in !weights.contains { Self.lies($0, atOrBelow: above) } }
    }

    private static func lies(_ path: String, atOrBelow above: String) -> Bool {
        path == above || path.hasPrefix(above + ".")
    }
}

extension FrozenWeights: LosslessStringConvertible {
    /// Paths with commas between them, or nothing for none; nil where one of several is empty.
    public init?(_ text: String) {
        let paths = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard text.isEmpty || !paths.contains("") else { return nil }
        self.init(text.isEmpty ? [] : paths)
    }

    public var description: String { paths.joined(separator: ",") }
}
