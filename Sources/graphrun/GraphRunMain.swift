import ArgumentParser
import Model

extension GraphRun {
    /// Exit codes: 0; 1 with one line on standard error for what went wrong, or with all mistakes of a
    /// .graph file; 64 for a wrong use; 128 + n after signal n.
    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch where exitCode(for: error) == .failure && !(error is ExitCode) {
            StandardError.write(errorMessage(error, command: "graphrun") + "\n")
            exit(withError: ExitCode.failure)
        } catch {
            exit(withError: error)
        }
    }
}
