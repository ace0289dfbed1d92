import ArgumentParser
import GraphCommandSupport
import GraphCompiler
import GraphIR
import GraphLanguage
import GraphModel
import SystemPackage

/// Prints what the compiler makes of a model, at any stage.
struct Dump: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print what the compiler makes of a model, at any stage.",
        usage: "graphc dump FILE [--stage STAGE | --after PASS] [--entry ENTRY] [options]",
        discussion: """
            What is printed can be read again: dump, check and compile go on from it.
            Stages lowered, scheduled and planned are of one entry, with all sizes bound.

            graphc dump Graphs/edsr.graph --stage planned --entry predict \\
                --shape N=1,H=48,W=48 --bands 4
            """)

    @Argument(help: ArgumentHelp("A .graph, a .gpack, or an earlier dump.", valueName: "file"))
    var file: FilePath

    @Option(help: "How far to compile. (default: fused)")
    var stage: Stage?

    @Option(help: ArgumentHelp("Stop behind a pass: see graphc passes.", valueName: "pass"), transform: Pass.init(argument:))
    var after: Pass?

    @Option(help: ArgumentHelp("One entry alone; of a plan, predict by default.", valueName: "entry"))
    var entry: Role?

    @Option(help: ArgumentHelp("Bind the sizes of inputs: N=1,H=48,W=48.", valueName: "sizes"))
    var shape: NamedValues<Int>?

    @Option(help: ArgumentHelp("Schedule over bands of this many input rows.", valueName: "rows"))
    var bands: Int?

    @Option(help: "How convolutions are computed: best, separate or direct. (default: best)")
    var algorithm: ConvolutionAlgorithm?

    @Option(help: ArgumentHelp("What to plan for. (default: this machine)", valueName: "set"))
    var instructionSet: InstructionSet?

    @OptionGroup var definitions: DefinitionOptions

    private var last: Stage { after?.stage ?? stage ?? .fused }

    func validate() throws {
        if stage != nil, after != nil { throw ValidationError("Dump takes --stage or --after, not both.") }
        if !last.needsSizes {
            guard shape == nil, bands == nil, algorithm == nil, instructionSet == nil else {
                throw ValidationError(
                    "--shape, --bands, --algorithm and --instruction-set go with stages lowered, scheduled and planned.")
            }
        }
        if last == .parsed, entry != nil { throw ValidationError("Entries begin at stage elaborated.") }
        if let bands, bands < 1 { throw ValidationError("--bands needs at least 1 row.") }
    }

    func run() throws {
        print(try text(), terminator: "")
    }

    private func text() throws -> String {
        let staged = try StagedFile(file, values: definitions.values())
        if last == .parsed { return SyntaxPrinter.print(try staged.syntax()) }
        if last.needsSizes {
            let options = StagedFile.ProgramOptions(
                role: entry, sizes: shape?.values ?? [:], instructionSet: instructionSet, algorithm: algorithm, bandRows: bands)
            return try staged.text(upTo: last, stoppingAfter: after, options)
        }
        var module = try staged.module(upTo: last, stoppingAfter: after)
        if let entry {
            module.entries = module.entries.filter { $0.role == entry }
            guard !module.entries.isEmpty else { throw CommandError("\(file): there is no entry '\(entry.rawValue)'") }
        }
        return SyntaxPrinter.print(module.syntax(stage: after?.completedStage ?? last))
    }
}

extension Pass {
    init(argument: String) throws {
        guard let pass = Pass(named: argument) else {
            let names = passTable.flatMap(\.passes).map(\.name)
            let suggestion = Spelling.nearest(to: argument, among: names).map { "Did you mean '\($0)'?" }
            throw ValidationError("There is no pass '\(argument)'. \(suggestion ?? "See graphc passes.")")
        }
        self = pass
    }
}
