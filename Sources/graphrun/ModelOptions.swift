import ArgumentParser
import GraphBasics
import GraphCommandSupport
import GraphCompiler
import GraphFiles
import GraphIR
import GraphImport
import GraphInterchange
import GraphModel
import GraphRuntime
import SystemPackage

/// The model that a command uses, which is one of those that ship unless it is named; the pictures it is used on; and
/// how many threads it may use.
struct ModelOptions: ParsableArguments {
    @OptionGroup var named: NamedModelOptions

    @Option(help: ArgumentHelp("Of the model that ships. (default: 4)", valueName: "n"))
    var scale: Int?

    var threadCount: Int { named.threadCount }

    var pictures: [FilePath] { named.pictures }

    func validate() throws {
        if let model = named.path, scale != nil {
            throw ValidationError("--scale chooses a model that ships; \(model) has its own scale.")
        }
    }

    /// For a command that takes no pictures by name.
    func checkNoPictures() throws {
        if let other = pictures.first { throw ValidationError("\(other) is no model: those end in .gpack or .graph.") }
    }

    /// The path of the model.
    func path() throws(CommandError) -> FilePath {
        if let path = named.path { return path }
        return try ShippedModels().path(scale: scale ?? ShippedModels.defaultScale, of: named.family ?? .faithful)
    }

    func model() throws -> Model { try named.model(path()) }
}

/// The model that is named, if one is; the pictures it is used on; and how many threads it may use.
struct NamedModelOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("A model, and pictures.", visibility: .hidden))
    var operands: [FilePath] = []

    @Option(
        name: [.customLong("model"), .customShort("n")],
        help: ArgumentHelp(
            "MODEL by its path, or by the name of one that ships: faithful, photo, fast, or as edsr-x2.", valueName: "name"))
    var model: FilePath?

    @OptionGroup var definitions: DefinitionOptions
    @OptionGroup var threads: ThreadOptions

    var threadCount: Int { threads.count }

    var pictures: [FilePath] { operands.filter { !Self.isModel($0) } }

    /// The family of models that ship that is named.
    var family: ShippedModels.Family? { model.flatMap { ShippedModels.Family(rawValue: $0.shown) } }

    /// The one model that is named.
    var path: FilePath? {
        guard family == nil else { return nil }
        return model.map { ShippedModels().path(named: $0) } ?? operands.first(where: Self.isModel)
    }

    private static func isModel(_ path: FilePath) -> Bool {
        ["gpack", "graph"].contains(path.extension) || NetworkFile.isName(path) || CheckpointImport.isName(path)
    }

    func validate() throws {
        let models = operands.filter(Self.isModel) + [model].compactMap(\.self)
        guard models.count <= 1 else { throw ValidationError("\(models[0]) and \(models[1]): name one model.") }
        if let model, family == nil, !Self.isModel(model), let path, !FileStatus.exists(path) {
            let names = ShippedModels.Family.allCases.map(\.rawValue)
            throw ValidationError(
                "--model \(model): there is no such file, and no such model ships; \(names.joined(separator: ", ")) do, and those "
                    + "in Models.")
        }
        if models.isEmpty, !definitions.isEmpty { throw ValidationError("-D goes with a .graph file; name one.") }
    }

    func model(_ path: FilePath) throws -> Model { try definitions.model(path) }
}

struct ThreadOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Threads. (default: all processors)", valueName: "n"))
    var threads: Int?

    var count: Int { threads ?? availableProcessorCount() }

    func validate() throws {
        try check(threads ?? 1, 1...1024, "--threads")
    }
}

/// A wrong use, in one line, unless the number lies in its range.
func check<Number: Comparable>(_ number: Number, _ range: ClosedRange<Number>, _ option: String) throws {
    guard range.contains(number) else {
        throw ValidationError("\(option) is \(number); give \(range.lowerBound) to \(range.upperBound).")
    }
}
