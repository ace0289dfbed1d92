import SystemPackage

/// Where one picture lies.
public struct PictureFiles: Hashable, Sendable {
    /// The file's name without its ending.
    public var name: FilePath
    /// The picture in full resolution.
    public var truthPath: FilePath
    /// The same in low resolution; nil where it is to be made.
    public var reducedPath: FilePath?
    /// What the model takes beside the reduced picture.
    public var extras: [ExtraFile] = []
}
