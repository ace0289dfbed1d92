import ArgumentParser
import GraphCommandSupport
import GraphCompiler

/// Lists what the compiler does, in order.
struct Passes: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the compiler's passes, in the order in which they run.",
        discussion: """
            Each with the stage that it leads to and what it ensures. graphc dump --after PASS prints what is there
            behind it.
            """)

    func run() {
        let passes = passTable.flatMap(\.passes)
        let nameWidth = passes.map(\.name.count).max() ?? 0
        let stageWidth = passes.map(\.stage.rawValue.count).max() ?? 0
        for stage in passTable {
            for pass in stage.passes {
                print(
                    pass.name.padded(to: nameWidth), stage.stage.rawValue.padded(to: stageWidth), pass.contract, separator: "  ")
            }
            if stage.areRepeated { print("  … and round again, until nothing changes") }
        }
    }
}
