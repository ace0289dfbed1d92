import GraphPack
import Synchronization

extension TrainingData {
    /// What a run was trained and judged on: the hash of each picture's name and files, in order. Where they lie
    /// and when they were written does not show.
    ///
    /// - Returns: nil when interrupted.
    /// - Throws: when a file cannot be read.
    func digest(
        threadCount: Int, isInterrupted: @Sendable () -> Bool = { false }
    ) throws(TrainingError) -> Digest? {
        let named = training.map { ("train/" + $0.name, $0) } + validation.map { ("validate/" + $0.name, $0) }
        let files = named.flatMap { name, picture in
            [picture.truthPath, picture.reducedPath].compactMap { path in path.map { (name, $0) } }
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
