import GraphFiles
import SystemPackage

/// Raw video that is read frame by frame, from a file, a pipe or memory.
public final class VideoReader {
    /// The file; nil for bytes in memory.
    public var path: FilePath? { input.path }
    /// What stands at its head.
    public let header: VideoHeader
    /// Frames read so far.
    public private(set) var frameCount = 0

    private let input: StreamInput

    /// Opens a file, a pipe or a device.
    ///
    /// - Throws: when it cannot be read; what is wrong with its header.
    public convenience init(path: FilePath) throws(VideoError) {
        let input: StreamInput
        do { input = try StreamInput(path: path) } catch { throw .file(error) }
        try self.init(input)
    }

    /// Reads what is open already, as standard input.
    ///
    /// - Parameters:
    ///   - descriptor: is not closed.
    ///   - name: what messages call it.
    /// - Throws: when it cannot be read; what is wrong with its header.
    public convenience init(_ descriptor: FileDescriptor, name: FilePath) throws(VideoError) {
        try self.init(StreamInput(descriptor, name: name))
    }

    /// - Parameter bytes: the whole video.
    /// - Throws: what is wrong with its header.
    public convenience init(_ bytes: some Sequence<UInt8>) throws(VideoError) { try self.init(StreamInput(Array(bytes))) }

    init(_ input: StreamInput) throws(VideoError) {
        self.input = input
        let path = input.path
        let line: [UInt8]
        switch try Self.line(of: input, byteLimit: VideoHeader.byteLimit) {
        case .whole(let bytes): line = bytes
        case .cutShort(let start), .endless(let start):
            guard VideoHeader.begins(start) else { throw .header(path: path, .noVideo) }
            throw .header(path: path, start.count < VideoHeader.byteLimit ? .cutShort : .tooLong)
        }
        do { header = try VideoHeader(line) } catch { throw .header(path: path, error) }
        guard header.isOfSizeThatIsHeld else { throw .tooLarge(path: path, header.size) }
    }

    /// Frames of the whole video, as its size tells if their heads tell nothing; nil of a pipe.
    public var wholeFrameCount: Int? {
        input.byteCount.map { max(0, $0 - header.bytes.count) / (header.frameByteCount + Self.frameStart.count + 1) }
    }

    private static let frameStart = Array("FRAME".utf8)

    /// The next frame; nil behind the last.
    ///
    /// - Throws: when the video is cut short or damaged.
    public func nextFrame() throws(VideoError) -> VideoFrame? {
        let number = frameCount + 1
        switch try Self.line(of: input, byteLimit: VideoHeader.byteLimit) {
        case .whole(let line):
            guard line.starts(with: Self.frameStart),
                line.count == Self.frameStart.count || line[Self.frameStart.count] == UInt8(ascii: " ")
            else { throw .damaged(path: path, frame: number) }
        case .cutShort(let start):
            if start.isEmpty { return nil }
            guard zip(start, Self.frameStart).allSatisfy(==) else { throw .damaged(path: path, frame: number) }
            throw .cutShort(path: path, frame: number)
        case .endless: throw .damaged(path: path, frame: number)
        }
        let byteCount = header.frameByteCount
        let bytes: [UInt8]
        do { bytes = try input.bytes(byteCount) } catch { throw .file(error) }
        guard bytes.count == byteCount else { throw .cutShort(path: path, frame: number) }
        frameCount = number
        return VideoFrame(size: header.size, layout: header.layout, bytes: bytes)
    }

    private enum Line {
        /// Without its end.
        case whole([UInt8])
        /// What is there where the file ends before the line does.
        case cutShort([UInt8])
        /// As many bytes as a line may have.
        case endless([UInt8])
    }

    private static func line(of input: StreamInput, byteLimit: Int) throws(VideoError) -> Line {
        do {
            // Most lines are short: a pipe is not waited for beyond what it must bring.
            var count = 1
            while true {
                let start = try input.start(count)
                if let end = start.firstIndex(of: UInt8(ascii: "\n")) {
                    let line = Array(start[..<end])
                    input.skip(line.count + 1)
                    return .whole(line)
                }
                if start.count < count { return .cutShort(Array(start)) }
                if count == byteLimit { return .endless(Array(start)) }
                count += 1
            }
        } catch {
            throw .file(error)
        }
    }
}
