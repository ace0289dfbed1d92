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
    /// What is known of the files.
    let files: DigestedFiles

    private let contents = Mutex(Contents())

    private struct Contents {
        var kept: [PictureFiles: PicturePair] = [:]
        var byteCount = 0
        /// Whether there was no room for a picture.
        var isFull = false
    }

    /// An empty cache.
    public convenience init(scale: Int, byteLimit: Int) {
        self.init(scale: scale, byteLimit: byteLimit, files: DigestedFiles())
    }

    /// An empty cache for pictures whose files are known.
    init(scale: Int, byteLimit: Int, files: DigestedFiles) {
        self.scale = scale
        self.byteLimit = byteLimit
        self.files = files
    }

    /// Memory that the kept pictures take.
    var byteCount: Int { contents.withLock { $0.byteCount } }

    /// A pair, decoded unless it is kept.
    ///
    /// - Throws: when a file has gone, is damaged or is another one than when the run began.
    public func pair(_ picture: PictureFiles) throws(TrainingError) -> PicturePair {
        if let kept = contents.withLock({ $0.kept[picture] }) { return kept }
        let pair = try decoded(picture)
        contents.withLock { contents in
            guard contents.kept[picture] == nil else { return }
            guard contents.byteCount + pair.byteCount <= byteLimit else { return contents.isFull = true }
            contents.byteCount += pair.byteCount
            contents.kept[picture] = pair
        }
        return pair
    }

    /// A pair that is needed once, and so is not kept.
    func decoded(_ picture: PictureFiles) throws(TrainingError) -> PicturePair {
        try PicturePair(picture, scale: scale, from: files)
    }

    /// What a patch shows of a pair.
    ///
    /// - Throws: when a file has gone, is damaged as far as it is read, or is another one than when the run began.
    func part(_ patch: Patch, of picture: PictureFiles) throws(TrainingError) -> PicturePair {
        let readsPart = contents.withLock { $0.isFull && $0.kept[picture] == nil }
        if readsPart { return try patch.pair(from: picture, scale: scale, known: files) }
        return patch.pair(from: try pair(picture), scale: scale)
    }

    /// Decodes pictures on several threads until all are kept or the memory is full.
    ///
    /// - Parameter progress: called with the number of pictures that are done, from any thread, one call
    ///   at a time.
    /// - Throws: naming all of them that cannot be read.
    public func fill(
        _ pictures: [PictureFiles], threadCount: Int, isInterrupted: @Sendable () -> Bool = { false },
        progress: @Sendable (_ done: Int) -> Void = { _ in }
    ) throws(TrainingError) {
        let errors = PictureErrors()
        _ = try parallelMap(
            pictures.count, threadCount: threadCount, isInterrupted: { isInterrupted() || contents.withLock { $0.isFull } },
            progress: progress, tool: { () throws(TrainingError) in }
        ) { (_, index) throws(TrainingError) in errors.collect { () throws(TrainingError) in _ = try pair(pictures[index]) } }
        try errors.throwAll()
    }
}
