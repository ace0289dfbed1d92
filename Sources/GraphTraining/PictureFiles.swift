/// Where one picture lies.
public struct PictureFiles: Hashable, Sendable {
    /// The file's name without its ending.
    public var name: String
    /// The picture in full resolution.
    public var truthPath: String
    /// The same in low resolution; nil where it is to be made.
    public var reducedPath: String?
}
