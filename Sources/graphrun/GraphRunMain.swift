import ArgumentParser

extension GraphRun {
    /// Exit codes: 0; 1 with one line on standard error for what went wrong; 64 for a wrong use; 128 + n
    /// after signal n.
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
