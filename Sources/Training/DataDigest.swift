import Pack
import Synchronization

extension DataFolder {
    /// What a run was trained on: the hash of each training picture's name and files, in order. Where they lie and
    /// when they were written does not show.
    ///
    /// - Returns: nil when interrupted.
    /// - Throws: when a file cannot be read.
    func trainingDigest(
        threadCount: Int, isInterrupted: @Sendable () -> Bool = { false }
    ) throws(TrainingError) -> Digest? {
        let files = training.flatMap { picture in
            [picture.truthPath, picture.reducedPath].compactMap { path in path.map { (picture.name, $0) } }
        }
        let digests = Mutex<[Digest?]>(Array(repeating: nil, count: files.count))
        try inParallel(files.count, threadCount: threadCount, isInterrupted: isInterrupted) { (index) throws(TrainingError) in
            let digest = try asTrainingError { try Digest(ofFile: files[index].1) }
            digests.withLock { $0[index] = digest }
        }
        let whole = digests.withLock { $0.compactMap { $0 } }
        return whole.count == files.count ? Digest(of: zip(files, whole).map { ($0.0, $1) }) : nil
    }
}
