import ArgumentParser
import GraphCommandSupport
import GraphIR
import GraphModel
import GraphPack
import GraphInterchange
import SystemPackage

/// Runs one entry of a model once, on tensors from a file.
struct RunEntry: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run one entry on tensors from a file.",
        usage: "graphrun run MODEL --inputs IN.safetensors -o OUT.safetensors [options]",
        discussion: """
            Inputs go by name, pixels as whole numbers; a tensor named as a weight or
            state takes its place. The result holds outputs, losses and metrics by
            name, and of train updated.PATH for each weight and state.

            graphrun run edsr.gpack --entry train --inputs batch.safetensors \\
                --scalars learning_rate=1e-4,step=1 -o step.safetensors
            """)

    @Argument(help: "A .gpack or .graph.")
    var model: FilePath

    @Option(help: "Which entry.")
    var entry: Role = .predict

    @Option(help: ArgumentHelp("Tensors by name.", valueName: "file"))
    var inputs: FilePath

    @Option(name: .shortAndLong, help: "The file to write.")
    var output: OutputPath

    @Option(help: ArgumentHelp("As learning_rate=1e-4,step=1.", valueName: "numbers"))
    var scalars: NamedValues<Float>?

    @Flag(help: "Write gradient.PATH for each weight, too.")
    var gradients = false

    @Flag(help: "By the ops' reference implementations, not by the program.")
    var interpreter = false

    @Option(help: ArgumentHelp("Input rows worked on at a time (default: all).", valueName: "rows"))
    var bands: Int?

    @OptionGroup var definitions: DefinitionOptions
    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        try check(bands ?? 1, 1...1_000_000, "--bands")
        if interpreter, threads.threads != nil || bands != nil {
            throw ValidationError("--threads and --bands go with the compiled program, not with --interpreter.")
        }
    }

    func run() throws {
        try checkOutput(output, replacesNoneOf: [model, inputs])
        let loaded = try definitions.model(model)
        let inputs = try boundInputs(of: loaded)
        let execution: Execution =
            interpreter ? .interpreted : .compiled(threadCount: threads.count, bandRows: bands)
        let results = try loaded.run(
            entry, inputs: inputs, scalars: scalars?.values ?? [:], by: execution, withGradients: gradients)
        try SafeTensors(tensors: tensors(of: results)).write(to: output.path)
        let measures = results.measures.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        print(([output.path.shown] + measures).joined(separator: " "))
    }

    /// The file's tensors without those that took the place of weights and states.
    private func boundInputs(of model: Model) throws -> [String: Tensor<Float>] {
        // The entry first: that of training adds the states that it keeps.
        let names = Set(try model.entry(entry).graph.nodes.filter { $0.content == .input }.map(\.name))
        let stored = Dictionary(uniqueKeysWithValues: model.parameters.tensors.map { ($0.path, $0) })
        var inputs: [String: Tensor<Float>] = [:]
        for tensor in try SafeTensors(contentsOf: self.inputs).tensors {
            guard !names.contains(tensor.path), let target = stored[tensor.path] else {
                inputs[tensor.path] = Tensor(shape: tensor.shape, values: tensor.values)
                continue
            }
            guard target.shape == tensor.shape else {
                throw CommandError("\(self.inputs): @\(tensor.path) is \(tensor.shape), the model needs \(target.shape)")
            }
            try model.parameters.setValues(tensor.values, of: tensor.path)
        }
        return inputs
    }

    private func tensors(of results: Model.Results) -> [PackedTensor] {
        results.outputs.map { PackedTensor(path: $0, shape: $1.shape, values: $1.values) }
            + results.measures.map { PackedTensor(path: $0, shape: [], values: [$1]) }
            + results.updates.map { PackedTensor(path: "updated.\($0)", shape: $1.shape, values: $1.values) }
    }
}
