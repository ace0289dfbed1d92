import Synchronization

/// Decoded pictures, kept in memory as long as there is room for them: the least recently used goes first.
public final class PictureCache: Sendable {
    public let scale: Int
    public let byteLimit: Int

    private let contents = Mutex(Contents())

    fileprivate struct Contents {
        var kept: [PictureFiles: Kept] = [:]
        var byteCount = 0
        var useCount = 0
        var hasMadeRoom = false
    }

    fileprivate struct Kept {
        var pair: PicturePair
        /// Counts uses of the whole cache.
        var lastUse: Int
    }

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
        if let kept = contents.withLock({ $0.use(files) }) { return kept }
        let pair = try PicturePair(files, scale: scale)
        contents.withLock { $0.keep(pair, of: files, byteLimit: byteLimit) }
        return pair
    }

    /// Decodes pictures on several threads until all are kept or the memory is full.
    ///
    /// - Parameter progress: called with the number of pictures that are done, from any thread, one call
    ///   at a time.
    public func fill(
        _ files: [PictureFiles], threadCount: Int, isInterrupted: @Sendable () -> Bool = { false },
        progress: @Sendable (_ done: Int) -> Void = { _ in }
    ) throws(TrainingError) {
        try inParallel(
            files.count, threadCount: threadCount,
            isInterrupted: { isInterrupted() || contents.withLock { $0.hasMadeRoom } }, progress: progress
        ) { (index) throws(TrainingError) in _ = try pair(files[index]) }
    }
}

extension PictureCache.Contents {
    fileprivate mutating func use(_ files: PictureFiles) -> PicturePair? {
        useCount += 1
        kept[files]?.lastUse = useCount
        return kept[files]?.pair
    }

    fileprivate mutating func keep(_ pair: PicturePair, of files: PictureFiles, byteLimit: Int) {
        guard kept[files] == nil else { return }
        if byteCount + pair.byteCount > byteLimit { hasMadeRoom = true }
        guard pair.byteCount <= byteLimit else { return }
        while byteCount + pair.byteCount > byteLimit,
            let oldest = kept.min(by: { $0.value.lastUse < $1.value.lastUse })
        {
            byteCount -= oldest.value.pair.byteCount
            kept[oldest.key] = nil
        }
        byteCount += pair.byteCount
        kept[files] = PictureCache.Kept(pair: pair, lastUse: useCount)
    }
}
