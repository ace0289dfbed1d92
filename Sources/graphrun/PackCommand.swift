import ArgumentParser
import GraphCommandSupport
import GraphEnlarging
import GraphModel
import GraphPack
import GraphTraining
import SystemPackage

/// Writes a model without its training state, its weights stored exactly or smaller.
struct PackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pack",
        abstract: "Write a model for use, its weights rounded.",
        usage: "graphrun pack MODEL [--store FORMAT] -o OUT.gpack [options]",
        discussion: """
            graphrun pack run/best.gpack --store fp16 -o edsr.gpack

            Leaves the state of training out. Weights take about 83% of their size as fp32,
            which is exact, 42% as fp16, 33% as bf16, and 23% as int8. Prints the size and
            largest error of each. With --data, measures both models, as eval does.
            """)

    @Argument(help: "A .gpack or .graph.")
    var model: FilePath

    @Option(name: .customLong("store"), help: ArgumentHelp("How weights are stored.", valueName: "format"))
    var storage: StorageFormat = .fp32

    @Option(name: .shortAndLong, help: "The pack to write.")
    var output: OutputPath

    @Option(help: "Pictures to measure on.")
    var data: FilePath?

    @OptionGroup var definitions: DefinitionOptions
    @OptionGroup var threads: ThreadOptions

    func run() throws {
        try checkOutput(output, replacesNoneOf: [model])
        let loaded = try definitions.model(model)
        let pack = loaded.pack(includingState: false)
        print(try pack.write(to: output.path, storage: storage))
        guard let data else { return }
        let scale = try Enlargement(loaded).scale
        let set = try PictureSet(forEvaluation: data, scale: scale)
        print(set.summary)
        let before = try Evaluation(loaded, set.pictures, threadCount: threads.count).mean.model
        let after = try Evaluation(Model(contentsOf: output.path), set.pictures, threadCount: threads.count).mean.model
        func decibels(_ psnr: Double) -> String { "\((psnr * 1000).rounded() / 1000) dB" }
        print("PSNR on Y: \(decibels(before.psnr)), stored \(decibels(after.psnr))")
    }
}

extension StorageFormat: ExpressibleByArgument {}
