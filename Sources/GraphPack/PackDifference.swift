import GraphBasics
import GraphFiles

/// What differs between two packs: which tensors and by how much, which texts, which words.
public struct PackDifference: Hashable, Sendable {
    /// What became of one tensor.
    public enum Change: Hashable, Sendable {
        case onlyInFirst
        case onlyInSecond
        /// The sizes in the first pack and in the second.
        case otherShape(first: [Int], second: [Int])
        /// - Parameters:
        ///   - count: how many values differ, of all.
        ///   - largest: the largest magnitude of a difference; infinite where one is not a number.
        ///   - relative: the root of the mean squared difference, relative to that of the first tensor's values.
        case otherValues(count: Int, of: Int, largest: Float, relative: Double)
    }

    /// A tensor that is not the same in both.
    public struct Tensor: Hashable, Sendable {
        /// As `weights/head.filter`.
        public var name: String
        /// How it differs.
        public var change: Change
    }

    /// Tensors that differ, by path in order.
    public var tensors: [Tensor]
    /// Of `graph`, `compiled`, `compiler` and `storage` those that differ.
    public var texts: [String]
    /// As `metadata step: 100, 200`.
    public var words: [String]

    /// Whether both packs hold the same.
    public var isEmpty: Bool { tensors.isEmpty && texts.isEmpty && words.isEmpty }

    /// Compares the contents, whatever the storage.
    public init(_ first: Pack, _ second: Pack) {
        tensors =
            Self.tensors(Pack.SectionName.statePrefix, first.states, second.states)
            + Self.tensors(Pack.SectionName.weightPrefix, first.weights, second.weights)
        texts = []
        if first.graphText != second.graphText { texts.append("graph") }
        if first.compiledText != second.compiledText { texts.append("compiled") }
        if first.compilerVersion != second.compilerVersion { texts.append("compiler") }
        if first.storage != second.storage { texts.append("storage") }
        words =
            Self.words("metadata", first.metadata, second.metadata)
            + Self.words("training", first.training ?? [:], second.training ?? [:])
    }
}

extension PackDifference {
    private static func tensors(_ prefix: String, _ first: [PackedTensor], _ second: [PackedTensor]) -> [Tensor] {
        let secondByPath = Dictionary(second.map { ($0.path, $0) }) { first, _ in first }
        let firstPaths = Set(first.map(\.path))
        let changed = first.compactMap { tensor in
            change(tensor, secondByPath[tensor.path]).map { Tensor(name: prefix + tensor.path, change: $0) }
        }
        let added = second.filter { !firstPaths.contains($0.path) }
            .map { Tensor(name: prefix + $0.path, change: .onlyInSecond) }
        return (changed + added).sorted { $0.name.precedesInBytes($1.name) }
    }

    private static func change(_ first: PackedTensor, _ second: PackedTensor?) -> Change? {
        guard let second else { return .onlyInFirst }
        guard first.shape == second.shape else { return .otherShape(first: first.shape, second: second.shape) }
        guard first != second else { return nil }
        var (count, squaredDifferences, squares) = (0, 0.0, 0.0)
        for (a, b) in zip(first.values, second.values) {
            squares += Double(a) * Double(a)
            if a.bitPattern != b.bitPattern {
                count += 1
                squaredDifferences += (Double(a) - Double(b)) * (Double(a) - Double(b))
            }
        }
        return .otherValues(
            count: count, of: first.values.count, largest: first.largestDifference(from: second),
            relative: (squaredDifferences / squares).squareRoot())
    }

    private static func words(_ title: String, _ first: [String: String], _ second: [String: String]) -> [String] {
        Set(first.keys).union(second.keys).sorted { $0.precedesInBytes($1) }
            .filter { first[$0] != second[$0] }
            .map { "\(title) \($0.shown): \((first[$0] ?? "none").shown), \((second[$0] ?? "none").shown)" }
    }
}

extension PackDifference: CustomStringConvertible {
    /// One line for each difference.
    public var description: String {
        guard !isEmpty else { return "no difference" }
        let lines = tensors.map { tensor in
            switch tensor.change {
            case .onlyInFirst: "\(tensor.name): only in the first"
            case .onlyInSecond: "\(tensor.name): only in the second"
            case .otherShape(let first, let second): "\(tensor.name): \(first), \(second)"
            case .otherValues(let count, let all, let largest, let relative):
                "\(tensor.name): \(count) of \(all) values, by at most \(shortText(largest)), "
                    + "relative \(shortText(Float(relative)))"
            }
        }
        return (texts.map { "\($0): differs" } + words + lines).joined(separator: "\n")
    }
}
