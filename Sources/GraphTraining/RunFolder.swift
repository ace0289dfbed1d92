import GraphFiles
import GraphModel
import GraphImaging
import GraphPack
import SystemPackage

/// The folder that a run leaves behind.
///
///     best.gpack    the weights of the best epoch, ready for inference
///     last.gpack    the checkpoint: weights, optimizer and where training stands
///     history.csv   what each epoch reached
///     history.svg   the same as curves, with crops of validation pictures
///     times.csv     how long each epoch took, which is no function of the inputs
///
/// Each file is replaced whole or not at all. `best.gpack` is written before `last.gpack`: a run that is killed
/// between the two repeats the epoch and writes the same best weights.
public struct RunFolder: Hashable, Sendable {
    /// The folder, as the caller named it.
    public let path: FilePath
    /// Whether files of a run that are there may be replaced.
    private let mayReplace: Bool
    /// Whether the run writes its files: of several ranks the first does.
    var isWritten = true

    /// The pack of the epoch that was the best on the validation pictures.
    public var bestPath: FilePath { path.appending("best.gpack") }
    /// The checkpoint that a run goes on from.
    public var lastPath: FilePath { path.appending("last.gpack") }
    /// A line of figures for each epoch.
    public var historyPath: FilePath { path.appending("history.csv") }
    /// The same as a chart.
    public var chartPath: FilePath { path.appending("history.svg") }
    /// What the steps and their parts took, in seconds.
    public var timesPath: FilePath { path.appending("times.csv") }

    /// A folder for a new run. It is made with the first files, so that a run which never begins leaves nothing.
    ///
    /// - Parameter overwriting: whether the files of an earlier run may be replaced.
    /// - Throws: when the folder cannot be written to, or holds a run that must stay.
    public init(_ path: FilePath, overwriting: Bool) throws(TrainingError) {
        self.path = path
        mayReplace = overwriting
        try asTrainingError { try Folder.checkWritable(path) }
        try checkMayReplace()
    }

    private func checkMayReplace() throws(TrainingError) {
        if !mayReplace, let file = files.first(where: FileStatus.exists) { throw .runExists(file: file) }
    }

    /// The folder of a run that goes on.
    ///
    /// - Throws: when it is missing, cannot be written to, or holds no checkpoint.
    public init(resuming path: FilePath) throws(TrainingError) {
        self.path = path
        mayReplace = true
        guard FileStatus.exists(path) else { throw .file(.unreadable(path: path, .missingFolder)) }
        try asTrainingError { try Folder.checkWritable(path) }
        guard holdsCheckpoint else {
            throw .noCheckpoint(path: lastPath)
        }
    }

    /// Whether there is a run to go on with.
    public var holdsCheckpoint: Bool { FileStatus.exists(lastPath) }

    /// Makes the folder where it is missing, keeps other runs out of it, and removes what killed writers left.
    ///
    /// - Parameter origin: where the run's checkpoint was read from; nil for a new run.
    /// - Returns: what keeps others out, for as long as the run goes on; nil where it writes nothing.
    /// - Throws: when another run is in the folder, or was there since this one looked at it.
    func enter(goingOnFrom origin: Checkpoint.Origin?) throws(TrainingError) -> FolderLock? {
        guard isWritten else { return nil }
        try asTrainingError { try Folder.make(path) }
        let lock = try FolderLock(path)
        if let origin, origin.path == lastPath {
            guard FileStatus(lastPath)?.stamp == origin.stamp else { throw .checkpointReplaced(path: lastPath) }
        } else {
            try checkMayReplace()
        }
        let beginnings = files.map { ".\($0.lastComponent?.string ?? "")." }
        for name in try asTrainingError({ try Folder(path).names }) {
            let text = name.string
            guard text.hasSuffix(".partial") || text.hasSuffix(".part") else { continue }
            if beginnings.contains(where: text.hasPrefix) { try remove(path.appending(name)) }
        }
        return lock
    }

    /// Removes all of an earlier run but the checkpoint, which has been replaced.
    func removeResults() throws(TrainingError) {
        guard isWritten else { return }
        for file in files where file != lastPath && FileStatus.exists(file) { try remove(file) }
    }

    func writeLast(_ checkpoint: Checkpoint) throws(TrainingError) {
        guard isWritten else { return }
        try writing { _ = try checkpoint.pack.write(to: lastPath) }
    }

    /// - Returns: the hash of the weights.
    func writeBest(_ model: Model) throws(TrainingError) -> Digest {
        let pack = model.pack(includingState: false)
        try writing { _ = try pack.write(to: bestPath) }
        return pack.digest
    }

    /// - Returns: the hash of the table's file.
    func write(_ history: History) throws(TrainingError) -> Digest {
        try writing { try AtomicFile.write(history.csv, to: historyPath) }
        return Digest(ofBytes: Array(history.csv.utf8))
    }

    /// - Returns: the hash of the chart's file.
    func write(_ chart: LineChart) throws(TrainingError) -> Digest {
        let text = try asTrainingError { try chart.svg() }
        try writing { try AtomicFile.write(text, to: chartPath) }
        return Digest(ofBytes: Array(text.utf8))
    }

    /// Passes on why a file cannot be written, with what is left.
    private func writing(_ body: () throws -> Void) throws(TrainingError) {
        do {
            try body()
        } catch {
            throw .unwritten(TrainingError(error), checkpoint: holdsCheckpoint ? path : nil)
        }
    }

    private var files: [FilePath] { [bestPath, lastPath, historyPath, chartPath, timesPath] }

    private func remove(_ file: FilePath) throws(TrainingError) {
        try asTrainingError { try Folder.removeFile(file) }
    }
}
