import GraphIR
import GraphInterchange
import GraphModel
import SystemPackage

/// A model as a network that other programs run: ONNX of opset 17, with the sizes that the graph leaves open.
///
/// Images are `[N, C, H, W]` there.
///
///     try NetworkExport(model).write(to: "edsr.onnx")
public struct NetworkExport {
    /// What pixels are in the network's inputs and outputs.
    public enum Pixels: Hashable, Sendable {
        /// Floats from 0 to 255, as the graph's own outputs are.
        case floats
        /// Bytes, as inference takes and returns them.
        case bytes
    }

    /// In the words of ONNX's ops.
    let network: ForeignModel
    private let file: ONNXWriter

    static let opset = 17

    /// - Throws: naming every op of the graph that has no counterpart.
    public init(_ model: Model, pixels: Pixels = .floats) throws(ExportError) {
        let graph: Graph
        do throws(ModelError) {
            let role: Role = pixels == .bytes ? .predict : .forward
            let module = try model.module(at: .elaborated)
            guard let entry = module[role] ?? module[.forward] else { throw .missingEntry(model: module.name, role) }
            graph = entry
        } catch { throw .model(error) }
        var construction = NetworkWriter(graph, keepsBytes: pixels == .bytes) { model.parameters.values(of: $0) ?? [] }
        network = try construction.written()
        do {
            file = try ONNXWriter(
                network, opset: Self.opset, name: graph.name, producer: ("graphc", Release.version))
        } catch { throw .interchange(error) }
    }

    /// Writes the file, which appears whole or not at all.
    public func write(to path: FilePath) throws(ExportError) {
        do { try file.write(to: path) } catch { throw .interchange(error) }
    }
}
