import ArgumentParser
import GraphCommandSupport
import GraphEnlarging
import Glibc
import GraphCompiler
import GraphFiles
import GraphModel
import SystemPackage

/// Enlarges pictures.
struct Infer: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Enlarge pictures.",
        usage: "graphrun infer [MODEL] IN.png... -o OUT.png [options]",
        discussion: """
            graphrun infer photo.png -o big.png
            graphrun infer run/best.gpack photos/*.png -o enlarged/

            MODEL ends in .gpack or .graph; without it, one that ships with the program
            is used. Several pictures go into a folder under their own names.
            """)

    @OptionGroup var model: ModelOptions

    @Option(name: .shortAndLong, help: "A PNG file, or a folder.")
    var output: String

    @Option(help: ArgumentHelp("Input rows worked on at a time; 0 for all. (default: what is fastest)", valueName: "rows"))
    var bands: Int?

    @Option(help: ArgumentHelp("Memory of the process, as 200M or 1G.", valueName: "size"))
    var maxMemory: ByteCount?

    @Option(help: "How convolutions are computed.")
    var algorithm: ConvolutionAlgorithm = .best

    func validate() throws {
        try check(bands ?? 0, 0...1_000_000, "--bands")
        guard bands == nil || maxMemory == nil else {
            throw ValidationError("--max-memory chooses the bands itself; leave --bands out.")
        }
        guard !model.pictures.isEmpty else { throw ValidationError("Name at least one PNG file.") }
    }

    func run() throws {
        let modelPath = try model.path()
        let pictures = model.pictures
        let targets = try targets(of: pictures)
        for target in targets { try checkOutput(target, replacesNoneOf: pictures + [modelPath]) }
        let loaded = try model.model()
        if modelPath.hasSuffix(".graph") {
            StandardError.write("graphrun: the weights of \(modelPath) are fresh; train it, then name the pack\n")
        }
        let enlarger = try PictureEnlarger(
            loaded, threadCount: model.threadCount, bands: Bands(option: bands), memoryLimit: maxMemory?.count,
            algorithm: algorithm)
        var leftOut = 0
        for (picture, target) in zip(pictures, targets) {
            let start = ContinuousClock.now
            var hasBegun = false
            do {
                try enlarger.enlarge(picture, to: target) { report in
                    // What a long run takes is said before it.
                    print(
                        "\(picture) \(report.inputWidth)×\(report.inputHeight) -> \(target) "
                            + "\(report.outputWidth)×\(report.outputHeight), \(report.plan)", terminator: "")
                    fflush(nil)
                    hasBegun = true
                }
            } catch {
                if hasBegun { print("") }
                fflush(nil)
                // One picture that cannot be enlarged keeps none of the others.
                guard pictures.count > 1 else { throw error }
                StandardError.write(errorMessage(error, command: "graphrun") + "\n")
                leftOut += 1
                continue
            }
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            print(", \(printed("%.2f", seconds)) s")
        }
        if leftOut > 0 { throw CommandError("\(leftOut) of \(pictures.count) pictures are left out") }
    }

    /// Where each picture goes.
    private func targets(of pictures: [String]) throws -> [String] {
        let kind = FileStatus(output)?.kind
        let ending = FilePath(output).extension?.lowercased() ?? ""
        guard pictures.count > 1 || output.hasSuffix("/") || kind == .folder else {
            guard ["", "png"].contains(ending) else {
                throw CommandError("\(output): pictures are written as PNG; name a file that ends in .png")
            }
            return [output]
        }
        let names = pictures.map { FilePath($0).lastComponent?.string ?? $0 }
        let counts = Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
        if let name = names.first(where: { counts[$0] != 1 }) {
            throw CommandError("two pictures are called '\(name)', and both would go to \(output); name them in two runs")
        }
        guard kind.map({ $0 == .folder }) ?? (ending != "png" || output.hasSuffix("/")) else {
            throw CommandError("\(output): is no folder; several pictures need one")
        }
        try Folder.make(output)
        return names.map { FilePath(output).appending($0).string }
    }
}
