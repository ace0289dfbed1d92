import ArgumentParser
import GraphCommandSupport
import GraphModel

/// Trains models and runs them.
@main
struct GraphRun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graphrun",
        abstract: "Trains and runs models: .gpack, or .graph, compiled on the way.",
        discussion: """
            graphrun infer photo.png -o big.png
            """,
        version: "graphrun \(Release.version)",
        // In the order in which people need them.
        groupedSubcommands: [
            CommandGroup(name: "Model", subcommands: [Train.self, Infer.self, Serve.self, Eval.self, Compare.self, Bench.self]),
            CommandGroup(
                name: "Pack", subcommands: [Inspect.self, PackCommand.self, Verify.self, Diff.self, Weights.self]),
            CommandGroup(
                name: "Tool", subcommands: [Prepare.self, Resize.self, RunEntry.self, GradCheck.self, SamplePictures.self]),
        ])

    static func main() {
        runAndExit(option: trainingOption) { command in
            // All others would do the same work, and write the same files, once in each process.
            guard !(command is Train), !(command is Infer) else { return }
            try ProcessStarter().refuseSeveral("only train and infer share out work; start this once")
        }
    }
}
