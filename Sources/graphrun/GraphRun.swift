import ArgumentParser

/// Trains models and runs them.
///
/// Exit codes: 0; 1 with one line on standard error for what went wrong; 64 for a wrong use; 128 + n
/// after signal n.
@main
struct GraphRun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graphrun",
        abstract: "Trains models and runs them.",
        discussion: """
            A model is a .gpack, or a .graph, which is compiled on the way.

            graphrun train Graphs/edsr.graph --data DIV2K --out run
            graphrun infer run/best.gpack photo.png -o big.png
            """,
        subcommands: [
            // One per line, in the order in which people need them.
            Train.self,
            Eval.self,
            Compare.self,
            SamplePictures.self,
        ])

    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch where exitCode(for: error) == .failure && !(error is ExitCode) {
            StandardError.write("graphrun: \(error)\n")
            exit(withError: ExitCode.failure)
        } catch {
            exit(withError: error)
        }
    }
}
