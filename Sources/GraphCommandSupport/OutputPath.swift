import ArgumentParser
import GraphFiles
import SystemPackage

/// Where a command writes to, as it was named: a path that ends in a slash is that of a folder, which the path itself does
/// not tell.
public struct OutputPath: Hashable, Sendable {
    /// Without the slash at its end.
    public let path: FilePath
    /// Whether a slash stands there.
    public let namesFolder: Bool
}

extension OutputPath: ExpressibleByArgument {
    /// Any argument is a path.
    public init(argument: String) {
        path = FilePath(text: argument)
        namesFolder = argument.utf8.last == UInt8(ascii: "/")
    }
}
