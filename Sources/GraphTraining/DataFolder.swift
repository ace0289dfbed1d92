import GraphFiles

/// The pictures of a data set, by what they are for.
///
/// Three layouts are read; in each, the low-resolution picture of `NAME.png` is `NAMExS.png` for a scale
/// of S, and a missing one is made by bicubic reduction.
///
///     DIV2K    DIV2K_train_HR/  DIV2K_train_LR_bicubic/XS/  DIV2K_valid_HR/  DIV2K_valid_LR_bicubic/XS/
///     pairs    HR/  LR_bicubic/XS/
///     plain    the PNG files of the folder itself
///
/// Without pictures for validation, a tenth of the others is held out.
public struct DataFolder: Hashable, Sendable {
    /// Pictures to train on, in the order of their names' bytes.
    public var training: [PictureFiles]
    /// Pictures that only validation sees, in the same order.
    public var validation: [PictureFiles]

    /// The pictures to train on and those to validate on.
    ///
    /// - Throws: when the folder is missing, holds no PNG, or one picture alone.
    public init(_ path: String, scale: Int) throws(TrainingError) {
        let sets = try Sets(path, scale: scale)
        if let validation = sets.validation {
            training = sets.training
            self.validation = validation
        } else {
            guard sets.training.count > 1 else {
                throw .onePicture(folder: path)
            }
            (training, validation) = Self.holdOutTenth(of: sets.training)
        }
    }

    /// The pictures that a model is measured on: those for validation in DIV2K's layout, all in the others.
    public static func forEvaluation(_ path: String, scale: Int) throws(TrainingError) -> [PictureFiles] {
        let sets = try Sets(path, scale: scale)
        if let validation = sets.validation { return validation }
        return sets.isDIV2K ? try DataFolder(path, scale: scale).validation : sets.training
    }

    /// Every tenth picture by name, at least one: the same ones each time.
    static func holdOutTenth<Item>(of items: [Item]) -> (kept: [Item], heldOut: [Item]) {
        let count = max(1, items.count / 10)
        let heldOut = Set((0..<count).map { ($0 * items.count + items.count / 2) / count })
        return (
            items.indices.filter { !heldOut.contains($0) }.map { items[$0] },
            items.indices.filter(heldOut.contains).map { items[$0] }
        )
    }
}

/// Where one picture lies.
public struct PictureFiles: Hashable, Sendable {
    /// The file's name without its ending.
    public var name: String
    /// The picture in full resolution.
    public var truthPath: String
    /// The same in low resolution; nil where it is to be made.
    public var reducedPath: String?
}

/// What a layout holds, before anything is held out.
private struct Sets {
    var isDIV2K: Bool
    var training: [PictureFiles]
    var validation: [PictureFiles]?

    init(_ path: String, scale: Int) throws(TrainingError) {
        let folder = try asTrainingError { try Folder(path) }
        func pictures(_ truth: String, _ reduced: String) throws(TrainingError) -> [PictureFiles] {
            try asTrainingError { try Folder(path + "/" + truth) }
                .pictures(reducedFolder: "\(path)/\(reduced)/X\(scale)", scale: scale)
        }
        isDIV2K = folder.names.contains("DIV2K_train_HR") || folder.names.contains("DIV2K_valid_HR")
        if folder.names.contains("DIV2K_train_HR") {
            training = try pictures("DIV2K_train_HR", "DIV2K_train_LR_bicubic")
        } else if isDIV2K {
            training = []
        } else if folder.names.contains("HR") {
            training = try pictures("HR", "LR_bicubic")
        } else {
            training = try folder.pictures(reducedFolder: nil, scale: scale)
        }
        if folder.names.contains("DIV2K_valid_HR") {
            validation = try pictures("DIV2K_valid_HR", "DIV2K_valid_LR_bicubic")
        }
    }
}

extension Folder {
    /// Its PNG files in the order of their names.
    fileprivate func pictures(reducedFolder: String?, scale: Int) throws(TrainingError) -> [PictureFiles] {
        let files = names.filter { $0.lowercased().hasSuffix(".png") && !$0.hasPrefix(".") }
        guard !files.isEmpty else {
            throw .noPictures(folder: path, other: names.first)
        }
        return files.map { file in
            let name = String(file.dropLast(4))
            let reducedPath = reducedFolder.map { "\($0)/\(name)x\(scale).png" }
            return PictureFiles(
                name: name, truthPath: "\(path)/\(file)",
                reducedPath: reducedPath.flatMap { FileStatus.exists($0) ? $0 : nil })
        }
    }
}
