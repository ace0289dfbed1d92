import ArgumentParser
import GraphCommandSupport
import GraphEnlarging
import GraphModel
import GraphTraining
import SystemPackage

/// Measures a model on a folder of pictures.
struct Eval: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure a model beside bicubic.",
        usage: "graphrun eval [MODEL] --data DIR [options]",
        discussion: """
            graphrun eval run/best.gpack --data Set5

            DIR holds DIV2K_valid_HR, or HR and LR_bicubic/X4, or PNGs. Where there are no
            low-resolution pictures, they are made by bicubic reduction. The protocols:
              paper  Y, without a border as wide as the scale: tables of papers
              div2k  RGB, without a border of the scale and 6: figures for DIV2K
              rgb    RGB, without a border as wide as the scale
            """)

    @OptionGroup var model: ModelOptions

    @Option(help: "The pictures.")
    var data: FilePath

    @Option(help: ArgumentHelp("Their low-resolution pictures, if not in DIR.", valueName: "folder"))
    var lr: FilePath?

    @Option(
        name: .customLong("input"),
        help: ArgumentHelp("What else a network takes: a number, or a folder with a picture for each.", valueName: "name=value"))
    var extras: [ExtraArgument] = []

    @Option(name: .customLong("protocol"), help: ArgumentHelp("How figures are taken.", valueName: "name"))
    var convention: EvaluationProtocol = .paper

    @Option(help: ArgumentHelp("Border left out. (default: the protocol's)", valueName: "pixels"))
    var border: Int?

    @Option(help: ArgumentHelp("How they are printed.", valueName: "name"))
    var format = Format.table

    @Flag(name: [.long, .customShort("x")], help: "Measure the mean of eight flips and turns.")
    var ensemble = false

    @Option(help: ArgumentHelp("Degrade the low-resolution pictures, as train does.", valueName: "how"))
    var degrade = Degradation()

    @Option(help: "Of what --degrade draws.")
    var seed: UInt64 = 0

    enum Format: String, CaseIterable, ExpressibleByArgument {
        /// For people.
        case table
        case csv
        case json
    }

    func validate() throws {
        try model.checkNoPictures()
        try check(border ?? 0, 0...4096, "--border")
    }

    func run() throws {
        let loaded = try model.model()
        let enlargement = try Enlargement(loaded)
        let extras = try ExtraArguments(extras).checked(enlargement.extras)
        let set = try PictureSet(forEvaluation: data, for: enlargement, reducedFolder: lr, extras: extras)
        let count = set.pictures.count
        let evaluation = try Evaluation(
            loaded, set.pictures, extras: extras, by: convention, border: border, isEnsemble: ensemble, degradation: degrade,
            seed: seed,
            threadCount: model.threadCount
        ) { done in
            guard StandardError.isTerminal else { return }
            StandardError.write("\rpicture \(done)/\(count)\(done == count ? "\r\u{1B}[K" : "")")
        }
        switch format {
        case .table: print("\(evaluation.heading)\n\(set.summary)\n\(evaluation.table)", terminator: "")
        case .csv: print(evaluation.csv, terminator: "")
        case .json: print(evaluation.json(pictures: set.summary), terminator: "")
        }
    }
}

extension EvaluationProtocol: ExpressibleByArgument {}
