import GraphCommandSupport
import GraphEnlarging
import Glibc
import GraphFiles
import GraphModel

/// The models that ship with the project, a pack for each scale: what a command uses where none is named.
///
/// They lie where the running program finds them from its own path, whatever links led to it:
///
///     CHECKOUT/.build/…/release/graphrun     CHECKOUT/Models         in a checkout, built by `swift build`
///     PREFIX/bin/graphrun                    PREFIX/share/graphc     where `Tools/install` put both
struct ShippedModels {
    static let defaultScale = 4

    let folder: String

    /// - Parameter executable: the program's path, with symbolic links resolved.
    init(besideExecutable executable: String = runningExecutable) {
        let parts = executable.split(separator: "/", omittingEmptySubsequences: false)
        if let build = parts.firstIndex(where: { $0.hasPrefix(".build") }) {
            folder = (parts[..<build] + ["Models"]).joined(separator: "/")
        } else {
            folder = (parts.dropLast(2) + ["share", "graphc"]).joined(separator: "/")
        }
    }

    /// The pack that enlarges so many times.
    ///
    /// - Throws: naming the scales that ship, when this one does not.
    func path(scale: Int) throws(CommandError) -> String {
        let scales = try scales()
        guard !scales.contains(scale) else { return file(scale: scale) }
        let choices = scales.map(String.init).joined(separator: " or ")
        throw CommandError(
            "no model that enlarges \(scale) times ships: --scale \(choices) is what there is; name a .gpack for another")
    }

    /// The pack that ships under a name, as `edsr-x2`; any other name is that of a file.
    func path(named name: String) -> String {
        let shipped = "\(folder)/\(name).gpack"
        return name.contains("/") || !FileStatus.exists(shipped) ? name : shipped
    }

    /// All packs that ship, that of the least scale first.
    func paths() throws(CommandError) -> [String] { try scales().map(file) }

    /// The packs that results of a size may need: those for the nearest factor that reaches it, or where there is none the
    /// one that enlarges most.
    ///
    /// - Throws: when none ships; without a size, when the default does not.
    func paths(reaching size: ResultSize) throws(CommandError) -> [String] {
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

    private func file(scale: Int) -> String { "\(folder)/edsr-x\(scale).gpack" }
}

/// The path of the program that runs, with symbolic links resolved.
private var runningExecutable: String {
    let resolved = realpath("/proc/self/exe", nil)
    defer { free(resolved) }
    return resolved.map { String(cString: $0) } ?? CommandLine.arguments[0]
}
