import ArgumentParser
import Model
import Pack

/// Takes weights out of models and into them.
struct Weights: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Export weights as .safetensors, or import them.",
        discussion: """
            Tensors go by their paths, in float32. Filters are [height, width, in, out].

            graphrun weights export edsr.gpack -o edsr.safetensors
            graphrun weights import edsr.gpack edsr.safetensors -o new.gpack
            """,
        subcommands: [ExportWeights.self, ImportWeights.self])
}

struct ExportWeights: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a model's weights as .safetensors.",
        usage: "graphrun weights export MODEL -o OUT.safetensors [options]",
        discussion: "graphrun weights export edsr.gpack -o edsr.safetensors")

    @Argument(help: "A .gpack, or a .graph, whose weights are fresh.")
    var model: String

    @Option(name: .shortAndLong, help: "The file to write.")
    var output: String

    @Option(help: "Of a .graph's fresh weights.")
    var seed: UInt64 = 0

    @OptionGroup var graph: GraphOptions

    func run() throws {
        try checkOutput(output, replacesNoneOf: [model])
        let weights = try graph.model(model, seed: seed).pack(includingState: false).weights
        try SafeTensors(tensors: weights).write(to: output)
        print("\(output): \(summary(of: weights))")
    }
}

struct ImportWeights: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Write a model with the weights of a .safetensors file.",
        usage: "graphrun weights import MODEL IN.safetensors -o OUT.gpack [options]",
        discussion: """
            The file holds every weight of the model, with its path and shape, and no other.

            graphrun weights import Graphs/edsr.graph edsr.safetensors -o edsr.gpack
            """)

    @Argument(help: "A .gpack or .graph.")
    var model: String

    @Argument(help: ArgumentHelp("The weights.", valueName: "weights"))
    var weights: String

    @Option(name: .shortAndLong, help: "The pack to write.")
    var output: String

    @OptionGroup var graph: GraphOptions

    func run() throws {
        try checkOutput(output, replacesNoneOf: [model, weights])
        let model = try graph.model(model)
        try model.bind(SafeTensors(contentsOf: weights).tensors, from: weights)
        let pack = model.pack(includingState: false)
        try pack.write(to: output)
        print("\(output): \(summary(of: pack.weights))")
    }
}

private func summary(of weights: [PackedTensor]) -> String {
    "\(readable(count: weights.map(\.values.count).reduce(0, +), "weight")) in \(readable(count: weights.count, "tensor"))"
}
