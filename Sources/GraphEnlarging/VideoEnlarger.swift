import GraphCompiler
import GraphImaging
import GraphModel
import GraphRuntime

/// Enlarges raw video with a model, frame by frame.
///
///     let enlarger = try VideoEnlarger(model, threadCount: 2)
///     try enlarger.enlarge(VideoReader(path: "clip.y4m"), to: .file("big.y4m"))
///
/// The result has the layout, the range and the rate of the video. All frames go through one plan, and no more than one of
/// them, small and large, is in memory. Enlargers may work at once.
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
    }

    /// Pixels of the result for each pixel of a frame, along each side.
    public var scale: Int { enlargement.scale }

    private let model: Model
    private let options: EnlargingOptions
    private let enlargement: Enlargement

    /// - Parameters:
    ///   - bands: how the rows are worked on.
    ///   - memoryLimit: bytes that the process may take at its peak; it overrides `bands`.
    ///   - border: what the network sees beyond a frame's border.
    ///   - algorithm: how convolutions are computed.
    /// - Throws: when the model does not take and make a picture.
    public init(
        _ model: Model, threadCount: Int = availableProcessorCount(), bands: Bands = .automatic, memoryLimit: Int? = nil,
        border: Border = .mirror, algorithm: ConvolutionAlgorithm = .best
    ) throws(EnlargingError) {
        self.model = model
        options = EnlargingOptions(
            threadCount: threadCount, bands: bands, memoryLimit: memoryLimit, border: border, algorithm: algorithm)
        enlargement = try Enlargement(model)
    }

    /// Reads a video to its end and writes the enlarged one.
    ///
    /// - Parameters:
    ///   - destination: a file appears there when it is whole; a pipe gets each frame when it is done.
    ///   - observer: told and asked meanwhile.
    ///   - willBegin: told what will be done, before the first frame is enlarged.
    /// - Returns: what was done, and of a video in memory its bytes.
    /// - Throws: what is wrong with the video or where it is written; ``EnlargingError/cancelled``. No file is left then.
    @discardableResult
    public func enlarge(
        _ video: VideoReader, to destination: PictureDestination, observer: VideoObserver = VideoObserver(),
        willBegin: (Report) -> Void = { _ in }
    ) throws(EnlargingError) -> (report: Report, bytes: [UInt8]) {
        do {
            return try run(video, to: destination, observer, willBegin)
        } catch {
            let error = EnlargingError(error)
            guard let path = video.path, error != .cancelled else { throw error }
            if case .video = error { throw error }
            throw .picture(path: path, error)
        }
    }

    private func run(
        _ video: VideoReader, to destination: PictureDestination, _ observer: VideoObserver, _ willBegin: (Report) -> Void
    ) throws -> (report: Report, bytes: [UInt8]) {
        let header = video.header
        let enlarged = header.enlarged(by: scale)
        guard enlarged.isOfSizeThatIsHeld else { throw VideoError.tooLargeResult(path: video.path, enlarged.size) }
        var report = Report(inputSize: header.size, outputSize: enlarged.size)
        // Whatever sizes a header tells, memory is taken when a frame of them is there.
        let first = try video.nextFrame()
        let prepared = try first.map { _ in try prepare(header) }
        report.plan = prepared?.summary
        let writer = try VideoWriter(to: destination, enlarged)
        willBegin(report)
        if let first, let prepared {
            let conversion = VideoFrameConversion(header, scale: scale, first: first)
            var next: VideoFrame? = first
            while let frame = next {
                conversion.begin(frame)
                try prepared.run(
                    from: { VideoRowSource(conversion) }, to: VideoRowSink(conversion),
                    keepingRowsIn: destination.partialRows,
                    observer.ofFrame(after: report.frameCount, of: video.wholeFrameCount))
                try writer.write(conversion.result)
                report.frameCount += 1
                next = try video.nextFrame()
            }
        }
        try writer.finish()
        return (report, writer.bytes)
    }

    private func prepare(_ header: VideoHeader) throws(EnlargingError) -> PreparedEnlargement {
        try PreparedEnlargement(
            model, model.floatPredictEntry(), enlargement, options, header.size, isFloat: true,
            otherByteCount: VideoFrameConversion.byteCount(header, scale: scale), in: options.workspace())
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
