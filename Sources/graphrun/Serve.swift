import ArgumentParser
import GraphCommandSupport
import GraphModel
import GraphServing
import SystemPackage

/// Enlarges pictures on a page.
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Enlarge pictures on a page in the browser.",
        usage: "graphrun serve [MODEL...] [options]",
        discussion: """
            graphrun serve

            Prints the page's address, which only this machine can open, and goes on until
            Ctrl-C. Pictures are dropped on the page and never leave the machine; what was
            enlarged and not downloaded is gone when the command ends.

            Without MODEL, which ends in .gpack or .graph, those that ship are offered.
            """)

    @Argument(help: ArgumentHelp("Models to offer.", visibility: .hidden))
    var models: [FilePath] = []

    @Option(help: ArgumentHelp("Where the page answers; 0 for any free port.", valueName: "n"))
    var port = 0

    @Option(help: ArgumentHelp("Memory of the process, as 200M or 1G.", valueName: "size"))
    var maxMemory: ByteCount?

    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        try check(port, 0...65535, "--port")
        if let other = models.first(where: { !["gpack", "graph"].contains($0.extension) }) {
            throw ValidationError("\(other) is no model: those end in .gpack or .graph.")
        }
    }

    func run() throws {
        let paths = try models.isEmpty ? ShippedModels().paths() : models
        let server = try PageServer(
            try paths.map { path in
                try ServedModel(path.stem?.shown ?? path.shown, Model(contentsOf: path))
            }, threadCount: threads.count, memoryLimit: maxMemory?.count, port: port)
        Interruption.watch()
        StandardOutput.write("\(server.address)\nOpen this address in a browser on this machine; Ctrl-C ends it.\n")
        try server.run(until: { Interruption.signal != nil })
        StandardOutput.write("\nThe page is closed.\n")
    }
}
