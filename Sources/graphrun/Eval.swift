import ArgumentParser
import CommandSupport
import Enlarging
import GraphModel
import GraphTraining

/// Measures a model on a folder of pictures.
struct Eval: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure a model beside bicubic.",
        usage: "graphrun eval [MODEL] --data DIR [options]",
        discussion: """
            graphrun eval run/best.gpack --data Set5

            DIR holds DIV2K_valid_HR, or HR and LR_bicubic/X4, or PNGs. Missing
            low-resolution pictures are made by bicubic reduction. PSNR and SSIM are
            taken on Y and RGB, inside a border.
            """)

    @OptionGroup var model: ModelOptions

    @Option(help: "The pictures.")
    var data: String

    @Option(help: ArgumentHelp("Border left out (default: the scale).", valueName: "pixels"))
    var border: Int?

    func validate() throws {
        try model.checkNoPictures()
        try check(border ?? 0, 0...4096, "--border")
    }

    func run() throws {
        let loaded = try model.model()
        let scale = try Enlargement(loaded).scale
        let files = try DataFolder.forEvaluation(data, scale: scale)
        let evaluation = try Evaluation(loaded, files, border: border, threadCount: model.threadCount) { done in
            guard StandardError.isTerminal else { return }
            StandardError.write("\rpicture \(done)/\(files.count)\(done == files.count ? "\r\u{1B}[K" : "")")
        }
        print("x\(scale), border of \(border ?? scale) pixels left out")
        print(evaluation.table, terminator: "")
    }
}
