import GraphCommandSupport
import GraphEnlarging
import GraphImaging
import SystemPackage

/// The models that pictures may be enlarged by: the one that is named, or those that ship, of which each picture gets one by
/// its condition and by the size of its result.
struct ModelsForPictures {
    /// At least one.
    private(set) var clean: [FilePath]
    /// For pictures whose files tell of a camera or of compression; none for the same, as where such models do not ship.
    private(set) var degraded: [FilePath] = []

    /// Whether there is a choice that was not made by whoever called.
    let isChosen: Bool

    /// - Parameter only: the one picture that is enlarged; nil where there are several.
    init(_ named: NamedModelOptions, _ size: ResultSize, only picture: PictureSource?) throws(CommandError) {
        isChosen = named.path == nil && named.family == nil
        let shipped = ShippedModels()
        if let path = named.path {
            clean = [path]
        } else if let family = named.family {
            clean = try shipped.paths(reaching: size, of: family)
        } else {
            clean = try shipped.paths(reaching: size, of: .faithful)
            degraded = (try? shipped.paths(reaching: size, of: .photo)) ?? []
        }
        // What is wrong with a picture is said when it is enlarged.
        guard !degraded.isEmpty, let picture, let condition = try? picture.condition() else { return }
        if condition == .degraded { clean = degraded }
        degraded = []
    }

    var paths: [FilePath] { clean + degraded }
}
