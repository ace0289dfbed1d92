import ArgumentParser
import GraphCommandSupport
import GraphFiles
import GraphImport
import GraphModel
import SystemPackage

/// Makes a model of another program's network.
struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a model of another program's network.",
        usage: "graphc import FILE [-o NAME.graph] [options]",
        discussion: """
            Reads ONNX files; networks of ncnn from a .param file and the .bin file beside
            it; and weights of PyTorch (.pth, .safetensors) of the models that rules beside
            the graphs that ship know. Writes the model's text, and beside it a pack with
            its weights.

            graphc import realesr-animevideov3-x4.param -o animevideo.graph
            graphc import RealESRGAN_x4plus.pth -o esrgan.graph
            """)

    @Argument(help: ArgumentHelp("An .onnx, .param, .pth or .safetensors file.", valueName: "file"))
    var file: FilePath

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The text. (default: the file's name, in this folder)", valueName: "name.graph"))
    var output: OutputPath?

    @Option(help: "What a white pixel is to the network: 1, 255, or none if it takes no pictures.")
    var pixels: PixelRange = .unit

    @OptionGroup var definitions: DefinitionOptions

    func validate() throws {
        if let output, output.path.extension != "graph" {
            throw ValidationError("\(output.path) does not end in .graph.")
        }
    }

    func run() throws {
        if let output { try checkOutput(output, replacesNoneOf: [file]) }
        let text = output?.path ?? defaultOutput
        var packPath = text
        packPath.extension = "gpack"
        for path in [text, packPath] { try checkOutput(path, replacesNoneOf: [file]) }
        let (model, hints) = try imported(named: text.stem)
        var (pack, summary) = try model.packed()
        pack.metadata = ["imported_from": file.lastComponent.map { FilePath(root: nil, [$0]).shown } ?? file.shown]
        try AtomicFile.write(model.source.text, to: text)
        try pack.write(to: packPath)
        print("\(text) and \(packPath): \(summary)")
        for note in model.notes + hints { print(note) }
    }

    /// What the file became, and what this command can be told of it.
    private func imported(named name: String?) throws -> (any ImportedModel, hints: [String]) {
        if CheckpointImport.isName(file) {
            return (
                try CheckpointImport(contentsOf: file, rulesIn: ShippedGraphs().folder, values: definitions.values()), []
            )
        }
        guard definitions.isEmpty else { throw CommandError("-D goes with weights of a known model; \(file) has no parameters") }
        let network = try NetworkImport(contentsOf: file, name: name, pixels: pixels)
        let hint = "if colours come out wrong, the network takes 0…255: --pixels 255"
        return (network, pixels == .unit && network.isOfPictures ? [hint] : [])
    }

    private var defaultOutput: FilePath {
        var name = FilePath(root: nil, [file.lastComponent ?? "network"])
        name.extension = "graph"
        return name
    }
}

extension PixelRange: ExpressibleByArgument {}
