import ArgumentParser
import GraphCommandSupport
import GraphCompiler
import GraphEnlarging
import GraphFiles
import GraphImaging
import GraphModel
import GraphPack
import GraphRuntime
import GraphTraining
import SystemPackage

/// Enlarges pictures.
struct Infer: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Enlarge pictures.",
        usage: "graphrun infer [MODEL] IN... -o OUT [options]",
        discussion: """
            graphrun infer photo.jpg -o big.png
            graphrun infer run/best.gpack photos/ -o enlarged/
            ffmpeg -i clip.mp4 -f yuv4mpegpipe - | graphrun infer - -o - | ffmpeg -i - big.mp4

            MODEL ends in .gpack or .graph. Without it one that ships with the program is
            used: for a photograph of a camera, and what JPEG or WebP lost some of, one
            that takes away noise and traces of blocks, for all else one that adds nothing.
            --model photo or faithful says which; --model fast takes an eighth of the time.
            IN is a picture (\(PictureFormat.list(PictureFormat.builtIn, "or"))), a folder of them or - for standard
            input. Several go into a folder under their own names.
            """)

    @OptionGroup var model: NamedModelOptions
    @OptionGroup var result: ResultOptions

    /// Another way to name pictures, which people bring along from other programs.
    @Option(name: .customShort("i"), help: ArgumentHelp("IN.", visibility: .hidden))
    var namedInputs: [FilePath] = []

    private var inputs: [FilePath] { model.pictures + namedInputs }

    @Option(name: .shortAndLong, help: "A file, a folder, or - for standard output.")
    var output: OutputPath

    @Option(
        name: .customLong("input"),
        help: ArgumentHelp(
            "What the network takes beside the picture: a number, a picture, or a folder of them by the same names.",
            valueName: "name=value"))
    var extraArguments: [ExtraArgument] = []

    @Option(help: ArgumentHelp("Input rows worked on at a time; 0 for all. (default: what is fastest)", valueName: "rows"))
    var bands: Int?

    @Option(help: ArgumentHelp("Memory of the process, as 200M or 1G.", valueName: "size"))
    var maxMemory: ByteCount?

    @Option(help: "What the network sees beyond a picture's border: mirror, or zero as in training.")
    var border: Border = .mirror

    @Option(help: "How convolutions are computed.")
    var algorithm: ConvolutionAlgorithm = .best

    @Option(
        name: [.customShort("f"), .long],
        help: "How results are written. (default: by the output's name, or as the picture)")
    var format: PictureFormat?

    @Option(help: ArgumentHelp("Of what loses something, 1 to 100, or lossless.", valueName: "n"))
    var quality: PictureEncoding.Quality?

    @Option(
        help: ArgumentHelp("The share of the pictures to enlarge, as 3/8: of several processes each takes one.", valueName: "i/n")
    )
    var part = WorkShare(1, of: 1)

    @Flag(help: "Make results anew that are in the folder already.")
    var overwrite = false

    @Flag(help: "Say what happens as JSON, a line each.")
    var json = false

    @Option(help: .hidden) var instructionSet = InstructionSet.best

    func validate() throws {
        try check(bands ?? 0, 0...1_000_000, "--bands")
        guard bands == nil || maxMemory == nil else {
            throw ValidationError("--max-memory chooses the bands itself; leave --bands out.")
        }
        guard !inputs.isEmpty else { throw ValidationError("Name at least one picture, or a folder of them.") }
        let named = output.namesFolder ? nil : output.path.extension.flatMap { PictureFormat(ending: $0) }
        guard let format = format ?? named else { return }
        guard self.format == nil || format.isBuiltIn else {
            throw ValidationError("\(ImageError.notBuiltIn(path: nil, format, .writing).problem).")
        }
        if quality != nil, format.losses == .never {
            throw ValidationError("\(format) is as the picture is; leave --quality out.")
        }
        if quality == .lossless, format.losses == .always {
            throw ValidationError("\(format) always loses something; give --quality 1 to 100, or --format webp.")
        }
    }

    func run() throws { try onRanks(isShareNamed: part.count > 1, enlarge) }

    private typealias NamedModel = (name: String, model: Model)

    private func enlarge(on ranks: any RankGroup) throws {
        let form = result.form
        let extras = try ExtraArguments(extraArguments)
        let areShared = ranks.count > 1
        try ranks.preparing {
            guard InstructionSet.runnable.contains(instructionSet) else {
                throw TrainingError.instructionSetNotHere(instructionSet)
            }
        }
        var opened: PictureSource?
        let only = inputs.count == 1 ? inputs[0] : nil
        let kind = only.flatMap { FileStatus($0)?.kind }
        try ranks.compare("kind of input", "\(kind, default: "nothing")")
        if let only, only == "-" || kind.map({ $0 != .folder }) ?? false {
            // What comes from a pipe is with one process.
            guard ranks.isFirst || kind == .file else { return }
            switch try ranks.count > 1 && kind == .file
                ? ranks.preparing({ try PictureOrVideo(operand: only) }) : PictureOrVideo(operand: only)
            {
            case .picture(let source): opened = source
            case .video(let video):
                guard part.count == 1 else { throw CommandError("\(only): is one video, and --part divides pictures") }
                guard ranks.isFirst else { return }
                // Frames do not tell what they were made from.
                return try enlarge(video, named: only, by: ModelsForPictures(model, form.size, only: nil).clean)
            }
        }
        let isDivided = areShared && opened == nil
        // Of a single picture its rows.
        let rowRanks: any RankGroup = areShared && kind == .file ? ranks : LoneRank()
        let sharing = isDivided ? ranks : rowRanks
        let prepare = {
            let choice = try ModelsForPictures(model, form.size, only: opened)
            let list = try PictureList(
                inputs, opened: opened,
                to: PictureList.Output(
                    path: output.path, namesFolder: output.namesFolder, format: format, quality: quality,
                    overwrites: overwrite),
                extras: extras, share: part, isCostliestFirst: isDivided, keeping: choice.paths)
            func named(_ path: FilePath) throws -> NamedModel {
                let loaded = try model.model(path)
                try extras.check(PictureEnlarger(loaded, threadCount: 1).extraInputs)
                return (path.stem?.shown ?? path.shown, loaded)
            }
            return (list, choice.isChosen, try choice.clean.map(named), try choice.degraded.map(named))
        }
        let (list, isChosen, clean, degraded) = try sharing.preparing(prepare)
        try compare(list, (clean + degraded).map(\.model), sharing, isByRows: !isDivided)
        if ranks.isFirst {
            warnOfFreshWeights()
            for note in list.notes { StandardError.write("graphrun: \(note)\n") }
        }
        let reporter = BatchReporter(
            list, json ? .json : .lines, failures: ranks.isFirst ? list.failures : [], isQuiet: list.usesStandardOutput,
            showsProgress: !isDivided, namesModels: isChosen)
        let threadCount = model.threadCount
        // A limit is for the whole process, so that one picture at a time may use it.
        let areMany = !isDivided || list.pictures.count >= 2 * threadCount * ranks.count
        let batch = PictureBatch(
            list.pictures.map(\.item), form: form, concurrency: maxMemory == nil && areMany ? threadCount : 1,
            threadCount: threadCount)
        let makeEnlargers = {
            @Sendable [bands = Bands(option: bands), maxMemory, border, algorithm, instructionSet, rowRanks]
            threadCount throws(EnlargingError) in
            let enlarger = { (named: NamedModel) throws(EnlargingError) in
                try PictureEnlarger(
                    named.model, named: named.name, threadCount: threadCount, bands: bands, memoryLimit: maxMemory?.count,
                    border: border, algorithm: algorithm, instructionSet: instructionSet, ranks: rowRanks)
            }
            return EnlargerChoice(try clean.map(enlarger), forDegraded: try degraded.map(enlarger))
        }
        guard isDivided else {
            try batch.run(by: makeEnlargers) { index, event in if ranks.isFirst { reporter.tell(index, event) } }
            if rowRanks.isFirst { try end(reporter) }
            return
        }
        try ranks.counting { next in try batch.run(by: makeEnlargers, taking: next, reporter.tell) }
        reporter.collect(from: ranks)
        if ranks.isFirst { try end(reporter) }
    }

    /// Ranks take pictures by their numbers, or compute rows of the same picture, which fit together only if all do the same.
    private func compare(_ list: PictureList, _ models: [Model], _ ranks: any RankGroup, isByRows: Bool) throws {
        guard ranks.count > 1 else { return }
        try ranks.compareInstructionSets(instructionSet)
        let extras = try ExtraArguments(extraArguments)
        let limits = "\(bands, default: "") \(maxMemory?.count, default: "")"
        let encoding = "\(format, default: "") \(quality, default: "")"
        try ranks.compare("set of options", "\(result.form) \(extras) \(border) \(algorithm) \(limits) \(encoding)")
        try ranks.compare("part of the pictures", "\(part)")
        let packs = models.map { $0.pack(includingState: false) }
        try ranks.compare("model", packs.map { "\($0.digest)\($0.statesDigest)\($0.graphText)" }.joined())
        let names = list.pictures.map { "\($0.name)" }
        let files = isByRows ? list.pictures.flatMap { [$0.name] + $0.extraPaths } : []
        let digests = try ranks.preparing { try files.map { "\(try Digest(ofFile: $0))" } }
        try ranks.compare("set of pictures", (names + digests).joined(separator: "\0"))
    }

    private func end(_ reporter: BatchReporter) throws {
        reporter.end()
        if reporter.hasErrors { throw ExitCode.failure }
    }

    func warnOfFreshWeights() {
        guard let path = model.path, path.extension == "graph" else { return }
        StandardError.write("graphrun: the weights of \(path) are fresh; train it, then name the pack\n")
    }
}

extension Border: ExpressibleByArgument {}

extension WorkShare: ExpressibleByArgument {
    /// The value of an option; nil for what is no `i/n` with i from 1 to n.
    public init?(argument: String) { self.init(argument) }
}

extension PictureFormat: ExpressibleByArgument {
    /// The value of an option; nil where there is no such format.
    public init?(argument: String) { self.init(ending: argument) }

    /// All values of the option.
    public static var allValueStrings: [String] { builtIn.map(\.ending) }
}

extension PictureEncoding.Quality: ExpressibleByArgument {
    /// The value of an option; nil for what is neither a number from 1 to 100 nor `lossless`.
    public init?(argument: String) {
        if argument == "lossless" {
            self = .lossless
        } else if let level = Int(argument), (1...100).contains(level) {
            self = .level(level)
        } else {
            return nil
        }
    }
}
