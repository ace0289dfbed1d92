import ArgumentParser
import GraphCommandSupport
import GraphModel
import SystemPackage

/// Reports every mistake of a model's text.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Report every mistake in a model's text, or that it is fine.",
        usage: "graphc check FILE.graph [options]",
        discussion: "graphc check Graphs/edsr.graph -D scale=3")

    @Argument(help: ArgumentHelp("A model's text, or a dump of any stage.", valueName: "file.graph"))
    var file: FilePath

    @OptionGroup var definitions: DefinitionOptions

    func run() throws {
        let staged = try StagedFile(file, values: definitions.values())
        print("\(file): fine: \(try staged.checked())")
    }
}
