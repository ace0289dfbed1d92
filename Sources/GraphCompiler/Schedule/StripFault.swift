/// Which way an image is cut into strips.
public enum StripAxis: Hashable, Sendable {
    /// Strips are some columns from top to bottom.
    case columns
    /// Strips are some rows from left to right.
    case rows

    fileprivate var lines: String { self == .columns ? "columns" : "rows" }
    fileprivate var side: String { self == .columns ? "width" : "height" }
}

/// Why an entry cannot be cut into strips. Texts are the names of values.
public enum StripFault: Hashable, Sendable {
    /// The side of the input is not left open.
    case boundSide(StripAxis)
    /// The graph takes or makes something else than one image.
    case notOneImage
    /// The output has no whole number of columns, or rows, for each of the input.
    case broken(StripAxis)
    /// Some value's side is more than a multiple of the input's.
    case disproportionate(StripAxis)
    /// Every column, or row, of a value needs the whole side of its operand.
    case needsWhole(String, StripAxis)
    /// A strip reads columns, or rows, of a value beyond those that it computes.
    case needsOther(String, StripAxis)
    /// A value of the whole image's graph is not in that of a strip.
    case lacksValue(String)
}

extension StripFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .boundSide(let axis): "only an image whose \(axis.side) is left open can be cut into strips"
        case .notOneImage: "only what makes one image of one image can be cut into strips"
        case .broken(let axis): "only what makes a whole number of \(axis.lines) of each can be cut into strips"
        case .disproportionate(let axis):
            "its values do not all grow in proportion to its \(axis.side), so that it cannot be cut into strips"
        case .needsWhole(let value, let axis): "'\(value)' needs the whole \(axis.side), so that it cannot be cut into strips"
        case .needsOther(let value, let axis): "'\(value)' needs \(axis.lines) that lie beside its own"
        case .lacksValue(let value): "a strip has no '\(value)'"
        }
    }
}
