import Files
import Glibc
import Imaging
import Model
import Pack

/// The folder that a run leaves behind.
///
///     best.gpack    the weights of the best epoch, ready for inference
///     last.gpack    the checkpoint: weights, optimizer and where training stands
///     history.csv   what each epoch reached
///     history.svg   the same as curves
///
/// Each file is replaced whole or not at all.
public struct RunFolder: Hashable, Sendable {
    public let path: String

    public var bestPath: String { path + "/best.gpack" }
    public var lastPath: String { path + "/last.gpack" }
    public var historyPath: String { path + "/history.csv" }
    public var chartPath: String { path + "/history.svg" }

    /// Looks at the folder; it is made with the first files, so that a run which never begins leaves nothing.
    ///
    /// - Parameter overwriting: whether the files of an earlier run may be replaced.
    /// - Throws: when the folder cannot be written to, or holds a run that must stay.
    public init(_ path: String, overwriting: Bool) throws(TrainingError) {
        self.path = path
        try Folder.checkWritable(path)
        if !overwriting, let file = files.first(where: Folder.holds) {
            throw TrainingError(
                "\(file): the folder holds a run already; name another, or give --overwrite to replace it")
        }
    }

    /// Makes the folder where it is missing, and removes the files of an earlier run.
    func prepare() throws(TrainingError) {
        try Folder.make(path)
        for file in files where Folder.holds(file) {
            guard unlink(file) == 0 else {
                throw TrainingError("\(file): cannot be removed: \(String(cString: strerror(errno)))")
            }
        }
    }

    func writeLast(_ model: Model) throws(TrainingError) {
        try asTrainingError { _ = try model.pack(includingState: true).write(to: lastPath) }
    }

    func writeBest(_ model: Model) throws(TrainingError) {
        try asTrainingError { _ = try model.pack(includingState: false).write(to: bestPath) }
    }

    func write(_ history: History, title: String) throws(TrainingError) {
        try asTrainingError {
            try AtomicFile.write(history.csv, to: historyPath)
            try history.chart(title: title).writeSVG(to: chartPath)
        }
    }

    private var files: [String] { [bestPath, lastPath, historyPath, chartPath] }
}
