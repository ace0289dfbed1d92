import Synchronization

/// Decoded pictures, kept in memory as long as there is room for them.
///
/// Pictures beyond the limit are decoded again each time they are used. None is ever replaced by
/// another: with pictures drawn in random order that would gain nothing.
public final class PictureCache: Sendable {
    public let files: [PictureFiles]
    public let scale: Int
    public let byteLimit: Int

    private let contents: Mutex<Contents>

    private struct Contents {
        var pairs: [PicturePair?]
        var byteCount = 0
        var isFull = false
    }

    public init(_ files: [PictureFiles], scale: Int, byteLimit: Int) {
        self.files = files
        self.scale = scale
        self.byteLimit = byteLimit
        contents = Mutex(Contents(pairs: Array(repeating: nil, count: files.count)))
    }

    /// A pair, decoded unless it is kept.
    ///
    /// - Throws: when a file has gone or is damaged.
    public func pair(_ index: Int) throws(TrainingError) -> PicturePair {
        if let kept = contents.withLock({ $0.pairs[index] }) { return kept }
        let pair = try PicturePair(files[index], scale: scale)
        contents.withLock { contents in
            guard contents.pairs[index] == nil else { return }
            guard contents.byteCount + pair.byteCount <= byteLimit else {
                contents.isFull = true
                return
            }
            contents.byteCount += pair.byteCount
            contents.pairs[index] = pair
        }
        return pair
    }

    /// Decodes pictures on several threads until all are kept or the limit is reached.
    ///
    /// - Parameter progress: called with the number of pictures that are done, from any thread, one call
    ///   at a time.
    public func fill(
        threadCount: Int, isInterrupted: @Sendable () -> Bool = { false },
        progress: @Sendable (_ done: Int) -> Void = { _ in }
    ) throws(TrainingError) {
        try inParallel(
            files.count, threadCount: threadCount,
            isInterrupted: { isInterrupted() || contents.withLock { $0.isFull } }, progress: progress
        ) { (index) throws(TrainingError) in _ = try pair(index) }
    }
}
