import GraphCommandSupport
import GraphEnlarging
import GraphFiles
import GraphModel
import SystemPackage

/// The models that ship with the project, a pack for each scale: what a command uses where none is named.
///
/// They lie where the running program finds them from its own path, whatever links led to it:
///
///     CHECKOUT/.build/…/release/graphrun     CHECKOUT/Models         in a checkout, built by `swift build`
///     PREFIX/bin/graphrun                    PREFIX/share/graphc     where `Tools/install` put both
struct ShippedModels {
    static let defaultScale = 4

    let folder: FilePath

    /// - Parameter executable: the program's path, with symbolic links resolved.
    init(besideExecutable executable: FilePath = runningExecutable) {
        let parts = executable.components
        if let build = parts.firstIndex(where: { $0.string.hasPrefix(".build") }) {
            folder = FilePath(root: executable.root, parts[..<build]).appending("Models")
        } else {
            folder = FilePath(root: executable.root, parts.dropLast(2)).appending("share/graphc")
        }
    }

    /// The pack that enlarges so many times.
    ///
    /// - Throws: naming the scales that ship, when this one does not.
    func path(scale: Int) throws(CommandError) -> FilePath {
        let scales = try scales()
        guard !scales.contains(scale) else { return file(scale: scale) }
        let choices = scales.map(String.init).joined(separator: " or ")
        throw CommandError(
            "no model that enlarges \(scale) times ships: --scale \(choices) is what there is; name a .gpack for another")
    }

    /// The pack that ships under a name, as `edsr-x2`; any other name is that of a file.
    func path(named name: FilePath) -> FilePath {
        let shipped = folder.appending(name.extended(by: ".gpack").components)
        return name.components.count != 1 || !FileStatus.exists(shipped) ? name : shipped
    }

    /// All packs that ship, that of the least scale first.
    func paths() throws(CommandError) -> [FilePath] { try scales().map(file) }

    /// The packs that results of a size may need: those for the nearest factor that reaches it, or where there is none the
    /// one that enlarges most.
    ///
    /// - Throws: when none ships; without a size, when the default does not.
    func paths(reaching size: ResultSize) throws(CommandError) -> [FilePath] {
        let scales = try scales()
        switch size {
        case .network: return [try path(scale: Self.defaultScale)]
        case .scale(let factor): return [file(scale: scales.first { $0 >= factor.side(of: 1) } ?? scales[scales.count - 1])]
        // What a picture needs depends on its own size.
        case .width, .height, .sides: return try paths()
        }
    }

    /// The scales that ship, from the least on; at least one.
    private func scales() throws(CommandError) -> [Int] {
        let scales = (2...8).filter { FileStatus.exists(file(scale: $0)) }
        guard !scales.isEmpty else {
            throw CommandError(
                "no model is named, and \(folder) holds none that ships; name a .gpack, or put the program and its models "
                    + "where they belong by Tools/install")
        }
        return scales
    }

    private func file(scale: Int) -> FilePath { folder.appending("edsr-x\(scale).gpack") }
}
