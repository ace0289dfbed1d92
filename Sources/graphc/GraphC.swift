import ArgumentParser
@preconcurrency import Glibc
import Model

/// Compiles models, checks them and shows what the compiler makes of them.
@main
struct GraphC: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graphc",
        abstract: "Compiles models.",
        discussion: """
            graphc compile Graphs/edsr.graph -o edsr.gpack
            graphc check Graphs/edsr.graph
            graphc dump Graphs/edsr.graph --stage fused --entry predict
            """,
        subcommands: [
            // One per line, in the order in which people need them.
            Compile.self,
            Check.self,
            Dump.self,
        ])

    /// Mistakes in how the command is used end with code 64 and its usage, all others with code 1 and one line.
    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            if exitCode(for: error) == .failure, !(error is ExitCode) {
                fputs(errorMessage(error, command: "graphc") + "\n", stderr)
                exit(withError: ExitCode.failure)
            }
            exit(withError: error)
        }
    }
}

extension NamedValues: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
