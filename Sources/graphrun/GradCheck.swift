import ArgumentParser
import GraphCommandSupport
import GraphModel
import GraphMeasuring
import SystemPackage

/// Compares gradients with difference quotients.
struct GradCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gradcheck",
        abstract: "Check gradients by finite differences.",
        usage: "graphrun gradcheck MODEL [options]",
        discussion: """
            For each weight tensor: along one random direction and at \(GradientCheck.entryCount) random
            entries. Ends with code 1 where an error is more than \(GradientCheck.bound).

            graphrun gradcheck Graphs/edsr.graph -D filters=16 -D blocks=4
            """)

    @Argument(help: "A .gpack or .graph.")
    var model: FilePath

    @Option(help: ArgumentHelp("Sizes of the inputs, as N=1,H=4,W=5.", valueName: "sizes"))
    var shape: NamedValues<Int>?

    @Option(help: "Of fresh weights, inputs and draws.")
    var seed: UInt64 = 0

    @OptionGroup var definitions: DefinitionOptions

    func run() throws {
        let start = ContinuousClock.now
        let check = try GradientCheck(definitions.model(model, seed: seed), sizes: shape?.values ?? [:], seed: seed)
        let width = check.paths.map(\.count).max() ?? 0
        print("path".padded(to: width) + "  direction    entries  redrawn")
        var worst: (path: String, error: Double) = ("", 0)
        for path in check.paths {
            let report = try check.check(path)
            let figures = [report.directionError, report.entryError].map { printed("%11.2e", $0) }.joined()
            let label = path.padded(to: width)
            StandardOutput.write(label + figures + printed("%9d", report.repeatedDraws) + "\n")
            if report.worst >= worst.error { worst = (path, report.worst) }
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let verdict = worst.error <= GradientCheck.bound
        print(
            "worst relative error \(printed("%.2e", worst.error)) at \(worst.path): "
                + (verdict ? "within \(GradientCheck.bound)" : "more than \(GradientCheck.bound)")
                + printed(", %.0f s", seconds))
        if !verdict { throw ExitCode.failure }
    }
}
