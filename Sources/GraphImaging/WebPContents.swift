import CGraphWebP

/// A WebP file in memory, and what its container tells: sizes, the first frame, and the chunks beside it.
struct WebPContents {
    let bytes: [UInt8]
    /// Of the picture as a whole.
    let size: PictureSize
    /// How many pictures there are; more than one in an animation.
    let frameCount: Int
    /// Where the first frame lies in the picture, in pixels. Only in an animation it may be smaller.
    let frameX, frameY: Int
    /// Where its data lie in ``bytes``.
    private let frame: Range<Int>
    /// Whether a pixel may be transparent.
    let hasAlpha: Bool
    /// Whether the first frame's colours are stored with a loss.
    let isLossy: Bool
    let metadata: PictureMetadata

    /// Reads all of the file that its header announces.
    ///
    /// - Parameter input: a file with the signature of WebP.
    init(_ input: PictureInput) throws(ImageError) {
        // RFC 9649, section 2.4: the word `RIFF`, and the number of bytes behind it and itself.
        let announced = 8 + input.start[4..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
        let bytes = try input.read(announced)
        guard bytes.count == announced else {
            throw .cutShort(path: input.path, .byte(after: bytes.count, of: announced))
        }
        guard let contents = bytes.withUnsafeBytes({ WebPContents(bytes, at: $0) }) else {
            throw .damaged(path: input.path, .header, message: "its parts do not fit together")
        }
        self = contents
    }

    /// - Parameter memory: that of the bytes.
    /// - Returns: nil where the container is damaged.
    private init?(_ bytes: [UInt8], at memory: UnsafeRawBufferPointer) {
        var data = WebPData(bytes: memory.baseAddress?.assumingMemoryBound(to: UInt8.self), size: memory.count)
        guard let container = WebPDemux(&data) else { return nil }
        defer { WebPDemuxDelete(container) }
        var frame = WebPIterator()
        guard WebPDemuxGetFrame(container, 1, &frame) != 0 else { return nil }
        defer { WebPDemuxReleaseIterator(&frame) }
        size = PictureSize(
            width: Int(WebPDemuxGetI(container, WEBP_FF_CANVAS_WIDTH)),
            height: Int(WebPDemuxGetI(container, WEBP_FF_CANVAS_HEIGHT)))
        frameX = Int(frame.x_offset)
        frameY = Int(frame.y_offset)
        let start = UnsafeRawPointer(frame.fragment.bytes!) - memory.baseAddress!
        self.frame = start..<start + frame.fragment.size
        // The decoder writes where it is told to.
        guard frame.complete != 0, frameX >= 0, frameY >= 0, frame.width > 0, frame.height > 0,
            frameX + Int(frame.width) <= size.width, frameY + Int(frame.height) <= size.height
        else { return nil }
        hasAlpha = frame.has_alpha != 0 || frame.width < size.width || frame.height < size.height
        var features = WebPBitstreamFeatures()
        guard WebPGetFeatures(frame.fragment.bytes, frame.fragment.size, &features) == VP8_STATUS_OK else { return nil }
        // The header's own numbers: 1 is lossy, 2 lossless.
        isLossy = features.format == 1
        frameCount = Int(frame.num_frames)
        let exif = chunk("EXIF", of: container)
        // Some programs write the name that JPEG has there.
        let name = Array("Exif\0\0".utf8)
        metadata = PictureMetadata(
            iccProfile: chunk("ICCP", of: container),
            exif: exif.map { $0.starts(with: name) ? Array($0.dropFirst(name.count)) : $0 },
            xmp: chunk("XMP ", of: container))
        self.bytes = bytes
    }

    /// Hands over the data of the first frame.
    func withFrame<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[frame])) }
    }
}

/// The data of the first chunk of a type of four letters.
private func chunk(_ type: String, of container: OpaquePointer) -> [UInt8]? {
    var chunk = WebPChunkIterator()
    guard WebPDemuxGetChunk(container, type, 1, &chunk) != 0 else { return nil }
    defer { WebPDemuxReleaseChunkIterator(&chunk) }
    return Array(UnsafeBufferPointer(start: chunk.chunk.bytes, count: chunk.chunk.size))
}
