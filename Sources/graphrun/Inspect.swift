import ArgumentParser
import Foundation
import GraphCompiler
import GraphIR
import GraphLanguage
import Model
import Pack

/// Shows what a pack holds.
struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what a pack holds.",
        usage: "graphrun inspect FILE.gpack [--weights]",
        discussion: "graphrun inspect run/best.gpack --weights")

    @Argument(help: ArgumentHelp("A pack.", valueName: "file.gpack"))
    var file: String

    @Flag(help: "List every tensor: shape, smallest, largest and mean value.")
    var weights = false

    func run() throws {
        let pack = try Pack(contentsOf: file)
        let model = try Model(pack, path: file)
        for line in model.module.documentation { print(line) }
        row("model", model.module.name)
        for entry in model.module.entries { row(entry.role.rawValue, interface(of: entry)) }
        let isCurrent = pack.compilerVersion == Pipeline.version && pack.compiledText != nil
        row("compiled", "by version \(pack.compilerVersion)" + (isCurrent ? "" : "; compiled again when it is loaded"))
        row("weights", summary(of: pack.weights))
        row("state", pack.states.isEmpty ? "none" : summary(of: pack.states))
        for (key, value) in (pack.training ?? [:]).sorted(by: { $0.key < $1.key }) { row("training", "\(key) = \(value)") }
        for (key, value) in pack.metadata.sorted(by: { $0.key < $1.key }) { row("metadata", "\(key) = \(value)") }
        if weights {
            print()
            for line in table(of: pack.weights + pack.states) { print(line) }
        }
    }

    private func row(_ label: String, _ text: String) {
        print(label.padding(toLength: 10, withPad: " ", startingAt: 0) + text)
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

    private func summary(of tensors: [PackedTensor]) -> String {
        let count = tensors.map(\.values.count).reduce(0, +)
        return "\(readable(count: count, "number")) in \(readable(count: tensors.count, "tensor")), "
            + readable(byteCount: 4 * count)
    }

    private func table(of tensors: [PackedTensor]) -> [String] {
        let pathWidth = max(4, tensors.map(\.path.count).max() ?? 0)
        let shapeWidth = max(5, tensors.map { "\($0.shape)".count }.max() ?? 0)
        func line(_ path: String, _ shape: String, _ numbers: [String]) -> String {
            path.padding(toLength: pathWidth + 2, withPad: " ", startingAt: 0)
                + shape.padding(toLength: shapeWidth, withPad: " ", startingAt: 0)
                + numbers.map { String(repeating: " ", count: max(1, 13 - $0.count)) + $0 }.joined()
        }
        return [line("path", "shape", ["smallest", "largest", "mean"])]
            + tensors.map { tensor in
                let mean = tensor.values.reduce(0.0) { $0 + Double($1) } / Double(max(1, tensor.values.count))
                let figures = [Double(tensor.values.min() ?? 0), Double(tensor.values.max() ?? 0), mean]
                return line(tensor.path, "\(tensor.shape)", figures.map { String(format: "%.5g", $0) })
            }
    }
}
