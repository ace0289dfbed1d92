/// Why an entry cannot be cut into strips of columns. Texts are the names of values.
public enum StripFault: Hashable, Sendable {
    /// The width of the input is not left open.
    case boundWidth
    /// The graph takes or makes something else than one image.
    case notOneImage
    /// The output has no whole number of columns for each of the input.
    case brokenColumns
    /// Some value's width is more than a multiple of the input's.
    case disproportionateWidths
    /// Every column of a value needs the whole width of its operand.
    case needsWholeWidth(String)
    /// A strip reads columns of a value beyond those that it computes.
    case needsOtherColumns(String)
    /// A value of the whole image's graph is not in that of a strip.
    case lacksValue(String)
}

extension StripFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .boundWidth: "only an image whose width is left open can be cut into strips"
        case .notOneImage: "only what makes one image of one image can be cut into strips"
        case .brokenColumns: "only what makes a whole number of columns of each can be cut into strips"
        case .disproportionateWidths:
            "its values do not all grow in proportion to its width, so that it cannot be cut into strips"
        case .needsWholeWidth(let value): "'\(value)' needs the whole width, so that it cannot be cut into strips"
        case .needsOtherColumns(let value): "'\(value)' needs columns that lie beside its own"
        case .lacksValue(let value): "a strip has no '\(value)'"
        }
    }
}
