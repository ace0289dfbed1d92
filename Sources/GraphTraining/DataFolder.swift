import GraphBasics
import GraphEnlarging
import GraphFiles
import SystemPackage

/// The pictures of a data set, by what they are for.
///
/// These layouts are read, with names in any case of letters:
///
///     DIV2K      DIV2K_train_HR/  DIV2K_train_LR_bicubic/X4/  DIV2K_valid_HR/  DIV2K_valid_LR_bicubic/X4/
///     Flickr2K   Flickr2K_HR/  Flickr2K_LR_bicubic/X4/
///     pairs      HR/ or GT/ or GTmod12/  LR_bicubic/X4/
///     plain      the pictures of the folder itself  LR_bicubic/X4/
///
/// Low-resolution pictures are found under more names than these (`Docs/Judging.md`). Where there is no folder of them for
/// the scale, they are made by bicubic reduction; where there is one, it must hold all. Files are pictures whose names end
/// as those of a format do that is read, as `.png`, `.jpg` and `.webp`, in any case, and are not hidden; all else is left
/// alone. Pictures are turned upright, as their Exif tells.
///
/// Without pictures for validation, a tenth of the others is held out.
public struct DataFolder: Hashable, Sendable {
    /// Pictures to train on, in the order of their names' bytes.
    public var training: [PictureFiles]
    /// Pictures that only validation sees, in the same order.
    public var validation: [PictureFiles]
    /// What was found, a line for each set of pictures.
    public var summary: [String]
    /// Whether the pictures for validation were taken from the others.
    var isHeldOut: Bool

    /// The pictures to train on and those to validate on.
    ///
    /// - Throws: when the folder is missing, holds no picture, or one picture alone, or lacks some of its low-resolution
    ///   pictures.
    public init(_ path: FilePath, scale: Int) throws(TrainingError) {
        let layout = try Layout(path)
        let sets = try layout.trainingSets(scale: scale, reduced: nil)
        let pictures = sets.flatMap(\.pictures)
        summary = sets.map(\.summary)
        isHeldOut = layout.validation == nil
        if let set = try layout.validationSet(scale: scale, reduced: nil) {
            training = pictures
            validation = set.pictures
            summary.append(set.summary)
        } else {
            guard pictures.count > 1 else { throw .onePicture(folder: path) }
            (training, validation) = Self.holdOut(max(1, pictures.count / 10), of: pictures)
        }
    }

    /// The pictures that a model is measured on: those for validation in the layouts of DIV2K and Flickr2K, all in the
    /// others.
    public static func forEvaluation(_ path: FilePath, scale: Int) throws(TrainingError) -> [PictureFiles] {
        try PictureSet(forEvaluation: path, scale: scale).pictures
    }

    /// Items at even distances, the same ones each time.
    ///
    /// - Precondition: the count is not greater than that of the items.
    static func holdOut<Item>(_ count: Int, of items: [Item]) -> (kept: [Item], heldOut: [Item]) {
        let heldOut = Set((0..<count).map { ($0 * items.count + items.count / 2) / count })
        return (
            items.indices.filter { !heldOut.contains($0) }.map { items[$0] },
            items.indices.filter(heldOut.contains).map { items[$0] }
        )
    }
}

extension PictureSet {
    /// The same for a model, with what it takes beside them.
    ///
    /// - Throws: as the other; when `extras` lacks what the model takes, or a folder of it lacks a picture.
    public init(
        forEvaluation path: FilePath, for enlargement: Enlargement, reducedFolder: FilePath? = nil, extras: TrainingExtras
    ) throws(TrainingError) {
        try extras.check(enlargement.extras)
        try self.init(forEvaluation: path, scale: enlargement.scale, reducedFolder: reducedFolder)
        try extras.pair(&pictures, enlargement.extras)
    }

    /// The pictures that a model is measured on; see ``DataFolder/forEvaluation(_:scale:)``.
    ///
    /// - Parameter reducedFolder: where their low-resolution pictures lie, all of them; nil for those that are found in the
    ///   data folder, or made.
    /// - Throws: when a folder is missing, holds no picture, or lacks some low-resolution pictures.
    public init(forEvaluation path: FilePath, scale: Int, reducedFolder: FilePath? = nil) throws(TrainingError) {
        let layout = try Layout(path)
        var reduced: ReducedFolder?
        if let reducedFolder { reduced = try ReducedFolder(reducedFolder, scale: scale) }
        if let set = try layout.validationSet(scale: scale, reduced: reduced) {
            self = set
            return
        }
        let sets = try layout.trainingSets(scale: scale, reduced: reduced)
        pictures = sets.flatMap(\.pictures)
        summary = sets.map(\.summary).joined(separator: "\n")
        if layout.isForTraining {
            guard pictures.count > 1 else { throw .onePicture(folder: path) }
            pictures = DataFolder.holdOut(max(1, pictures.count / 10), of: pictures).heldOut
            summary += "\nmeasured are those that training holds out: \(readable(count: pictures.count))"
        }
    }
}

/// Which folders of a data folder hold true pictures.
private struct Layout {
    let folder: Folder
    /// Names of the folders to train on; none where the pictures lie in the folder itself, or all are for validation.
    private var training: [FilePath.Component] = []
    private(set) var validation: FilePath.Component?
    /// Whether the data set has pictures to train on alone, so that a model is not measured on all.
    private(set) var isForTraining = false

    init(_ path: FilePath) throws(TrainingError) {
        let folder = try asTrainingError { try Folder(path) }
        let folders = folder.folders
        func present(_ names: [String]) -> [FilePath.Component] {
            names.compactMap { name in folders.first { $0.lowercasedText == name.lowercased() } }
        }
        self.folder = folder
        training = present(["DIV2K_train_HR", "Flickr2K_HR"])
        validation = present(["DIV2K_valid_HR"]).first
        isForTraining = !training.isEmpty
        if training.isEmpty, validation == nil { training = Array(present(["HR", "GT", "GTmod12"]).prefix(1)) }
    }

    /// - Parameter reduced: where low-resolution pictures lie, if that was named.
    func trainingSets(scale: Int, reduced: ReducedFolder?) throws(TrainingError) -> [PictureSet] {
        if training.isEmpty, validation == nil {
            return [try PictureSet(folder, reduced: self.reduced(for: "HR", scale: scale, named: reduced))]
        }
        var sets: [PictureSet] = []
        for name in training { sets.append(try set(name, scale: scale, reduced: reduced)) }
        return sets
    }

    func validationSet(scale: Int, reduced: ReducedFolder?) throws(TrainingError) -> PictureSet? {
        guard let validation else { return nil }
        return try set(validation, scale: scale, reduced: reduced)
    }

    private func set(_ name: FilePath.Component, scale: Int, reduced: ReducedFolder?) throws(TrainingError) -> PictureSet {
        let truths = try asTrainingError { try Folder(folder.path.appending(name)) }
        return try PictureSet(truths, reduced: self.reduced(for: name, scale: scale, named: reduced))
    }

    /// The low-resolution pictures of a folder of true ones: those that were named, or what is found.
    private func reduced(
        for truths: FilePath.Component, scale: Int, named: ReducedFolder?
    ) throws(TrainingError) -> ReducedFolder? {
        if let named { return named }
        // `DIV2K_train_` of `DIV2K_train_HR`, nothing of `HR`.
        let beginning = truths.lowercasedText.hasSuffix("_hr") ? String(truths.string.dropLast(2)) : nil
        let isAlone = training.count + (validation == nil ? 0 : 1) <= 1
        return try ReducedFolder.found(in: folder, beginning: beginning, orWithout: isAlone, scale: scale)
    }
}
