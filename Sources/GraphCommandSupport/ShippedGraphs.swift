import GraphFiles
import SystemPackage

/// The graphs that ship with the project, with the rules by which other programs' weights become theirs.
///
/// They lie where the running program finds them from its own path, whatever links led to it:
///
///     CHECKOUT/.build/…/release/graphrun     CHECKOUT/Graphs                in a checkout, built by `swift build`
///     PREFIX/bin/graphrun                    PREFIX/share/graphc/graphs     where `Tools/install` put both
public struct ShippedGraphs {
    /// Where they lie.
    public let folder: FilePath

    /// - Parameter executable: the program's path, with symbolic links resolved.
    public init(besideExecutable executable: FilePath = runningExecutable) {
        let parts = executable.components
        if let build = parts.firstIndex(where: { $0.string.hasPrefix(".build") }) {
            folder = FilePath(root: executable.root, parts[..<build]).appending("Graphs")
        } else {
            folder = FilePath(root: executable.root, parts.dropLast(2)).appending("share/graphc/graphs")
        }
    }
}
