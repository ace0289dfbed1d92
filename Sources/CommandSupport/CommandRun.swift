import ArgumentParser

extension ParsableCommand {
    /// Parses the arguments and runs the command.
    ///
    /// Exit codes: 0; 1 with one line on standard error for what went wrong, or with all mistakes of a `.graph` file;
    /// 64 and the usage for a wrong use; 128 + n after signal n.
    public static func runAndExit() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch where exitCode(for: error) == .failure && !(error is ExitCode) {
            StandardError.write(errorMessage(error, command: configuration.commandName ?? "") + "\n")
            exit(withError: ExitCode.failure)
        } catch {
            exit(withError: error)
        }
    }
}
