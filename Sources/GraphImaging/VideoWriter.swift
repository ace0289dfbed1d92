import GraphFiles

/// Raw video that is written frame by frame, to a file, a stream or memory.
public final class VideoWriter {
    /// What stands at its head.
    public let header: VideoHeader
    /// Of a video in memory all that was written; of others none.
    public private(set) var bytes: [UInt8] = []

    /// nil for memory.
    private let file: AtomicFile?

    /// Writes the header. A file appears under its name when it is whole.
    ///
    /// - Throws: when the file cannot be written.
    public init(to destination: PictureDestination, _ header: VideoHeader) throws(VideoError) {
        self.header = header
        do {
            switch destination {
            case .file(let path): file = try AtomicFile(path: path, acceptsDevices: true)
            case .stream(let descriptor, let name): file = try AtomicFile(stream: descriptor, name: name)
            case .memory: file = nil
            }
        } catch {
            throw .file(error)
        }
        try append(header.bytes)
    }

    /// - Precondition: the frame has the size and the layout that the header tells.
    public func write(_ frame: VideoFrame) throws(VideoError) {
        precondition(frame.size == header.size && frame.layout == header.layout)
        try append(Array("FRAME\n".utf8))
        try append(frame.bytes)
    }

    /// Ends the video and puts a file in its place.
    public func finish() throws(VideoError) {
        do {
            try file?.synchronize()
            try file?.commit()
        } catch {
            throw .file(error)
        }
    }

    private func append(_ bytes: [UInt8]) throws(VideoError) {
        guard let file else {
            self.bytes += bytes
            return
        }
        do { try file.append(bytes) } catch { throw .file(error) }
    }
}
