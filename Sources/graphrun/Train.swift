import ArgumentParser
import Glibc
import Training

/// Trains a model on a folder of pictures.
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a model on a folder of pictures.",
        usage: "graphrun train MODEL --data DATA --out OUT [options]",
        discussion: """
            graphrun train Graphs/edsr.graph -D blocks=8 --data DIV2K --out run

            MODEL is a .gpack or .graph; DATA is in DIV2K's layout, or any folder of PNGs.
            OUT gets best.gpack, last.gpack, history.csv and history.svg.
            Ctrl-C ends a run after the step and saves last.gpack.
            """)

    @OptionGroup var model: ModelOptions

    @Option(help: ArgumentHelp("The pictures.", valueName: "folder"))
    var data: String

    @Option(help: ArgumentHelp("Where the run goes.", valueName: "folder"))
    var out: String

    @Option(help: ArgumentHelp("How many at most.", valueName: "n"))
    var epochs = TrainingOptions().epochCount

    @Option(help: ArgumentHelp("Batches in an epoch.", valueName: "n"))
    var stepsPerEpoch = TrainingOptions().stepsPerEpoch

    @Option(help: ArgumentHelp("Crops in a batch.", valueName: "n"))
    var batch = TrainingOptions().batchCount

    @Option(help: ArgumentHelp("Side of a crop.", valueName: "pixels"))
    var patch = TrainingOptions().patchSide

    @Option(name: .customLong("lr"), help: ArgumentHelp("Learning rate; halves after 5000 steps.", valueName: "x"))
    var learningRate: Float = 1e-4

    @Option(help: ArgumentHelp("Of fresh weights and of the crops.", valueName: "n"))
    var seed: UInt64 = 0

    @Option(help: ArgumentHelp("Epochs to go on without better PSNR.", valueName: "n"))
    var patience = TrainingOptions().patience

    @Option(help: ArgumentHelp("Validate on at most so many.", valueName: "n"))
    var validationCrops = TrainingOptions().validationCropLimit

    @Option(help: ArgumentHelp("Memory for decoded pictures.", valueName: "MiB"))
    var cache = TrainingOptions().cacheByteCount >> 20

    @Flag(help: "Replace an earlier run in OUT.")
    var overwrite = false

    func validate() throws {
        try check(epochs, 1...1_000_000, "--epochs")
        try check(stepsPerEpoch, 1...1_000_000, "--steps-per-epoch")
        try check(batch, 1...4096, "--batch")
        try check(patch, 1...4096, "--patch")
        try check(patience, 1...1_000_000, "--patience")
        try check(validationCrops, 1...100_000, "--validation-crops")
        try check(cache, 0...1 << 30, "--cache")
        guard learningRate > 0, learningRate <= 1 else {
            throw ValidationError("--lr is \(learningRate); give a number above 0 and at most 1.")
        }
    }

    func run() throws {
        let loaded = try model.model(seed: seed)
        let pictures = try DataFolder(data, scale: TrainingInputs(loaded).scale)
        let run = try TrainingRun(
            loaded, data: pictures, options, folder: RunFolder(out, overwriting: overwrite))
        let progress = ProgressReport(
            isTerminal: StandardError.isTerminal, columnCount: StandardError.columnCount, write: StandardError.write)
        Interruption.watch()
        let end = try run.run(isInterrupted: { Interruption.signal != nil }, report: progress.show)
        switch end {
        case .finished: progress.say("finished: \(out)/best.gpack")
        case .stoppedEarly: progress.say("no better for \(patience) epochs: \(out)/best.gpack")
        case .interrupted:
            progress.say("stopped; what there is lies in \(out)")
            throw ExitCode(128 + (Interruption.signal ?? SIGINT))
        }
    }

    private var options: TrainingOptions {
        var options = TrainingOptions()
        options.epochCount = epochs
        options.stepsPerEpoch = stepsPerEpoch
        options.batchCount = batch
        options.patchSide = patch
        options.schedule.base = learningRate
        options.seed = seed
        options.patience = patience
        options.validationCropLimit = validationCrops
        options.cacheByteCount = cache << 20
        options.threadCount = model.threadCount
        return options
    }
}
