import GraphIR
import GraphInterchange
import GraphLanguage
import GraphModel
import GraphPack
import SystemPackage

/// A network of another program as a model: its text, its weights, and what there is to say about how it was read.
///
///     let network = try NetworkImport(contentsOf: "realesr-animevideov3-x4.param")
///     let model = try network.model()
public struct NetworkImport: ImportedModel {
    /// The model's text.
    public let source: SourceText
    /// By the paths of the text.
    public let weights: [PackedTensor]
    /// What was decided, and what it was checked by: each a sentence without a point.
    public let notes: [String]

    /// Whether a picture goes in and one comes out.
    public let isOfPictures: Bool

    /// The file.
    public let path: FilePath

    /// Reads an `.onnx` file or ncnn's `.param` and `.bin`.
    ///
    /// - Parameters:
    ///   - name: of the graph; nil for the file's.
    ///   - pixels: in which numbers the network takes and gives pixels. What takes or gives no picture stays as it is.
    public init(
        contentsOf path: FilePath, name: String? = nil, pixels: PixelRange = .unit
    ) throws(ImportError) {
        let foreign: ForeignModel
        do { foreign = try NetworkFile.read(path) } catch { throw .interchange(error) }
        try self.init(foreign, name: name, pixels: pixels)
    }

    /// Makes a model of a network that was read.
    public init(_ read: ForeignModel, name: String? = nil, pixels: PixelRange = .unit) throws(ImportError) {
        path = read.path
        let foreign = ShuffledChannels.rewritten(read)
        let name = NameMaker.valueName(name ?? path.stem ?? "network")
        var construction = NetworkConstruction(foreign, name: name, pixels: pixels)
        let graph = try construction.graph()
        weights = construction.weights
        isOfPictures = construction.isOfPictures
        var notes = construction.notes
        let text = SourceWriter(graph, documentation: construction.documentation).text()
        source = SourceText(text, name: "\(name).graph")
        let module: Module
        do { module = try source.compiled([:], upTo: .elaborated) } catch { throw .model(error) }
        guard let forward = module[.forward], GraphForm(forward) == GraphForm(graph) else {
            throw .readsBackDifferently(path: path)
        }
        notes.append("read back, the text gives the same \(graph.nodes.count { $0.operation != nil }) operations")
        self.notes = notes
    }
}
