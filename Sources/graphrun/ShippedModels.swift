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

    /// What models are for; of each there is one for some scales.
    enum Family: String, CaseIterable {
        /// Undoes a clean reduction, and adds nothing.
        case faithful
        /// Undoes noise and the traces of compression, too.
        case photo
        /// As the first, less sharply and in a fraction of the time: for large pictures and video.
        case fast

        func name(scale: Int) -> String {
            switch self {
            case .faithful: "edsr-x\(scale)"
            case .photo: "edsr-x\(scale)-photo"
            case .fast: "compact-x\(scale)"
            }
        }
    }

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

    /// The pack of a family that enlarges so many times.
    ///
    /// - Throws: naming the scales that ship, when this one does not.
    func path(scale: Int, of family: Family = .faithful) throws(CommandError) -> FilePath {
        let scales = try scales(of: family)
        guard !scales.contains(scale) else { return file(scale: scale, of: family) }
        let choices = scales.map(String.init).joined(separator: " or ")
        throw CommandError(
            "no \(family) model that enlarges \(scale) times ships: --scale \(choices) is what there is; name a .gpack for another"
        )
    }

    /// The pack that ships under a name, as `edsr-x2`; any other name is that of a file.
    func path(named name: FilePath) -> FilePath {
        let shipped = folder.appending(name.extended(by: ".gpack").components)
        return name.components.count != 1 || !FileStatus.exists(shipped) ? name : shipped
    }

    /// All packs of the families that ship, that of the least scale first in each; at least one.
    func paths() throws(CommandError) -> [FilePath] {
        let all = Family.allCases.flatMap { (try? paths(of: $0)) ?? [] }
        return all.isEmpty ? try paths(of: .faithful) : all
    }

    private func paths(of family: Family) throws(CommandError) -> [FilePath] {
        try scales(of: family).map { file(scale: $0, of: family) }
    }

    /// The packs of a family that results of a size may need: those for the nearest factor that reaches it, or where there
    /// is none the one that enlarges most.
    ///
    /// - Throws: when none ships; without a size, when the default does not.
    func paths(reaching size: ResultSize, of family: Family) throws(CommandError) -> [FilePath] {
        switch size {
        case .network: return [try path(scale: Self.defaultScale, of: family)]
        case .scale(let factor):
            let scales = try scales(of: family)
            let scale = scales.first { $0 >= factor.side(of: 1) } ?? scales[scales.count - 1]
            return [file(scale: scale, of: family)]
        // What a picture needs depends on its own size.
        case .width, .height, .sides: return try paths(of: family)
        }
    }

    /// The scales of a family, from the least on; at least one.
    private func scales(of family: Family) throws(CommandError) -> [Int] {
        let scales = (2...8).filter { FileStatus.exists(file(scale: $0, of: family)) }
        guard !scales.isEmpty else {
            throw CommandError(
                "\(folder) holds no \(family) model that ships; name a .gpack, or put the program and its models where they "
                    + "belong by Tools/install")
        }
        return scales
    }

    private func file(scale: Int, of family: Family) -> FilePath {
        folder.appending("\(family.name(scale: scale)).gpack")
    }
}
