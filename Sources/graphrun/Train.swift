import ArgumentParser
import Glibc
import GraphCommandSupport
import GraphCompiler
import GraphModel
import GraphRuntime
import GraphTraining
import SystemPackage

/// Trains a model on folders of pictures.
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a model on folders of pictures.",
        usage: "graphrun train MODEL --data DIR --out DIR [options]",
        discussion: """
            graphrun train Graphs/edsr.graph --data DIV2K --out run
            graphrun train --resume run          go on after Ctrl-C, kill or power cut

            DATA is in DIV2K's layout or a folder of PNGs. OUT gets best.gpack, last.gpack
            (the checkpoint), history.csv, history.svg and times.csv. The defaults are
            --recipe tutorial:
              length    --epochs 50 --steps-per-epoch 200 --patience 10
              batches   --batch 16 --lanes 1 --patch 96 --seed 0 --cache 2G
              inputs    --input guide=DIR --input strength=0.5, where the model takes more
                        than pictures: DIR holds one of the name of each true picture;
                        --input strength=noise is the noise that --degrade draws
              pictures  --degrade blur=0.2..1.5,resize=any,shot=0..2,noise=0..10,jpeg=40..95
              rate      --lr 1e-4 --lr-schedule 5000:5e-5|cosine|constant --warmup 0
              by        --optimizer adam|adamw|adan --weight-decay 0.01
              weights   --clip-norm inf --ema 0, --init OTHER.gpack by name,
                        --freeze head,body.0: which stay as they are
              steps     --algorithm best|separate|direct: how convolutions are computed
                        --instruction-set portable|avx2|avx512: by which instructions
              measures  --validation crops|images --validation-crops 60 --monitor psnr|loss
              files     --checkpoint-every 500|10m --overwrite --log text|json
            """)

    @Argument(help: .hidden)
    var model: FilePath?

    @Option(help: ArgumentHelp("The pictures; repeat it to mix folders.", valueName: "folder"))
    var data: [FilePath] = []

    @Option(name: .customLong("input"), help: .hidden) var extras: [ExtraArgument] = []

    @Option(help: ArgumentHelp("Where a new run goes.", valueName: "folder"))
    var out: FilePath?

    @Option(help: ArgumentHelp("A run to go on with.", valueName: "folder"))
    var resume: FilePath?

    @OptionGroup var definitions: DefinitionOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var recipe: RecipeOptions

    @Option(name: .customLong("init"), help: .hidden) var initialWeights: FilePath?
    @Option(help: .hidden) var cache: ByteCount?
    @Option(help: .hidden) var checkpointEvery: CheckpointInterval?
    @Option(help: .hidden) var instructionSet = InstructionSet.best
    @Option(help: .hidden) var log = Log.text
    @Flag(help: .hidden) var overwrite = false

    enum Log: String, ExpressibleByArgument {
        /// For people, on the standard error.
        case text
        /// A line of JSON for each event, on the standard output.
        case json
    }

    func validate() throws {
        if resume != nil {
            guard model == nil, out == nil, initialWeights == nil, !overwrite, definitions.isEmpty else {
                throw ValidationError(
                    "--resume takes no model, -D, --out, --init or --overwrite: a run goes on as it began.")
            }
            try recipe.refuseChanges()
        } else {
            guard model != nil else { throw ValidationError("Name a model, or a run to go on with by --resume.") }
            guard !data.isEmpty else { throw ValidationError("Name a folder of pictures by --data.") }
            guard out != nil else { throw ValidationError("Name a folder for the run by --out.") }
        }
    }

    func run() throws { try onRanks(train) }

    private func train(on ranks: any RankGroup) throws {
        let (run, folder, notes) = try ranks.preparing {
            let (folder, start, notes) = try resume.map(resumed) ?? begun()
            let pictures = try pictures(of: start)
            return (try TrainingRun(start, data: pictures, options, folder: folder, ranks: ranks), folder, notes)
        }
        // A run is never ended half way; before it begins, as while its program is made, there is nothing to lose.
        Interruption.watch()
        let progress = ProgressReport(
            isTerminal: StandardError.isTerminal, columnCount: StandardError.columnCount, write: StandardError.write)
        let isText = log == .text
        let report = { @Sendable (event: TrainingEvent) in
            let event = event.namingOption
            defer { if case .notFinite = event { Interruption.endWatch() } }
            if isText { progress.show(event) } else if let line = event.json { StandardOutput.write(line + "\n") }
        }
        if ranks.isFirst { for note in notes { report(note) } }
        let end = try run.run(isInterrupted: { Interruption.signal != nil }, report: report)
        if !ranks.isFirst {
            // The first rank tells.
        } else if isText {
            progress.say(words(end, folder))
        } else {
            StandardOutput.write(end.json + "\n")
        }
        if end == .interrupted { throw ExitCode(128 + (Interruption.signal ?? SIGINT)) }
    }

    /// The folder and the beginning of a new run, and what it should tell.
    private func begun() throws -> (RunFolder, Checkpoint, [TrainingEvent]) {
        let recipe = recipe.values
        let folder = try RunFolder(out ?? "", overwriting: overwrite)
        var notes: [TrainingEvent] = []
        var loaded = try definitions.model(model ?? "", seed: recipe.seed)
        if let initialWeights {
            let foreign = try DefinitionOptions.imported(initialWeights)?.pack(includingState: false)
            let weights =
                if let foreign { try InitialWeights(of: foreign, named: initialWeights, for: loaded) } else {
                    try InitialWeights(contentsOf: initialWeights, for: loaded)
                }
            try weights.apply(to: &loaded)
            notes.append(.note(weights.report))
        }
        let extras = try ExtraArguments(extras).checked(TrainingInputs(loaded).enlargement.extras)
        return (folder, try Checkpoint(beginning: loaded, recipe, dataPaths: data, extras: extras), notes)
    }

    /// The folder of a run, where it was saved, and what it should tell.
    private func resumed(_ path: FilePath) throws -> (RunFolder, Checkpoint, [TrainingEvent]) {
        let folder = try RunFolder(resuming: path)
        var checkpoint = try Checkpoint(contentsOf: folder.lastPath)
        // A run that goes on may be given more epochs and more patience; everything else is as it began.
        let note = try checkpoint.extend(epochCount: recipe.epochs, patience: recipe.patience)
        for argument in try ExtraArguments(extras).each {
            guard case .path(let path) = argument.value, checkpoint.extras.folders[argument.name] != nil else {
                throw CommandError(
                    "--input \(argument.name): a run goes on as it began; only a folder of pictures that is elsewhere now can be named"
                )
            }
            checkpoint.extras.folders[argument.name] = path
        }
        return (folder, checkpoint, note.map { [$0] } ?? [])
    }

    private func pictures(of start: Checkpoint) throws -> TrainingData {
        do {
            return try TrainingData(
                data.isEmpty ? start.dataPaths : data, for: TrainingInputs(start.model), extras: start.extras)
        } catch {
            guard resume != nil, data.isEmpty, extras.isEmpty else { throw error }
            let option = start.extras.folders.isEmpty ? "--data" : "--data and --input"
            throw CommandError("\(error); if the pictures are elsewhere now, name their folders by \(option)")
        }
    }

    private func words(_ end: TrainingRun.End, _ folder: RunFolder) -> String {
        switch end {
        case .finished: "finished: \(folder.bestPath)"
        case .stoppedEarly: "no longer better: \(folder.bestPath)"
        case .interrupted:
            folder.holdsCheckpoint
                ? "stopped; go on with graphrun train --resume \(folder.path)" : "stopped before the first step"
        }
    }

    private var options: RunOptions {
        var options = RunOptions()
        if let cache { options.cacheByteCount = cache.count }
        options.checkpointInterval = checkpointEvery
        options.instructionSet = instructionSet
        options.threadCount = threads.count
        return options
    }
}

extension TrainingEvent {
    /// With the option that helps.
    fileprivate var namingOption: TrainingEvent {
        guard let note else { return self }
        switch self {
        case .smallCache: return .note("\(note) (--cache)")
        case .otherRates(_, _, _, let epochCount): return .note("\(note) (--epochs \(epochCount), --out)")
        case .otherInstructionSet(let before, _)
        where InstructionSet(rawValue: before).map(InstructionSet.runnable.contains) ?? false:
            return .note("\(note) (--instruction-set \(before))")
        default: return self
        }
    }
}

extension CheckpointInterval: ExpressibleByArgument {
    /// The value of an option; nil where it has no such value.
    public init?(argument: String) { self.init(argument) }

    /// What a message about another value shows.
    public static var allValueStrings: [String] { ["500", "10m"] }
}
