import ArgumentParser

extension ParsableCommand {
    /// Parses the arguments and runs the command.
    ///
    /// Exit codes: 0; 1 with one line on standard error for what went wrong, or with all mistakes of a `.graph` file;
    /// 64 and the usage for a wrong use; 128 + n after signal n.
    ///
    /// - Parameter option: the option that helps against an error, beyond those that both commands know.
    public static func runAndExit(option: (any Error) -> String? = { _ in nil }) {
        do {
            try checkSubcommands(in: Array(CommandLine.arguments.dropFirst()))
            var command = try parseAsRoot()
            try command.run()
        } catch let error where exitCode(for: error) == .failure && !(error is ExitCode) {
            StandardError.write(errorMessage(error, command: configuration.commandName ?? "", option: option) + "\n")
            exit(withError: ExitCode.failure)
        } catch {
            exit(withError: error)
        }
    }
}
