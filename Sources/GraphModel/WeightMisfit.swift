import GraphPack
import SystemPackage

/// How the weights of a file differ from those of a model.
public struct WeightMisfit: Hashable, Sendable {
    /// One weight that one of the two lacks, or has in another shape.
    public enum Difference: Hashable, Sendable {
        /// The file has no such weight.
        case missing(path: String)
        /// - Parameter near: a missing weight of nearly the same path.
        case unknown(path: String, near: String?)
        case shape(path: String, found: [Int], needed: [Int])
    }

    /// The file, as the caller named it.
    public var path: FilePath
    /// The model's name in its graph.
    public var model: String
    /// Of the paths and shapes of the file's weights.
    public var foundFingerprint: Digest
    /// Of the paths and shapes that the model wants.
    public var modelFingerprint: Digest
    /// All weights that differ, by path in order.
    public var differences: [Difference]

    /// Few enough to be read; of weights of another model nearly all differ.
    static let shownCount = 40
}

extension WeightMisfit: CustomStringConvertible {
    /// A line for what is wrong, and one for each difference.
    public var description: String {
        func short(_ digest: Digest) -> String { String(digest.description.prefix(12)) }
        let shown = differences.prefix(Self.shownCount).map { "\n  \($0)" }.joined()
        let rest = differences.count > Self.shownCount ? "\n  and \(differences.count - Self.shownCount) more" : ""
        return "\(path): these weights, of fingerprint \(short(foundFingerprint)), do not fit '\(model)', of "
            + "\(short(modelFingerprint)); name the model they were trained in, with its parameters:\(shown)\(rest)"
    }
}

extension WeightMisfit.Difference: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missing(let path): "@\(path) is missing"
        case .unknown(let path, let near): "@\(path) is not in the model\(near.map { "; did you mean @\($0)?" } ?? "")"
        case .shape(let path, let found, let needed): "@\(path) is \(found), the model needs \(needed)"
        }
    }
}
