import GraphFiles
import GraphPack
import SystemPackage

/// How the tensors of another program become those of a model: names, layouts and small sums.
///
/// A rules file is text, one rule a line, `#` begins a comment:
///
///     NAME -> PATH : step, step            what becomes of a tensor, step by step
///     NAME of rank 1 -> PATH               of a tensor of one dimension alone
///     [1, 2, 3] -> PATH                    a tensor that no file has
///     NAME -> drop                         it is not needed
///     NAME -> drop if identity             and changes nothing if it is a 1×1 filter that is the identity
///
/// In a name, `{word}` stands for some characters without a point, and for the same ones in the path. Steps:
///
///     OIHW to HWIO                         a filter of PyTorch in the order of this project
///     pixel shuffle to NAME                the last dimension, groups of r² channels for each of NAME's, from
///                                          PyTorch's order of a pixel shuffle to TensorFlow's
///     pixel shuffle to 3 channels          the same, of so many channels
///     pixel unshuffle from NAME            of a filter HWIO, what goes in, from PyTorch's order to TensorFlow's
///     plus NAME                            adds a tensor of the same shape
///     plus NAME of NAME                    adds what a filter (OIHW) makes of a picture of one colour
///     divided by NUMBER
///
/// After `of` and `plus` a list as `[1, 2, 3]` may stand for a tensor. A step that ends in `if present` is
/// left out where the file lacks a tensor that the step names.
///
/// Lines before the rules say which model they are for, and how its parameters are read from names and shapes:
///
///     graph srvgg.graph                    a file beside the rules
///     when body.0.weight, body.1.weight    what follows is for files that have such tensors; one file of rules may
///                                          know several layouts
///     filters = size(body.0.weight, 0)     a parameter of the graph, or a number that later lines name
///
/// (`RuleExpression` has what may stand behind `=`.) A name in braces that a line gives a number stands for that number alone.
/// What programs put around a state dict (`module.`, `params_ema.`, `state_dict.`) is looked through: names begin where those
/// behind `when` do, and what begins otherwise is passed over. Of several the averaged weights are taken.
public struct ImportRules: Hashable, Sendable {
    /// What the rules become, and from what.
    private struct Layout: Hashable {
        var wanted: [NamePattern] = []
        var wantedText = ""
        var numbers: [Number] = []
        var rules: [ImportRule] = []
        /// Tensors that no file has.
        var constants: [PackedTensor] = []
    }

    private struct Number: Hashable {
        var name: String
        var expression: RuleExpression
        var lineNumber: Int
    }

    private var layouts: [Layout] = []
    /// The file of the graph that the rules are for, beside the rules; nil where they do not say.
    public private(set) var graph: String?
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
        let lines = (text.first == "\u{FEFF}" ? text.dropFirst() : text[...]).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            let content = line.prefix { $0 != "#" }.trimmed
            guard !content.isEmpty else { continue }
            do throws(FormatFault) { try add(content, lineNumber: index + 1) } catch {
                throw .unusableRules(name: name, error)
            }
        }
    }

    private mutating func add(_ line: String, lineNumber: Int) throws(FormatFault) {
        func after(_ start: String) -> String? { line.hasPrefix(start) ? line.dropFirst(start.count).trimmed : nil }
        if let graph = after("graph "), line[...].firstRange(ofText: "->") == nil {
            self.graph = graph
            return
        }
        if let names = after("when "), line[...].firstRange(ofText: "->") == nil {
            let patterns = names.split(separator: ",").map { NamePattern($0.trimmed) }
            layouts.append(Layout(wanted: patterns, wantedText: names))
            return
        }
        if layouts.isEmpty { layouts.append(Layout()) }
        if line[...].firstRange(ofText: "->") == nil, let sign = line.firstIndex(of: "=") {
            let name = line[..<sign].trimmed
            guard let expression = RuleExpression(line[line.index(after: sign)...].trimmed), !name.isEmpty else {
                throw FormatFault(.line(lineNumber), .unknownLine(line))
            }
            layouts[layouts.count - 1].numbers.append(Number(name: name, expression: expression, lineNumber: lineNumber))
            return
        }
        if line.hasPrefix("["), let arrow = line[...].firstRange(ofText: "->") {
            guard let values = ImportRule.values(line[..<arrow.lowerBound].trimmed) else {
                throw FormatFault(.line(lineNumber), .unknownLine(line))
            }
            let path = line[arrow.upperBound...].trimmed
            layouts[layouts.count - 1].constants.append(PackedTensor(path: path, shape: [values.count], values: values))
            return
        }
        layouts[layouts.count - 1].rules.append(try ImportRule(line[...], lineNumber: lineNumber))
    }

    /// A file's weights as a model's.
    public struct Result: Hashable, Sendable {
        /// Under the model's names.
        public var tensors: [PackedTensor]
        /// What the names and shapes say of the model.
        public var numbers: [String: Double]
        /// What stands before the names in the file.
        public var prefix: String
    }

    /// The tensors under the model's names. Every tensor of the layout needs a rule.
    ///
    /// - Throws: naming the tensor that no rule names, or the rule that cannot be followed.
    public func applied(to weights: WeightFile) throws(InterchangeError) -> Result {
        guard let (layout, prefix) = fit(weights) else {
            let wanted = layouts.map(\.wantedText).joined(separator: "' or '")
            throw .unusableRules(name: name, FormatFault(.names, .noLayout(wanted: wanted)))
        }
        let tensors = weights.tensors.filter { $0.path.hasPrefix(prefix) }.map { tensor in
            PackedTensor(path: String(tensor.path.dropFirst(prefix.count)), shape: tensor.shape, values: tensor.values)
        }
        let byName = Dictionary(tensors.map { ($0.path, $0) }) { first, _ in first }
        let shapes = byName.mapValues(\.shape)
        var numbers: [String: Double] = [:]
        var paths: Set<String> = []
        var results: [PackedTensor] = []
        do throws(FormatFault) {
            for number in layout.numbers {
                guard let value = number.expression.value(numbers, shapes) else {
                    throw FormatFault(.line(number.lineNumber), .noNumber(number.name))
                }
                numbers[number.name] = value
            }
            for tensor in tensors {
                guard let (rule, words) = layout.rules.firstMatch(for: tensor, numbers) else {
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
        return Result(tensors: results + layout.constants, numbers: numbers, prefix: prefix)
    }

    /// Whether the file has the tensors that one of the layouts begins with.
    public func fits(_ weights: WeightFile) -> Bool { fit(weights) != nil }

    /// The layout that a file has, and what stands before its names.
    private func fit(_ weights: WeightFile) -> (Layout, prefix: String)? {
        let names = weights.tensors.map(\.path)
        for layout in layouts {
            guard let first = layout.wanted.first else { return (layout, "") }
            var prefixes: Set<String> = []
            for name in names {
                // Names end where the one sought does.
                for start in Self.starts(of: name) where first.words(in: String(name[start...])) != nil {
                    prefixes.insert(String(name[..<start]))
                }
            }
            let fitting = prefixes.filter { prefix in
                layout.wanted.allSatisfy { pattern in
                    names.contains { $0.hasPrefix(prefix) && pattern.words(in: String($0.dropFirst(prefix.count))) != nil }
                }
            }
            if let best = fitting.min(by: { Self.rank($0) < Self.rank($1) }) { return (layout, best) }
        }
        return nil
    }

    /// Where a name may begin: at its own start, and behind each of its first points.
    private static func starts(of name: String) -> [String.Index] {
        [name.startIndex] + name.indices.filter { name[$0] == "." }.prefix(4).map { name.index(after: $0) }
    }

    /// Averaged weights before others, short prefixes before long ones.
    private static func rank(_ prefix: String) -> (Int, Int, String) {
        (prefix.contains("ema") ? 0 : 1, prefix.count, prefix)
    }
}

extension [ImportRule] {
    /// The first rule that is for a tensor, and what its words in braces stand for.
    fileprivate func firstMatch(
        for tensor: PackedTensor, _ numbers: [String: Double]
    ) -> (rule: ImportRule, words: [String: String])? {
        for rule in self {
            if let words = rule.words(in: tensor, numbers) { return (rule, words) }
        }
        return nil
    }
}
