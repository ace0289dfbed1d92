import ArgumentParser
import CommandSupport
import GraphCompiler
import GraphIR
import GraphLanguage
import GraphModel

/// Prints what the compiler makes of a model, at any stage.
struct Dump: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print what the compiler makes of a model, at any stage.",
        usage: "graphc dump FILE [--stage STAGE] [--entry ENTRY] [options]",
        discussion: """
            What is printed can be read again: dump, check and compile go on from it.
            Stages scheduled and planned are of one entry, with all sizes bound.

            graphc dump Graphs/edsr.graph --stage planned --entry predict \\
                --shape N=1,H=48,W=48 --bands 4
            """)

    @Argument(help: ArgumentHelp("A .graph, a .gpack, or an earlier dump.", valueName: "file"))
    var file: String

    @Option(help: "How far to compile.")
    var stage: Stage = .fused

    @Option(help: ArgumentHelp("One entry alone; of a plan, predict by default.", valueName: "entry"))
    var entry: Role?

    @Option(help: ArgumentHelp("Bind the sizes of inputs: N=1,H=48,W=48.", valueName: "sizes"))
    var shape: NamedValues<Int>?

    @Option(help: ArgumentHelp("Schedule over bands of this many input rows.", valueName: "rows"))
    var bands: Int?

    @Option(help: ArgumentHelp("What to plan for. (default: this machine)", valueName: "set"))
    var instructionSet: InstructionSet?

    @OptionGroup var definitions: DefinitionOptions

    func validate() throws {
        if !stage.needsSizes {
            guard shape == nil, bands == nil, instructionSet == nil else {
                throw ValidationError("--shape, --bands and --instruction-set go with stages scheduled and planned.")
            }
        }
        if stage == .parsed, entry != nil { throw ValidationError("Entries begin at stage elaborated.") }
        if let bands, bands < 1 { throw ValidationError("--bands needs at least 1 row.") }
    }

    func run() throws {
        print(try text(), terminator: "")
    }

    private func text() throws(ModelError) -> String {
        let staged = try StagedFile(file, values: definitions.values())
        if stage == .parsed { return SyntaxPrinter.print(try staged.syntax()) }
        if stage.needsSizes {
            let program = try staged.program(
                at: stage, role: entry, sizes: shape?.values ?? [:], instructionSet: instructionSet, bandRows: bands)
            return programText(program, stage: stage)
        }
        var module = try staged.module(at: stage)
        if let entry {
            module.entries = module.entries.filter { $0.role == entry }
            guard !module.entries.isEmpty else { throw ModelError("\(file): there is no entry '\(entry.rawValue)'") }
        }
        return SyntaxPrinter.print(module.syntax(stage: stage))
    }
}
