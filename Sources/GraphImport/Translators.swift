import GraphInterchange

/// Translates one node.
typealias Translator = @Sendable (inout Translation, ForeignNode) throws(TranslationError) -> Void

/// The translator of each op, by ONNX's name: a file of `Translators/` for each family.
let translators: [String: Translator] = [
    convolutionTranslators, pointwiseTranslators, binaryTranslators, shapeTranslators, reshapeTranslators,
    rearrangementTranslators, reductionTranslators, poolingTranslators, resamplingTranslators, normalizationTranslators,
    indexTranslators, repetitionTranslators, quantizationTranslators,
].reduce(into: [:]) { all, family in all.merge(family) { first, _ in first } }

extension ForeignNode {
    func integer(_ name: String, _ byDefault: Int) throws(TranslationError) -> Int {
        switch attributes[name] {
        case .integer(let number): return number
        case nil: return byDefault
        default: throw .node(.attribute(name, "of another kind"))
        }
    }

    func float(_ name: String, _ byDefault: Double) throws(TranslationError) -> Double {
        switch attributes[name] {
        // What is no number at all, or without bounds where it is no bound, has no text in the language.
        case .float(let number) where number.isNaN || number.isInfinite && name != "min" && name != "max":
            throw .node(.attribute(name, "\(number)"))
        case .float(let number): return number
        case .integer(let number): return Double(number)
        case nil: return byDefault
        default: throw .node(.attribute(name, "of another kind"))
        }
    }

    func text(_ name: String, _ byDefault: String) throws(TranslationError) -> String {
        switch attributes[name] {
        case .text(let text): return text
        case nil: return byDefault
        default: throw .node(.attribute(name, "of another kind"))
        }
    }

    /// A list of whole numbers; nil where it is left out.
    func integers(_ name: String) throws(TranslationError) -> [Int]? {
        switch attributes[name] {
        case .integers(let numbers): return numbers
        case nil: return nil
        // An empty list has no kind of its own.
        case .other: return []
        default: throw .node(.attribute(name, "of another kind"))
        }
    }
}
