import ArgumentParser
import GraphCommandSupport
import GraphModel
import SystemPackage

/// Makes a pack with fresh weights of a `.graph` file.
struct Compile: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compile a model into a pack with fresh weights.",
        usage: "graphc compile FILE.graph [-o OUT.gpack] [options]",
        discussion: "graphc compile Graphs/edsr.graph -D filters=32 -D blocks=8 -o small.gpack")

    @Argument(help: ArgumentHelp("A model's text.", valueName: "file.graph"))
    var file: FilePath

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The pack. (default: the file's name, in this folder)", valueName: "out.gpack"))
    var output: OutputPath?

    @OptionGroup var definitions: DefinitionOptions

    @Option(help: "What the fresh weights are drawn from.")
    var seed: UInt64 = 0

    func run() throws {
        if let output { try checkOutput(output, replacesNoneOf: [file]) }
        let output = output?.path ?? defaultOutput
        try checkOutput(output, replacesNoneOf: [file])
        let source = try SourceText(contentsOf: file)
        let model = try Model(source: source, values: definitions.values(), seed: seed)
        try model.pack(includingState: false).write(to: output)
        print("\(output): \(model.summary)")
    }

    private var defaultOutput: FilePath {
        var name = FilePath(root: nil, [file.lastComponent ?? "model"])
        name.extension = "gpack"
        return name
    }
}
