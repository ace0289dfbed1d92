import ArgumentParser
import GraphFiles

extension ParsableCommand {
    /// Parses the arguments and runs the command.
    ///
    /// Exit codes: 0; 1 with one line on standard error for what went wrong, or with all mistakes of a `.graph` file;
    /// 64 and the usage for a wrong use; 128 + n after signal n.
    ///
    /// - Parameters:
    ///   - option: the option that helps against an error, beyond those that both commands know.
    ///   - willRun: called before a command runs.
    public static func runAndExit(
        option: (any Error) -> String? = { _ in nil }, willRun: (any ParsableCommand) throws -> Void = { _ in }
    ) {
        setUpProcess()
        let name = configuration.commandName ?? ""
        do {
            let arguments = CommandArguments.all
            try checkSubcommands(in: arguments)
            var command = try parseAsRoot(arguments)
            try willRun(command)
            try command.run()
            if let failure = StandardOutput.failure() { throw failure }
        } catch let error where exitCode(for: error) == .failure && !(error is ExitCode) {
            let message = errorMessage(error, command: name, option: option)
            StandardError.write(ByteScalars.shown(in: message) + "\n")
            exit(withError: ExitCode.failure)
        } catch {
            let code = exitCode(for: error)
            let message = ByteScalars.shown(in: fullMessage(for: error))
            if code == .success {
                // What was asked for, as the help.
                if !message.isEmpty { print(message) }
                if let failure = StandardOutput.failure() {
                    StandardError.write("\(name): \(failure)\n")
                    exit(withError: ExitCode.failure)
                }
            } else if !message.isEmpty {
                StandardError.write(message + "\n")
            }
            exit(withError: code)
        }
    }
}
