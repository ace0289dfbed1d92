import ArgumentParser
import GraphCommandSupport
import GraphModel

/// Compiles models, checks them and shows what the compiler makes of them.
@main
struct GraphCCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graphc",
        abstract: "Compiles models.",
        discussion: """
            graphc compile Graphs/edsr.graph -o edsr.gpack
            graphc check Graphs/edsr.graph
            graphc dump Graphs/edsr.graph --stage fused --entry predict
            """,
        version: "graphc \(Release.version)",
        subcommands: [
            // One per line, in the order in which people need them.
            Compile.self,
            Import.self,
            Export.self,
            Check.self,
            Dump.self,
            Passes.self,
        ])

    static func main() { runAndExit() }
}
