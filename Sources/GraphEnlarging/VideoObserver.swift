/// What the caller of ``VideoEnlarger`` is told and asked while frames go through the model, as `RunObserver` is of pictures.
public struct VideoObserver {
    /// Told when more rows of a frame, or more frames, are done.
    public var progress: ((VideoProgress) -> Void)?
    /// Whether to end early, which then throws ``EnlargingError/cancelled``.
    public var isCancelled: (() -> Bool)?

    /// Each argument is the property of its name.
    public init(progress: ((VideoProgress) -> Void)? = nil, isCancelled: (() -> Bool)? = nil) {
        self.progress = progress
        self.isCancelled = isCancelled
    }
}

/// How far a video has come.
public struct VideoProgress: Hashable, Sendable {
    /// Frames that are written.
    public var framesDone: Int
    /// Frames of the whole video; nil where it comes through a pipe.
    public var frameCount: Int?
    /// Of the frame at work, rows that are read, computed or handed out.
    public var rowsDone: Int
    /// Rows of each frame, counted so.
    public var rowCount: Int

    /// Each argument is the property of its name.
    public init(framesDone: Int, frameCount: Int?, rowsDone: Int, rowCount: Int) {
        self.framesDone = framesDone
        self.frameCount = frameCount
        self.rowsDone = rowsDone
        self.rowCount = rowCount
    }
}
