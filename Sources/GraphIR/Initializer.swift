import GraphLanguage

/// How a weight or state begins.
public enum Initializer: Hashable, Sendable {
    case zeros
    case ones
    /// One number everywhere; a finite one as f32, too.
    case constant(Double)
    /// Uniform in ±√(6 / (fan in + fan out)) (Glorot and Bengio, 2010, equation 16).
    case glorotUniform
    /// Normal with standard deviation √(2 / fan in) (He et al., 2015, equation 10).
    case heNormal
}

extension Initializer {
    /// What stands behind `~`. The raw values are the words of the language.
    enum Word: String, CaseIterable {
        case zeros, ones, constant
        case glorotUniform = "glorot_uniform"
        case heNormal = "he_normal"

        /// As a sentence shows it: a constant with its number.
        var shown: String { self == .constant ? "\(rawValue)(0.25)" : rawValue }
    }

    /// As source holds it.
    package var syntax: InitializerSyntax {
        switch self {
        case .zeros: InitializerSyntax(.zeros)
        case .ones: InitializerSyntax(.ones)
        case .constant(let number): InitializerSyntax(.constant, .number(number))
        case .glorotUniform: InitializerSyntax(.glorotUniform)
        case .heNormal: InitializerSyntax(.heNormal)
        }
    }
}

extension InitializerSyntax {
    fileprivate init(_ word: Initializer.Word, _ number: Expression? = nil) {
        self.init(word: Name(word.rawValue), number: number)
    }
}
