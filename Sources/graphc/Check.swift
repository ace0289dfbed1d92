import ArgumentParser
import GraphIR
import Model

/// Reports every mistake of a model's text.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Report every mistake in a model's text, or that it is fine.",
        usage: "graphc check FILE.graph [options]",
        discussion: "graphc check Graphs/edsr.graph -D scale=3")

    @Argument(help: ArgumentHelp("A model's text, or a dump of any stage.", valueName: "file.graph"))
    var file: String

    @Option(name: [.customShort("D")], help: ArgumentHelp("Set a parameter: a number, true or false.", valueName: "name=value"))
    var definitions: [NamedValues<CompileTimeValue>] = []

    func run() throws {
        let staged = try StagedFile(file, values: definitions.merged())
        print("\(file): fine: \(try staged.checked())")
    }
}
