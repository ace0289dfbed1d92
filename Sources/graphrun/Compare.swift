import ArgumentParser
import GraphCommandSupport
import GraphModel
import GraphTraining
import GraphImaging

/// Reduces a true picture, enlarges it again, and shows the result beside bicubic's.
struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what a model makes of a picture.",
        usage: "graphrun compare [MODEL] PICTURE.png -o SHEET.png [options]",
        discussion: """
            graphrun compare run/best.gpack photo.png -o comparison.png

            The sheet shows the reduced picture, its bicubic enlargement, the model's,
            and the true picture.
            """)

    @OptionGroup var model: ModelOptions

    @Option(name: [.short, .long], help: "The sheet.")
    var output: OutputPath

    func validate() throws {
        guard model.pictures.count == 1 else { throw ValidationError("Name one picture, the true one.") }
        guard output.path.extension?.lowercased() ?? "png" == "png" else {
            throw ValidationError("The sheet is a PNG; name a file that ends in .png.")
        }
    }

    func run() throws {
        let path = try model.path()
        try checkOutput(output, replacesNoneOf: model.pictures + [path])
        let loaded = try model.model()
        let comparison = try Comparison(loaded, model.pictures[0], threadCount: model.threadCount)
        print(comparison.table, terminator: "")
        try comparison.sheet.picture().writePNG(to: output.path)
    }
}
