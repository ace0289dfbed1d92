import GraphBasics
import Synchronization

/// Decoded pictures, kept in memory for good as long as there is room for them.
///
/// Training comes back to all pictures equally often, so that none is worth giving up for another. Of those that are
/// not kept, only what a crop needs is decoded.
public final class PictureCache: Sendable {
    /// How many times larger the true pictures are than the reduced ones.
    public let scale: Int
    /// Bytes of pixels that are kept, at most.
    public let byteLimit: Int

    private let contents = Mutex(Contents())

    private struct Contents {
        var kept: [PictureFiles: PicturePair] = [:]
        var byteCount = 0
        /// Whether there was no room for a picture.
        var isFull = false
    }

    /// An empty cache.
    public init(scale: Int, byteLimit: Int) {
        self.scale = scale
        self.byteLimit = byteLimit
    }

    /// Memory that the kept pictures take.
    var byteCount: Int { contents.withLock { $0.byteCount } }

    /// A pair, decoded unless it is kept.
    ///
    /// - Throws: when a file has gone or is damaged.
    public func pair(_ files: PictureFiles) throws(TrainingError) -> PicturePair {
        if let kept = contents.withLock({ $0.kept[files] }) { return kept }
        let pair = try PicturePair(files, scale: scale)
        contents.withLock { contents in
            guard contents.kept[files] == nil else { return }
            guard contents.byteCount + pair.byteCount <= byteLimit else { return contents.isFull = true }
            contents.byteCount += pair.byteCount
            contents.kept[files] = pair
        }
        return pair
    }

    /// What a patch shows of a pair.
    ///
    /// - Throws: when a file has gone, or is damaged as far as it is read.
    func part(_ patch: Patch, of files: PictureFiles) throws(TrainingError) -> PicturePair {
        let readsPart = contents.withLock { $0.isFull && $0.kept[files] == nil }
        if readsPart { return try patch.pair(from: files, scale: scale) }
        return patch.pair(from: try pair(files), scale: scale)
    }

    /// Decodes pictures on several threads until all are kept or the memory is full.
    ///
    /// - Parameter progress: called with the number of pictures that are done, from any thread, one call
    ///   at a time.
    public func fill(
        _ files: [PictureFiles], threadCount: Int, isInterrupted: @Sendable () -> Bool = { false },
        progress: @Sendable (_ done: Int) -> Void = { _ in }
    ) throws(TrainingError) {
        _ = try parallelMap(
            files.count, threadCount: threadCount, isInterrupted: { isInterrupted() || contents.withLock { $0.isFull } },
            progress: progress, tool: { () throws(TrainingError) in }
        ) { (_, index) throws(TrainingError) in _ = try pair(files[index]) }
    }
}
