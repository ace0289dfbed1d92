import ArgumentParser
import GraphCommandSupport
import GraphBasics
import GraphModel
import GraphPack
import GraphInterchange
import SystemPackage

/// Takes weights out of models and into them.
struct Weights: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Export weights, import another program's, or mix those of two models.",
        discussion: """
            Tensors go by their paths, in float32, the graph's own states among them. Filters are [height, width, in, out].
            Files of PyTorch and NumPy are imported too, by rules for their names.

            graphrun weights export edsr.gpack -o edsr.safetensors
            graphrun weights import edsr.gpack edsr.safetensors -o new.gpack
            graphrun weights mix faithful.gpack photo.gpack --share 0.6 -o new.gpack
            """,
        subcommands: [ExportWeights.self, ImportWeights.self, MixWeights.self])
}

struct ExportWeights: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a model's weights as .safetensors.",
        usage: "graphrun weights export MODEL -o OUT.safetensors [options]",
        discussion: "graphrun weights export edsr.gpack -o edsr.safetensors")

    @Argument(help: "A .gpack, or a .graph, whose weights are fresh.")
    var model: FilePath

    @Option(name: .shortAndLong, help: "The file to write.")
    var output: OutputPath

    @Option(help: "Of a .graph's fresh weights.")
    var seed: UInt64 = 0

    @OptionGroup var definitions: DefinitionOptions

    func run() throws {
        try checkOutput(output, replacesNoneOf: [model])
        let pack = try definitions.model(model, seed: seed).pack(includingState: false)
        try SafeTensors(tensors: pack.weights + pack.states).write(to: output.path)
        print("\(output.path): \(summary(of: pack))")
    }
}

struct ImportWeights: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Write a model with the weights of another program's file.",
        usage: "graphrun weights import MODEL WEIGHTS -o OUT.gpack [options]",
        discussion: """
            Reads .safetensors, NumPy's .npz, PyTorch's .pth and packs, and executes nothing
            from them. Rules say how names, layouts and units become the model's; without
            them the file holds every weight under its path, and no other.

            graphrun weights import Graphs/edsr.graph edsr_x4.pth \\
                --rules Graphs/edsr-checkpoints.rules -o edsr.gpack
            """)

    @Argument(help: "A .gpack or .graph.")
    var model: FilePath

    @Argument(help: "The other file.")
    var weights: FilePath

    @Option(name: .shortAndLong, help: "The pack to write.")
    var output: OutputPath

    @Option(help: ArgumentHelp("How the file's tensors become the model's.", valueName: "file"))
    var rules: FilePath?

    @OptionGroup var definitions: DefinitionOptions

    func run() throws {
        try checkOutput(output, replacesNoneOf: [model, weights])
        let model = try definitions.model(model)
        let file = try WeightFile(contentsOf: weights)
        let tensors = try rules.map { try ImportRules(contentsOf: $0).applied(to: file).tensors } ?? file.tensors
        try model.bind(tensors, states: file.states, from: weights)
        var pack = model.pack(includingState: false)
        // What made the model's own weights did not make these.
        pack.metadata = ["imported_from": (weights.lastComponent.map { FilePath(root: nil, [$0]) } ?? weights).shown]
        try pack.write(to: output.path)
        print("\(output.path): \(summary(of: pack))")
        if !file.leftOut.isEmpty {
            print("left out, as no weights: \(file.leftOut.joined(separator: ", "))")
        }
    }
}

struct MixWeights: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mix", abstract: "Write a model whose weights lie between those of two.",
        usage: "graphrun weights mix FIRST SECOND -o OUT.gpack [options]",
        discussion: """
            Each number is that of FIRST, and so great a share of the way to that of SECOND.
            Where one was trained from the other, the mix weighs what both have learned.
            """)

    @Argument(help: "A .gpack.")
    var first: FilePath

    @Argument(help: "A .gpack of the same graph, from which all but the weights is taken.")
    var second: FilePath

    @Option(name: .shortAndLong, help: "The pack to write.")
    var output: OutputPath

    @Option(help: "Of the second, from 0 to 1.")
    var share: Float = 0.5

    func validate() throws {
        guard 0...1 ~= share else { throw ValidationError("--share is \(share); give a number from 0 to 1.") }
    }

    func run() throws {
        try checkOutput(output, replacesNoneOf: [first, second])
        let model = try Model(contentsOf: second)
        var pack = model.pack(includingState: false)
        let other = try Pack(contentsOf: first)
        // Says what does not fit.
        try model.bind(other.weights, states: other.states, from: first)
        let begin = Dictionary(other.weights.map { ($0.path, $0.values) }) { first, _ in first }
        let end = pack.digest
        pack.weights = pack.weights.map { tensor in
            let values = zip(begin[tensor.path] ?? [], tensor.values).map { (1 - share) * $0 + share * $1 }
            return PackedTensor(path: tensor.path, shape: tensor.shape, values: values)
        }
        // What was measured of either is not known of the mix.
        for key in ["validation_psnr", "step"] { pack.metadata[key] = nil }
        pack.metadata["mixed"] = "\(share) of the way from \(other.digest) to \(end)"
        try pack.write(to: output.path)
        print("\(output.path): \(summary(of: pack))")
    }
}

private func summary(of pack: Pack) -> String {
    func count(_ tensors: [PackedTensor], _ what: String) -> String {
        "\(readable(count: tensors.map(\.values.count).reduce(0, +), what)) in \(readable(count: tensors.count, "tensor"))"
    }
    return count(pack.weights, "weight")
        + (pack.states.isEmpty ? "" : ", \(count(pack.states, "number")) of the graph's own state")
}
