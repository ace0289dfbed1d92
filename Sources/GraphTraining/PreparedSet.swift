import GraphBasics
import GraphFiles
import GraphPack
import GraphImaging
import Synchronization
import SystemPackage

/// Writing a data set of photographs in DIV2K's layout:
///
///     DIV2K_train_HR/0001.png  DIV2K_train_LR_bicubic/X4/0001x4.png  DIV2K_valid_HR/0101.png  …
///     pictures.csv             what each photograph became, or why it was dropped
///
/// The list is written first. A folder whose list is the same goes on with what is missing; nothing that is there is
/// written again, and each file appears whole or not at all.
extension Preparation {
    /// How many files a call of ``write(to:progress:)`` wrote, and how many were there.
    public struct Outcome: Hashable, Sendable {
        /// Files.
        public var writtenCount = 0, presentCount = 0
    }

    /// Makes the set, or what is missing of it.
    ///
    /// - Parameter progress: called with the number of pictures that are done, from any thread, one call at a time.
    /// - Throws: when the folder holds another set, a file cannot be written, or a photograph has changed meanwhile.
    public func write(
        to folder: FilePath, progress: @Sendable (_ done: Int) -> Void = { _ in }
    ) throws(TrainingError) -> Outcome {
        try claim(folder)
        for name in folders { try asTrainingError { try Folder.make(folder.appending(name)) } }
        let outcome = Mutex(Outcome())
        _ = try parallelMap(
            kept.count, threadCount: options.threadCount, isInterrupted: { false }, progress: progress,
            tool: { () throws(TrainingError) in }
        ) { (_, index) throws(TrainingError) in
            let files = files(of: kept[index], in: folder)
            let missing = files.filter { !FileStatus.exists($0.path) }
            if !missing.isEmpty { try write(missing, of: kept[index]) }
            outcome.withLock {
                $0.writtenCount += missing.count
                $0.presentCount += files.count - missing.count
            }
        }
        return outcome.withLock { $0 }
    }

    /// Comma-separated values: what each photograph became, and why others were dropped.
    public var list: String {
        let rows =
            [["picture", "set", "width", "height", "sha256", "source", "reason"]]
            + kept.map {
                [
                    $0.name, $0.isForValidation ? "validation" : "training", "\($0.size.width)", "\($0.size.height)",
                    "\($0.digest)", $0.source.shown, "",
                ]
            } + dropped.map { ["", "dropped", "", "", "", $0.source.shown, "\($0.reason)"] }
        return rows.map { $0.map(csvField).joined(separator: ",") + "\n" }.joined()
    }

    /// Writes the list where there is none, and takes no folder that holds something else.
    private func claim(_ folder: FilePath) throws(TrainingError) {
        let path = folder.appending("pictures.csv")
        if FileStatus.exists(path) {
            // A list of another set may be as long as it likes: it is not this one.
            let limit = list.utf8.count
            guard try asTrainingError({ try InputFile(path).byteCount }) == limit,
                try asTrainingError({ try InputFile.text(path, byteLimit: limit) }) == list
            else { throw .otherSet(list: path) }
            return
        }
        if let taken = folders.map({ folder.appending($0) }).first(where: FileStatus.exists) { throw .foreignSet(folder: taken) }
        try asTrainingError {
            try Folder.make(folder)
            try AtomicFile.write(list, to: path)
        }
    }

    private var sets: [String] { kept.contains(where: \.isForValidation) ? ["train", "valid"] : ["train"] }

    private var folders: [String] {
        sets.flatMap { set in ["DIV2K_\(set)_HR"] + options.scales.map { "DIV2K_\(set)_LR_bicubic/X\($0)" } }
    }

    /// The true picture, which is reduced by 1, and those in low resolution.
    private func files(of picture: Kept, in folder: FilePath) -> [(path: FilePath, scale: Int)] {
        let start = "DIV2K_\(picture.isForValidation ? "valid" : "train")_"
        return [(folder.appending("\(start)HR/\(picture.name).png"), 1)]
            + options.scales.map { (folder.appending("\(start)LR_bicubic/X\($0)/\(picture.name)x\($0).png"), $0) }
    }

    private func write(_ files: [(path: FilePath, scale: Int)], of picture: Kept) throws(TrainingError) {
        let photograph: Picture
        do { photograph = try Picture(contentsOf: picture.source, acceptsPipes: false) } catch { throw .image(error) }
        guard Digest(ofPixels: photograph) == picture.digest, let truth = options.cut(photograph) else {
            throw .changedPhotograph(path: picture.source)
        }
        for (path, scale) in files {
            try asTrainingError { try truth.bicubicReduction(scale: scale).writePNG(to: path) }
        }
    }
}

extension Digest {
    /// The hash of a picture's size and pixels.
    init(ofPixels picture: Picture) {
        self.init(of: [(name: Array("\(picture.size)".utf8), digest: Digest(ofBytes: picture.pixels))])
    }
}
