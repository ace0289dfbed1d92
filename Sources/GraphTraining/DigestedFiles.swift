import GraphBasics
import GraphFiles
import GraphImaging
import GraphPack
import GraphRuntime
import Synchronization
import SystemPackage

/// The files of a run's pictures, known by their hashes: whoever reads one later gets the bytes that the run's digest was
/// taken of, or an error.
///
/// A file is hashed again only where its stamp is another one, or was taken so soon after a writing that the next may leave
/// it the same.
final class DigestedFiles: Sendable {
    fileprivate struct Record {
        var digest: Digest
        /// Nil where it would not tell that the file was written again.
        var stamp: FileStatus.Stamp?
    }

    private let records: Mutex<[FilePath: Record]>

    /// Knows no file, and takes each as it is.
    init() { records = Mutex([:]) }

    /// Hashes files, each once: of files that several ranks share, each on one rank.
    ///
    /// - Returns: nil when interrupted, on every rank.
    /// - Throws: when a file cannot be read, or is no regular file, on every rank.
    init?(
        _ paths: [FilePath], threadCount: Int, ranks: any RankGroup = LoneRank(),
        isInterrupted: @Sendable () -> Bool = { false }
    ) throws(TrainingError) {
        let each = Array(Set(paths)).sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
        let stamps = each.map { FileStatus($0)?.stamp }
        let areShared = ranks.areEqual(stamps.flatMap { $0?.shared ?? [] })
        let own = each.indices.filter { !areShared || $0 % ranks.count == ranks.rank }
        let hashed = try ranks.together { () throws(TrainingError) in
            try parallelMap(
                own.count, threadCount: threadCount, isInterrupted: isInterrupted, tool: { () throws(TrainingError) in }
            ) { (_, index) throws(TrainingError) in try asTrainingError { try Record(of: InputFile(each[own[index]])) } }
        }
        guard !ranks.any(hashed == nil), let hashed else { return nil }
        var found = Dictionary(uniqueKeysWithValues: zip(own, hashed))
        if areShared {
            let perRank = each.count.ceilingDivided(by: ranks.count) * Digest.byteCount
            let bytes = hashed.flatMap(\.digest.bytes)
            let all = ranks.gather(bytes + Array(repeating: 0, count: perRank - bytes.count))
            for index in each.indices where found[index] == nil {
                let first = index % ranks.count * perRank + index / ranks.count * Digest.byteCount
                // The file is as it was before that rank began, or is hashed again when it is read.
                let stamp = stamps[index].flatMap { $0.isSettled && FileStatus(each[index])?.stamp == $0 ? $0 : nil }
                found[index] = Record(digest: Digest(Array(all[first..<first + Digest.byteCount])), stamp: stamp)
            }
        }
        records = Mutex(Dictionary(uniqueKeysWithValues: found.map { (each[$0.key], $0.value) }))
    }

    /// The hash of a file that is known.
    func digest(of path: FilePath) -> Digest? { records.withLock { $0[path]?.digest } }

    /// Opens the file of a picture for `body`.
    ///
    /// - Throws: when the file has other bytes than those that were hashed, also if it got them while `body` read it; when
    ///   it is no regular file; what `body` throws.
    func read<Value>(_ path: FilePath, _ body: (PictureSource) throws -> Value) throws(TrainingError) -> Value {
        let file = try asTrainingError { try InputFile(path) }
        try check(file)
        let value = Result { try body(PictureSource(file, path: path)) }
        try check(file)
        return try asTrainingError { try value.get() }
    }

    private func check(_ file: InputFile) throws(TrainingError) {
        guard let record = records.withLock({ $0[file.path] }) else { return }
        if let stamp = record.stamp, stamp == file.status?.stamp { return }
        let now = try asTrainingError { try Record(of: file) }
        guard now.digest == record.digest else { throw .changedPicture(path: file.path) }
        records.withLock { $0[file.path] = now }
    }
}

extension DigestedFiles.Record {
    fileprivate init(of file: InputFile) throws(FileError) {
        let before = file.status?.stamp
        digest = try Digest(of: file)
        stamp = before?.isSettled == true && file.status?.stamp == before ? before : nil
    }
}
