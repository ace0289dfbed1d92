import SystemPackage

/// The pictures of one or more data folders, mixed.
///
/// Each picture is as likely in a batch as any other; a folder that is named twice has twice the weight.
public struct TrainingData: Hashable, Sendable {
    /// As they were named.
    public var paths: [FilePath]
    /// Pictures to train on.
    public var training: [PictureFiles] = []
    /// Each picture once.
    public var validation: [PictureFiles] = []
    /// What was found in the folders, a line for each set of pictures.
    public var summary: [String] = []
    /// What the model takes beside the pictures.
    public var extras: TrainingExtras
    /// Those for validation that were taken from pictures to train on.
    var heldOut: [PictureFiles] = []

    /// The pictures for a model, with what it takes beside them.
    ///
    /// - Throws: as the other; when `extras` lacks what the model takes, or a folder of it lacks a picture.
    public init(_ paths: [FilePath], for inputs: TrainingInputs, extras: TrainingExtras = TrainingExtras()) throws(TrainingError)
    {
        try self.init(paths, scale: inputs.scale)
        self.extras = extras
        try extras.check(inputs.enlargement.extras)
        var pictures = training + validation
        try extras.pair(&pictures, inputs.enlargement.extras)
        let heldOutPaths = Set(heldOut.map(\.truthPath))
        training = Array(pictures.prefix(training.count))
        validation = Array(pictures.suffix(validation.count))
        heldOut = validation.filter { heldOutPaths.contains($0.truthPath) }
    }

    /// - Throws: when a folder is missing, or holds too few pictures; see ``DataFolder``.
    public init(_ paths: [FilePath], scale: Int) throws(TrainingError) {
        self.paths = paths
        extras = TrainingExtras()
        for path in paths {
            let folder = try DataFolder(path, scale: scale)
            training += folder.training
            validation += folder.validation.filter { !validation.contains($0) }
            summary += folder.summary.filter { !summary.contains($0) }
            if folder.isHeldOut { heldOut += folder.validation }
        }
        guard !training.isEmpty else {
            throw .nothingToTrainOn(folders: paths)
        }
    }
}
