import ArgumentParser
import GraphPack
import SystemPackage

/// Shows what differs between two packs.
struct Diff: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show which tensors of two packs differ.",
        usage: "graphrun diff FIRST.gpack SECOND.gpack",
        discussion: """
            graphrun diff run/best.gpack run/last.gpack

            Exits with 1 if they differ.
            """)

    @Argument(help: ArgumentHelp("A pack.", valueName: "first.gpack"))
    var first: FilePath

    @Argument(help: ArgumentHelp("Another.", valueName: "second.gpack"))
    var second: FilePath

    func run() throws {
        let difference = PackDifference(try Pack(contentsOf: first), try Pack(contentsOf: second))
        print(difference)
        guard difference.isEmpty else { throw ExitCode.failure }
    }
}
