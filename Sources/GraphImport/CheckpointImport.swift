import GraphFiles
import GraphIR
import GraphInterchange
import GraphLanguage
import GraphModel
import GraphPack
import SystemPackage

/// A file of weights as a model: rules beside a graph say which names and shapes make it.
///
///     let checkpoint = try CheckpointImport(contentsOf: "RealESRGAN_x4plus.pth", rulesIn: "Graphs")
///     let model = try checkpoint.model()
public struct CheckpointImport: ImportedModel {
    /// The graph's text, in which parameters that the weights decide are as they say.
    public let source: SourceText
    /// By the paths of the text.
    public let weights: [PackedTensor]
    /// What was decided: each a sentence without a point.
    public let notes: [String]

    /// The file.
    public let path: FilePath

    /// Whether a file's name is that of weights.
    public static func isName(_ path: FilePath) -> Bool {
        ["pth", "pt", "ckpt", "safetensors", "npz"].contains(path.extension)
    }

    /// Reads `.pth`, `.safetensors` or `.npz`.
    ///
    /// - Parameters:
    ///   - folder: of graphs with rules beside them.
    ///   - values: of the graph's parameters, where not as the weights say.
    public init(
        contentsOf path: FilePath, rulesIn folder: FilePath, values: [String: CompileTimeValue] = [:]
    ) throws(ImportError) {
        self.path = path
        let file: WeightFile
        let found: (rules: ImportRules, graph: String)?
        let result: ImportRules.Result
        do throws(InterchangeError) {
            file = try WeightFile(contentsOf: path)
            found = try Self.rules(for: file, in: folder)
        } catch { throw .interchange(error) }
        guard let found else {
            throw .noRules(path: path, folder: folder, examples: file.tensors.prefix(3).map(\.path))
        }
        do { result = try found.rules.applied(to: file) } catch { throw .interchange(error) }
        weights = result.tensors
        let graphPath = folder.appending(found.graph)
        let read = result.numbers.mapValues { number in
            Int(exactly: number).map { CompileTimeValue.int($0) } ?? .float(number)
        }
        let settings: [String]
        do throws(ModelError) {
            let text = try SourceText(contentsOf: graphPath)
            var syntax = try text.parsed()
            settings = Self.set(read.merging(values) { $1 }, in: &syntax)
            source = SourceText(SyntaxPrinter.print(syntax), name: graphPath.shown)
        } catch { throw .model(error) }
        var notes = ["it is \(found.graph)\(settings.isEmpty ? "" : " with \(settings.joined(separator: ", "))")"]
        if !result.prefix.isEmpty { notes.append("names of its tensors begin behind '\(result.prefix)'") }
        if !file.leftOut.isEmpty { notes.append("left out, as no weights: \(file.leftOut.joined(separator: ", "))") }
        self.notes = notes
    }

    /// The rules of a folder that know a file's tensors, the first by name.
    private static func rules(
        for file: WeightFile, in folder: FilePath
    ) throws(InterchangeError) -> (rules: ImportRules, graph: String)? {
        let names: [FilePath.Component]
        do { names = try Folder(folder).names } catch { throw .file(error) }
        for name in names where name.extension == "rules" {
            let rules = try ImportRules(contentsOf: folder.appending(name))
            if let graph = rules.graph, rules.fits(file) { return (rules, graph) }
        }
        return nil
    }

    /// Gives parameters of the graph their values as defaults; what the graph does not have served the rules alone.
    ///
    /// - Returns: what was set, as text.
    private static func set(_ values: [String: CompileTimeValue], in file: inout SourceFile) -> [String] {
        var settings: [String] = []
        for index in file.declarations.indices where file.declarations[index].keyword == .graph {
            for place in file.declarations[index].parameters.indices {
                let name = file.declarations[index].parameters[place].name.text
                guard let value = values[name] else { continue }
                file.declarations[index].parameters[place].defaultValue = value.syntax
                settings.append("\(name) = \(value)")
            }
        }
        return settings
    }
}

extension CompileTimeValue {
    fileprivate var syntax: Expression {
        switch self {
        case .int(let number): .number(Double(number))
        case .float(let number): .number(number)
        case .bool(let value): Expression(.boolean(value), at: .none)
        }
    }
}
