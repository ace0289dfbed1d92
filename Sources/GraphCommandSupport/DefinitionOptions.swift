import ArgumentParser
import GraphIR
import GraphImport
import GraphInterchange
import GraphModel
import SystemPackage

/// `-D name=value`: how a `.graph` becomes a model on the way.
public struct DefinitionOptions: ParsableArguments {
    @Option(
        name: .customShort("D"), parsing: .singleValue,
        help: ArgumentHelp("Set a parameter: a number, true or false.", valueName: "name=value"))
    var definitions: [NamedValues<CompileTimeValue>] = []

    /// No parameter is set.
    public init() {}

    /// Whether no parameter was set.
    public var isEmpty: Bool { definitions.isEmpty }

    /// All pairs of the repeated option.
    ///
    /// - Throws: when a name stands in two of them.
    public func values() throws(CommandError) -> [String: CompileTimeValue] {
        var values: [String: CompileTimeValue] = [:]
        for (name, value) in definitions.flatMap(\.values) {
            guard let first = values.updateValue(value, forKey: name) else { continue }
            throw CommandError("-D \(name)=\(first) and -D \(name)=\(value): a parameter has one value; give it once")
        }
        return values
    }

    /// A model of this program, or a network of another one.
    ///
    /// - Parameter seed: of fresh weights, for a `.graph`.
    public func model(_ path: FilePath, seed: UInt64 = 0) throws -> Model {
        if NetworkFile.isName(path), !isEmpty { throw CommandError("-D goes with a .graph file; \(path) has no parameters") }
        return try Self.imported(path, values: values()) ?? Model(contentsOf: path, values: values(), seed: seed)
    }

    /// The model of another program's file; nil where its name is that of none.
    public static func imported(_ path: FilePath, values: [String: CompileTimeValue] = [:]) throws -> Model? {
        if CheckpointImport.isName(path) {
            return try CheckpointImport(contentsOf: path, rulesIn: ShippedGraphs().folder, values: values).model()
        }
        return NetworkFile.isName(path) ? try NetworkImport(contentsOf: path).model() : nil
    }
}

extension CompileTimeValue: LosslessStringConvertible {}
