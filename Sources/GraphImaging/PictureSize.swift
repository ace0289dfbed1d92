/// Sides in pixels.
public struct PictureSize: Hashable, Sendable, CustomStringConvertible {
    /// Columns.
    public var width: Int
    /// Rows.
    public var height: Int

    /// Each argument is the property of its name.
    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// As `510×339`.
    public var description: String { "\(width)×\(height)" }
}

extension Picture {
    /// Columns and rows, as one value.
    public var size: PictureSize { PictureSize(width: width, height: height) }
}
