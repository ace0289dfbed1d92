import ArgumentParser
import GraphCommandSupport
import GraphBasics
import GraphTraining
import SystemPackage

/// Makes a data set of photographs.
struct Prepare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a data set of photographs.",
        usage: "graphrun prepare PHOTOS... -o DIR [options]",
        discussion: """
            graphrun prepare photos -o set

            PHOTOS are pictures, and folders, looked through at any depth. DIR gets the
            layout of DIV2K with low-resolution pictures by exact bicubic reduction, and
            pictures.csv, which tells what became of each photograph. Sides are cut to a
            multiple of the scales. What is there already, or nearly so, is dropped, and
            what is flat or tiny. Nothing is written over; the same command goes on with
            an interrupted run.
            """)

    @Argument(help: ArgumentHelp("Pictures, and folders of them.", valueName: "photos"))
    var photographs: [FilePath]

    @Option(name: .shortAndLong, help: ArgumentHelp("Where the set goes.", valueName: "folder"))
    var output: FilePath

    @Option(help: ArgumentHelp("For which scales.", valueName: "n,n"))
    var scale = ScaleList(scales: [2, 3, 4])

    @Option(help: ArgumentHelp("Longer photographs are reduced to this.", valueName: "pixels"))
    var longestSide: Int?

    @Option(name: .customLong("valid"), help: ArgumentHelp("Held out: a share, or a number.", valueName: "amount"))
    var validation = PreparationOptions.ValidationAmount.share(0.1)

    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        try check(longestSide ?? PreparationOptions.smallestSide, PreparationOptions.smallestSide...65_535, "--longest-side")
    }

    func run() throws {
        var options = PreparationOptions()
        options.scales = scale.scales
        options.longestSide = longestSide
        options.validation = validation
        options.threadCount = threads.count
        let preparation = try Preparation(photographs, into: output, options) { Self.show("looking at", $0, of: $1) }
        for photograph in preparation.dropped { print("\(photograph.source): dropped, \(photograph.reason)") }
        let kept = preparation.kept
        let outcome = try preparation.write(to: output) { Self.show("writing", $0, of: kept.count) }
        let validationCount = kept.count(where: \.isForValidation)
        print(
            "\(readable(count: kept.count + preparation.dropped.count, "photograph")): \(readable(count: kept.count)) kept, "
                + "\(readable(count: preparation.dropped.count)) dropped")
        print(
            "\(output): \(readable(count: kept.count - validationCount)) to train on, "
                + "\(readable(count: validationCount)) to validate on, for \(scale.words); "
                + "\(readable(count: outcome.writtenCount, "file")) written, \(readable(count: outcome.presentCount)) were there")
    }

    private static func show(_ what: String, _ done: Int, of count: Int) {
        guard StandardError.isTerminal else { return }
        StandardError.write("\r\(what) \(done)/\(count)\(done == count ? "\r\u{1B}[K" : "")")
    }
}

/// `2,3,4`.
struct ScaleList: ExpressibleByArgument, CustomStringConvertible {
    var scales: [Int]

    init(scales: [Int]) { self.scales = scales }

    /// nil unless all are whole numbers from 2 to 8, none twice.
    init?(argument: String) {
        let scales = argument.split(separator: ",", omittingEmptySubsequences: false).compactMap { Int($0) }
        guard scales.count == argument.split(separator: ",", omittingEmptySubsequences: false).count,
            Set(scales).count == scales.count, scales.allSatisfy({ 2...8 ~= $0 })
        else { return nil }
        self.scales = scales.sorted()
    }

    var description: String { scales.map(String.init).joined(separator: ",") }
    var defaultValueDescription: String { description }
    /// As `x2, x3 and x4`.
    var words: String {
        let words = scales.map { "x\($0)" }
        return words.count == 1 ? words[0] : words.dropLast().joined(separator: ", ") + " and " + words[words.count - 1]
    }
}

extension PreparationOptions.ValidationAmount: ExpressibleByArgument {
    /// The value of an option; nil where it has no such value.
    public init?(argument: String) { self.init(argument) }
}
