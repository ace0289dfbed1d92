import ArgumentParser
import GraphCommandSupport
import GraphCompiler
import GraphEnlarging
import GraphFiles
import GraphImaging
import GraphModel
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

            MODEL ends in .gpack or .graph; without it, one that ships with the program
            is used. IN is a picture (\(PictureFormat.list(PictureFormat.builtIn, "or"))), a folder of them or - for standard
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

    func validate() throws {
        try check(bands ?? 0, 0...1_000_000, "--bands")
        guard bands == nil || maxMemory == nil else {
            throw ValidationError("--max-memory chooses the bands itself; leave --bands out.")
        }
        guard !inputs.isEmpty else { throw ValidationError("Name at least one picture, or a folder of them.") }
        guard let format else { return }
        guard format.isBuiltIn else {
            throw ValidationError("\(ImageError.notBuiltIn(path: nil, format, .writing).problem).")
        }
        if quality != nil, format.losses == .never {
            throw ValidationError("\(format) is as the picture is; leave --quality out.")
        }
        if quality == .lossless, format.losses == .always {
            throw ValidationError("\(format) always loses something; give --quality 1 to 100, or --format webp.")
        }
    }

    func run() throws {
        let form = result.form
        let modelPaths = try model.path.map { [$0] } ?? ShippedModels().paths(reaching: form.size)
        var opened: PictureSource?
        if inputs.count == 1, let only = inputs.first,
            only == "-" || FileStatus(only).map({ $0.kind != .folder }) ?? false
        {
            switch try PictureOrVideo(operand: only) {
            case .picture(let source): opened = source
            case .video(let video):
                guard part.count == 1 else { throw CommandError("\(only): is one video, and --part divides pictures") }
                return try enlarge(video, named: only, by: modelPaths)
            }
        }
        let list = try PictureList(
            inputs, opened: opened,
            to: PictureList.Output(
                path: output.path, namesFolder: output.namesFolder, format: format, quality: quality, overwrites: overwrite),
            share: part, keeping: modelPaths)
        let models = try modelPaths.map(model.model)
        warnOfFreshWeights()
        let reporter = BatchReporter(list, json ? .json : .lines, isQuiet: list.usesStandardOutput)
        let threadCount = model.threadCount
        // A limit is for the whole process, so that one picture at a time may use it.
        let batch = PictureBatch(
            list.pictures.map(\.item), form: form, concurrency: maxMemory == nil ? threadCount : 1, threadCount: threadCount)
        try batch.run(
            by: { [bands = Bands(option: bands), maxMemory, border, algorithm] threadCount throws(EnlargingError) in
                try models.map { model throws(EnlargingError) in
                    try PictureEnlarger(
                        model, threadCount: threadCount, bands: bands, memoryLimit: maxMemory?.count, border: border,
                        algorithm: algorithm)
                }
            }, reporter.tell)
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
