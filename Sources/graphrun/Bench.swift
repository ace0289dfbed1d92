import ArgumentParser
import GraphEnlarging
import GraphCompiler
import GraphModel
import GraphTraining
import GraphMeasuring
import SystemPackage

/// Measures how fast a model runs.
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure how fast a model runs.",
        usage: "graphrun bench [MODEL] [options]",
        discussion: """
            graphrun bench edsr.gpack --workload photo --threads 2

            Workloads: tile (128x128), photo (339x510), patches (16x24x24), step (one
            training step on such patches), or sizes. GFLOP/s count multiplications and
            additions of direct convolution; peak is what registers alone reach.
            """)

    @OptionGroup var model: ModelOptions

    @Option(help: ArgumentHelp("A name, HxW or NxHxW: rows x columns.", valueName: "what"))
    var workload = Workload.named[0]

    @Option(help: "How convolutions are computed.")
    var algorithm: ConvolutionAlgorithm = .best

    @Option(help: ArgumentHelp("Runs that count, after one that does not.", valueName: "n"))
    var runs = 10

    @Option(help: ArgumentHelp("Input rows worked on at a time; 0 for all. (default: what is fastest)", valueName: "rows"))
    var bands: Int?

    @Option(help: ArgumentHelp("Time training steps fed from pictures, too.", valueName: "folder"))
    var data: FilePath?

    @Flag(help: "Time each step, too, on one thread.")
    var profile = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        try model.checkNoPictures()
        try check(runs, 1...10_000, "--runs")
        try check(bands ?? 0, 0...1_000_000, "--bands")
        if workload.role != .train, data != nil {
            throw ValidationError("--data goes with --workload step.")
        }
        if workload.role == .train, bands != nil {
            throw ValidationError("--bands goes with inference; a training step works on whole images.")
        }
    }

    func run() throws {
        let loaded = try model.model()
        let measurement = try loaded.measure(
            workload, threadCount: model.threadCount, bands: Bands(option: bands), algorithm: algorithm, runCount: runs)
        let profile =
            profile ? try loaded.profile(workload, bands: Bands(option: bands), algorithm: algorithm, runCount: runs) : nil
        let report = BenchReport(
            workload, threads: model.threadCount, algorithm, measurement, profile, try data.map { try loader(loaded, $0) })
        print(json ? try report.json() : report.text)
    }

    private func loader(_ model: Model, _ folder: FilePath) throws -> LoaderMeasurement {
        let inputs = try TrainingInputs(model)
        var recipe = Recipe()
        recipe.batchCount = workload.imageCount
        recipe.patchSide = inputs.scale * workload.height
        recipe.algorithm = algorithm
        var options = RunOptions()
        options.threadCount = self.model.threadCount
        return try LoaderMeasurement(model, TrainingData([folder], for: inputs), recipe, options, pairCount: runs)
    }
}

extension Workload: ExpressibleByArgument {}

extension Bands {
    /// `--bands`: nil for what is fastest, 0 for whole images.
    init(option rows: Int?) { self = rows.map { $0 == 0 ? .whole : .rows($0) } ?? .automatic }
}
