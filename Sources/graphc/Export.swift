import ArgumentParser
import GraphCommandSupport
import GraphImport
import SystemPackage

/// Writes a model for other programs.
struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a model for other programs, as ONNX.",
        usage: "graphc export MODEL -o OUT.onnx [options]",
        discussion: """
            Sizes that the graph leaves open stay open. Images are [N, C, H, W]; pixels are
            floats from 0 to 255, in and out, or with --uint8 whole bytes.

            graphc export run/best.gpack -o edsr.onnx
            """)

    @Argument(help: "A .gpack or .graph.")
    var model: FilePath

    @Option(name: .shortAndLong, help: ArgumentHelp("The file to write.", valueName: "out.onnx"))
    var output: OutputPath

    @Flag(name: .customLong("uint8"), help: "Take and give pixels as bytes.")
    var takesBytes = false

    @OptionGroup var definitions: DefinitionOptions

    func run() throws {
        try checkOutput(output, replacesNoneOf: [model])
        let model = try definitions.model(model)
        try NetworkExport(model, pixels: takesBytes ? .bytes : .floats).write(to: output.path)
        print("\(output.path): \(model.summary)")
    }
}
