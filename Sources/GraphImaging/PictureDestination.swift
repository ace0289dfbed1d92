import SystemPackage

/// Where a picture is written.
public enum PictureDestination: Hashable, Sendable {
    /// A file that appears when it is whole; a device or pipe is written as it is.
    case file(FilePath)
    /// What is open already, as standard output; it is not closed.
    ///
    /// - Parameter name: what messages call it.
    case stream(FileDescriptor, name: FilePath)
    /// Memory, from which ``PictureWriter/bytes`` are taken.
    case memory

    /// What messages call it; nil for memory.
    public var path: FilePath? {
        switch self {
        case .file(let path): path
        case .stream(_, let name): name
        case .memory: nil
        }
    }
}
