import GraphFiles
import GraphPack
import SystemPackage

/// How the tensors of another program become those of a model: names, layouts and small sums.
///
/// A rules file is text, one rule a line, `#` begins a comment:
///
///     NAME -> PATH : step, step            what becomes of a tensor, step by step
///     NAME -> drop                         it is not needed
///     NAME -> drop if identity             and changes nothing if it is a 1×1 filter that is the identity
///
/// In a name, `{word}` stands for some characters without a point, and for the same ones in the path. Steps:
///
///     OIHW to HWIO                         a filter of PyTorch in the order of this project
///     pixel shuffle to NAME                the last dimension, groups of r² channels for each of NAME's, from
///                                          PyTorch's order of a pixel shuffle to TensorFlow's
///     plus NAME                            adds a tensor of the same shape
///     plus NAME of NAME                    adds what a filter (OIHW) makes of a picture of one colour
///     divided by NUMBER
///
/// After `of` and `plus` a list as `[1, 2, 3]` may stand for a tensor. A step that ends in `if present` is
/// left out where the file lacks a tensor that the step names.
public struct ImportRules: Hashable, Sendable {
    private let rules: [ImportRule]
    /// How errors call the file of the rules.
    private let name: FilePath

    /// Reads a rules file of at most 1 MiB.
    public init(contentsOf path: FilePath) throws(InterchangeError) {
        let text: String
        do { text = try InputFile.text(path, byteLimit: 1 << 20) } catch {
            switch error {
            case .unreadable(_, .isLarger), .unreadable(_, .isNotText): throw .notRules(path: path)
            default: throw .file(error)
            }
        }
        try self.init(text, name: path)
    }

    /// Reads rules from text; `name` is what errors call it.
    public init(_ text: String, name: FilePath) throws(InterchangeError) {
        self.name = name
        var rules: [ImportRule] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let rule = line.prefix { $0 != "#" }
            guard !rule.allSatisfy({ $0 == " " || $0 == "\t" || $0 == "\r" }) else { continue }
            do throws(FormatFault) { rules.append(try ImportRule(rule, lineNumber: index + 1)) } catch {
                throw .unusableRules(name: name, error)
            }
        }
        self.rules = rules
    }

    /// The tensors under the model's names. Every tensor of the file needs a rule.
    ///
    /// - Throws: naming the tensor that no rule names, or the rule that cannot be followed.
    public func applied(to weights: WeightFile) throws(InterchangeError) -> [PackedTensor] {
        let byName = Dictionary(weights.tensors.map { ($0.path, $0) }) { first, _ in first }
        var paths: Set<String> = []
        var results: [PackedTensor] = []
        do throws(FormatFault) {
            for tensor in weights.tensors {
                guard let (rule, words) = rules.firstMatch(for: tensor.path) else {
                    throw FormatFault(.tensor(tensor.path), .noRule(tensor: tensor.path))
                }
                guard let path = rule.path(words) else {
                    try rule.checkDropping(tensor)
                    continue
                }
                let result = try rule.applied(to: tensor, path: path, among: byName)
                guard paths.insert(path).inserted else {
                    throw FormatFault(.line(rule.lineNumber), .secondTensor(path: path, tensor: tensor.path))
                }
                results.append(result)
            }
        } catch { throw .unusableRules(name: name, error) }
        return results
    }
}

extension [ImportRule] {
    /// The first rule that names a tensor, and what its words in braces stand for.
    fileprivate func firstMatch(for name: String) -> (rule: ImportRule, words: [String: String])? {
        for rule in self {
            if let words = rule.words(in: name) { return (rule, words) }
        }
        return nil
    }
}
