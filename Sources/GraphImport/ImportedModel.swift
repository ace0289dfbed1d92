import GraphModel
import GraphPack
import SystemPackage

/// What a file of another program became: a model's text and its weights.
public protocol ImportedModel: Sendable {
    /// The model's text.
    var source: SourceText { get }
    /// By the paths of the text.
    var weights: [PackedTensor] { get }
    /// What was decided, and what it was checked by: each a sentence without a point.
    var notes: [String] { get }
    /// The file.
    var path: FilePath { get }
}

extension ImportedModel {
    /// The model with its weights.
    public func model() throws(ImportError) -> Model {
        do { return try Model(source: source, weights: weights, from: path) } catch { throw .model(error) }
    }

    /// The model as a pack, whose numbers are ``weights`` themselves, and its summary.
    public func packed() throws(ImportError) -> (pack: Pack, summary: String) {
        do { return try Model.packed(source: source, weights: weights, from: path) } catch { throw .model(error) }
    }
}
