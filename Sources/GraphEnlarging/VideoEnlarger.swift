import GraphImaging
import GraphRuntime

/// Enlarges raw video frame by frame, as an enlarger of pictures does each.
///
///     let enlarger = VideoEnlarger(try PictureEnlarger(model, threadCount: 2))
///     try enlarger.enlarge(VideoReader(path: "clip.y4m"), to: .file("big.y4m"))
///
/// The result has the layout, the range and the rate of the video. All frames go through one plan, and no more than one of
/// them, small and large, is in memory.
public struct VideoEnlarger: Sendable {
    /// What one enlargement is.
    public struct Report: Hashable, Sendable {
        /// Of each frame, in pixels.
        public var inputSize: PictureSize
        /// Of each frame of the result, in pixels.
        public var outputSize: PictureSize
        /// How frames are worked on; nil of a video without any.
        public var plan: EnlargingPlan.Summary?
        /// Frames that are done.
        public var frameCount = 0
        /// Where the network makes less than is asked for, each as a sentence without a point.
        public var losses: [String] = []
    }

    private let frames: PictureEnlarger

    /// - Parameter frames: enlarges each frame.
    public init(_ frames: PictureEnlarger) { self.frames = frames }

    /// Reads a video to its end and writes the enlarged one.
    ///
    /// - Parameters:
    ///   - destination: a file appears there when it is whole; a pipe gets each frame when it is done.
    ///   - form: what is made of each frame. The shape of pixels stays as the video tells it, whatever becomes of the sides.
    ///   - observer: told and asked meanwhile.
    ///   - willBegin: told what will be done, before the first frame is enlarged.
    /// - Returns: what was done, and of a video in memory its bytes.
    /// - Throws: what is wrong with the video or where it is written; ``EnlargingError/comparisonOfVideo``;
    ///   ``EnlargingError/cancelled``. No file is left then.
    @discardableResult
    public func enlarge(
        _ video: VideoReader, to destination: PictureDestination, form: ResultForm = ResultForm(),
        observer: VideoObserver = VideoObserver(), willBegin: (Report) -> Void = { _ in }
    ) throws(EnlargingError) -> (report: Report, bytes: [UInt8]) {
        do {
            return try run(video, to: destination, form, observer, willBegin)
        } catch {
            let error = EnlargingError(error)
            guard let path = video.path, error != .cancelled else { throw error }
            if case .video = error { throw error }
            throw .picture(path: path, error)
        }
    }

    private func run(
        _ video: VideoReader, to destination: PictureDestination, _ form: ResultForm, _ observer: VideoObserver,
        _ willBegin: (Report) -> Void
    ) throws -> (report: Report, bytes: [UInt8]) {
        guard !form.isComparison else { throw EnlargingError.comparisonOfVideo }
        let header = video.header
        let enlarged = header.resized(to: try form.size.size(of: header.size, networkScale: frames.scale))
        guard enlarged.isOfSizeThatIsHeld else { throw VideoError.tooLargeResult(path: video.path, enlarged.size) }
        let sizes = try frames.sizes(
            of: header.size, form, callersByteCount: VideoFrameConversion.byteCount(header, to: enlarged))
        var report = Report(inputSize: header.size, outputSize: enlarged.size, losses: sizes.reservations)
        // Whatever sizes a header tells, memory is taken when a frame of them is there.
        let first = try video.nextFrame()
        if first != nil { report.plan = try frames.plan(sizes) }
        let writer = try VideoWriter(to: destination, enlarged)
        willBegin(report)
        if let first {
            let conversion = VideoFrameConversion(header, to: enlarged, first: first)
            var next: VideoFrame? = first
            while let frame = next {
                conversion.begin(frame)
                try frames.enlargeFrame(
                    sizes, from: { VideoRowSource(conversion) }, to: VideoRowSink(conversion),
                    keepingRowsIn: destination.partialRows(),
                    observer.ofFrame(after: report.frameCount, of: video.wholeFrameCount))
                try writer.write(conversion.result)
                report.frameCount += 1
                next = try video.nextFrame()
            }
        }
        try writer.finish()
        return (report, writer.bytes)
    }
}

extension VideoObserver {
    /// The observer of the run that enlarges one frame.
    fileprivate func ofFrame(after framesDone: Int, of frameCount: Int?) -> RunObserver {
        guard let progress else { return RunObserver(isCancelled: isCancelled) }
        return RunObserver(
            progress: {
                progress(
                    VideoProgress(
                        framesDone: framesDone, frameCount: frameCount, rowsDone: $0.rowsDone, rowCount: $0.rowCount))
            },
            isCancelled: isCancelled)
    }
}
