/// Sides in pixels.
public struct PictureSize: Hashable, Sendable, CustomStringConvertible {
    public var width: Int
    public var height: Int

    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// As `510×339`.
    public var description: String { "\(width)×\(height)" }
}

extension Picture {
    public var size: PictureSize { PictureSize(width: width, height: height) }
}

extension PNGReader {
    public var size: PictureSize { PictureSize(width: width, height: height) }
}
