import ArgumentParser
import GraphCommandSupport
import GraphBasics
import GraphCompiler
import GraphFiles
import GraphIR
import GraphLanguage
import GraphModel
import GraphPack
import SystemPackage

/// Shows what a pack holds.
struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what a pack holds.",
        usage: "graphrun inspect FILE.gpack [--weights | --json]",
        discussion: """
            Digests of equal weights are equal, however they are stored; weights fit every
            graph that has their fingerprint.

            graphrun inspect run/best.gpack --weights
            """)

    @Argument(help: ArgumentHelp("A pack.", valueName: "file.gpack"))
    var file: FilePath

    @Flag(help: "List every tensor: shape, smallest, largest and mean value.")
    var weights = false

    @Flag(help: "As JSON: every section with its sizes, and all words.")
    var json = false

    func validate() throws {
        if weights, json { throw ValidationError("--weights and --json do not go together.") }
    }

    func run() throws {
        let pack = try PackFile(contentsOf: file)
        let inspection = PackInspection(pack)
        if json { return print(inspection.json) }
        let model = try Model(pack)
        for line in model.compiled.documentation { print(line.shown) }
        row("model", model.compiled.name)
        for entry in try model.module(at: .elaborated).entries { row(entry.role.rawValue, interface(of: entry)) }
        let isCurrent = pack.compilerVersion == Pipeline.version && pack.compiledText != nil
        row("compiled", "by version \(pack.compilerVersion)" + (isCurrent ? "" : "; compiled again when it is loaded"))
        row("weights", summary(of: inspection.weights) + ", as \(inspection.storage)")
        row("state", inspection.states.isEmpty ? "none" : summary(of: inspection.states))
        row("file", readable(byteCount: inspection.fileByteCount))
        row("digest", "\(inspection.digest)")
        row("fingerprint", "\(inspection.fingerprint)")
        rows("training", pack.training ?? [:])
        rows("metadata", pack.metadata)
        if weights {
            print()
            let tensors = try Pack(contentsOf: file)
            let lines = table(of: Array(zip(inspection.weights + inspection.states, tensors.weights + tensors.states)))
            for line in lines { print(line) }
        }
    }

    /// Words may have several lines, and hold what no terminal should get.
    private func rows(_ label: String, _ words: [String: String]) {
        for (key, value) in words.sorted(by: { $0.key < $1.key }) {
            let lines = value.split(separator: "\n", omittingEmptySubsequences: false).map { String($0).shown }
            row(label, "\(key.shown) = \(lines.joined(separator: "\n"))")
        }
    }

    private func row(_ label: String, _ text: String) {
        print(label.padded(to: 13) + text)
    }

    /// `(lr: u8[N, H, W, 3]) -> (image: u8[N, 4*H, 4*W, 3])`, then losses and metrics.
    private func interface(of entry: Entry) -> String {
        let graph = entry.graph
        let inputs = graph.nodes.filter { $0.content == .input }.map { "\($0.name): \($0.type)" }
        let outputs = graph.outputs.map { "\($0.name): \(graph[$0.value].type)" }
        let measures = graph.measures.map { "\($0.role.rawValue) \($0.name)" }
        return "(\(inputs.joined(separator: ", "))) -> (\(outputs.joined(separator: ", ")))"
            + (measures.isEmpty ? "" : " " + measures.joined(separator: ", "))
    }

    private func summary(of sections: [PackInspection.Section]) -> String {
        let byteCount = sections.reduce(0) { $0 + $1.decodedByteCount }
        let stored = sections.reduce(0) { $0 + $1.storedByteCount }
        return "\(readable(count: byteCount / 4, "number")) in \(readable(count: sections.count, "tensor")), "
            + "\(readable(byteCount: byteCount)) stored in \(readable(byteCount: stored)), \(percent(of: stored, in: byteCount))"
    }

    private func percent(of part: Int, in whole: Int) -> String {
        printed("%.1f%%", 100 * Double(part) / Double(max(1, whole)))
    }

    private func table(of tensors: [(section: PackInspection.Section, tensor: PackedTensor)]) -> [String] {
        let pathWidth = max(4, tensors.map(\.tensor.path.count).max() ?? 0)
        let shapeWidth = max(5, tensors.map { "\($0.tensor.shape)".count }.max() ?? 0)
        func line(_ path: String, _ shape: String, _ figures: [String]) -> String {
            path.padded(to: pathWidth + 2)
                + shape.padded(to: shapeWidth)
                + figures.map { String(repeating: " ", count: max(1, 13 - $0.count)) + $0 }.joined()
        }
        return [line("path", "shape", ["smallest", "largest", "mean", "stored", "ratio"])]
            + tensors.map { section, tensor in
                let mean = tensor.values.reduce(0.0) { $0 + Double($1) } / Double(max(1, tensor.values.count))
                let numbers = [Double(tensor.values.min() ?? 0), Double(tensor.values.max() ?? 0), mean]
                return line(
                    tensor.path, "\(tensor.shape)",
                    numbers.map { printed("%.5g", $0) } + [
                        "\(section.storedByteCount)", percent(of: section.storedByteCount, in: section.decodedByteCount),
                    ])
            }
    }
}
