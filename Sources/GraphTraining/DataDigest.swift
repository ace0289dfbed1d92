import GraphBasics
import GraphPack

extension TrainingData {
    /// What a run was trained and judged on: the hash of each picture's name and files, in order. Where they lie
    /// and when they were written does not show.
    ///
    /// - Returns: nil when interrupted.
    /// - Throws: when a file cannot be read.
    func digest(
        threadCount: Int, isInterrupted: @Sendable () -> Bool = { false }
    ) throws(TrainingError) -> Digest? {
        let named =
            training.map { (Array("train/".utf8) + $0.name.bytes, $0) }
            + validation.map { (Array("validate/".utf8) + $0.name.bytes, $0) }
        let files = named.flatMap { name, picture in
            [picture.truthPath, picture.reducedPath].compactMap { path in path.map { (name, $0) } }
        }
        let digests = try parallelMap(
            files.count, threadCount: threadCount, isInterrupted: isInterrupted, tool: { () throws(TrainingError) in }
        ) { (_, index) throws(TrainingError) in try asTrainingError { try Digest(ofFile: files[index].1) } }
        return digests.map { Digest(of: zip(files, $0).map { ($0.0, $1) }) }
    }
}
