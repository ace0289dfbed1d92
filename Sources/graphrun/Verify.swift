import ArgumentParser
import GraphPack
import SystemPackage

/// Checks every byte and every number of packs.
struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check every checksum, digest and number of a pack.",
        usage: "graphrun verify FILE.gpack ...",
        discussion: """
            graphrun verify run/best.gpack

            Names each part that is damaged, and each tensor that holds a number that is
            none. Exits with 1 if there is one.
            """)

    @Argument(help: ArgumentHelp("The packs.", valueName: "file.gpack"))
    var files: [FilePath]

    func run() throws {
        var areSound = true
        for file in files {
            let verification = PackVerification(contentsOf: file)
            areSound = areSound && verification.isSound
            for line in "\(verification)".split(separator: "\n") { print("\(file): \(line)") }
        }
        guard areSound else { throw ExitCode.failure }
    }
}
