/// Everything a `.gpack` file holds: a model, its weights and, for a checkpoint, the training state.
///
/// A pack is a plain value that knows nothing of what its graph means. It holds no time, host or
/// thread count, so that equal contents give equal files. ``init(contentsOf:)`` and ``write(to:)``
/// move it to and from disk; `Docs/PackFormat.md` specifies the bytes.
public struct Pack: Hashable, Sendable {
    /// The elaborated graph in public ops, as text of the graph language: the permanent content.
    public var graphText: String
    /// The entries as `fuse` left them, as text: what ``compilerVersion`` made of ``graphText``.
    /// Another version of the compiler makes them again.
    public var compiledText: String?
    /// The version of the compiler that made ``compiledText``.
    public var compilerVersion: String
    /// The trained tensors, always in the order of their paths' UTF-8 bytes.
    public var weights: [PackedTensor] { didSet { weights.sortByPath() } }
    /// What training keeps beside the weights, as Adam's moments; in the same order.
    public var states: [PackedTensor] { didSet { states.sortByPath() } }
    /// Where training stands: step, epoch, best value, random state. Nil in a pack that is not a checkpoint.
    public var training: [String: String]?
    /// What made the weights: recipe, digest of the data, scores.
    public var metadata: [String: String]
    /// How the file stores the weights, which may round them when they are written.
    public var storage: StorageFormat

    /// Each argument is the property of its name.
    public init(
        graphText: String, compiledText: String? = nil, compilerVersion: String,
        weights: [PackedTensor] = [], states: [PackedTensor] = [],
        training: [String: String]? = nil, metadata: [String: String] = [:], storage: StorageFormat = .fp32
    ) {
        self.graphText = graphText
        self.compiledText = compiledText
        self.compilerVersion = compilerVersion
        self.weights = weights
        self.states = states
        self.training = training
        self.metadata = metadata
        self.storage = storage
        self.weights.sortByPath()
        self.states.sortByPath()
    }
}

extension Pack {
    /// What the sections of a file are called.
    enum SectionName {
        static let compiled = "compiled"
        static let compiler = "compiler"
        static let graph = "graph"
        static let metadata = "metadata"
        static let training = "training"
        static let statePrefix = "states/"
        static let weightPrefix = "weights/"

        /// Those that every pack has.
        static let required = [compiler, graph, metadata]
    }

    /// Whether a graph takes these weights: equal to that of the graph's own paths and shapes.
    public var fingerprint: Digest { .fingerprint(of: weights.map { ($0.path, $0.shape) }) }

    /// The hash of the weights' paths, shapes and values; it does not depend on how a file stores them.
    public var digest: Digest { Self.digest(of: weights) }

    /// The same of the states.
    package var statesDigest: Digest { Self.digest(of: states) }

    private static func digest(of tensors: [PackedTensor]) -> Digest {
        .weights(tensors.map { ($0.path, $0.shape, SHA256.hash(of: $0.values)) })
    }
}

/// A named tensor of floats in row-major order.
///
/// Two are equal when their bits are: a NaN equals itself, and -0 differs from 0.
public struct PackedTensor: Hashable, Sendable {
    /// The weight's path in the graph.
    public let path: String
    /// Its sizes; none for a scalar.
    public let shape: [Int]
    /// Its elements, the last dimension side by side.
    public let values: [Float]

    /// - Requires: `values` holds as many elements as `shape` says.
    public init(path: String, shape: [Int], values: [Float]) {
        precondition(valueCount(ofShape: shape) == values.count, "a tensor's values fill its shape")
        self.path = path
        self.shape = shape
        self.values = values
    }

    public static func == (left: PackedTensor, right: PackedTensor) -> Bool {
        left.path == right.path && left.shape == right.shape
            && left.values.withUnsafeBytes { leftBytes in
                right.values.withUnsafeBytes { leftBytes.elementsEqual($0) }
            }
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(path)
        hasher.combine(shape)
        values.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}

/// The number of elements of a shape, or nil where a size is negative or the product overflows.
package func valueCount(ofShape shape: [Int]) -> Int? {
    var count = 1
    for size in shape {
        guard size >= 0 else { return nil }
        let (product, overflow) = count.multipliedReportingOverflow(by: size)
        guard !overflow else { return nil }
        count = product
    }
    return count
}

extension String {
    /// Orders by UTF-8 bytes, as the files do. Swift's own order depends on its Unicode tables.
    package func precedesInBytes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}

extension [PackedTensor] {
    fileprivate mutating func sortByPath() {
        sort { $0.path.precedesInBytes($1.path) }
    }
}
