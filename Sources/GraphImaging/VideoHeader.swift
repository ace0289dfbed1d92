/// What stands at the head of raw video, YUV4MPEG2 as ffmpeg's `yuv4mpegpipe` and the MJPEG tools write it.
///
/// Source: the manual page yuv4mpeg(5) of the MJPEG tools.
public struct VideoHeader: Hashable, Sendable {
    /// Columns and rows of each frame.
    public private(set) var size: PictureSize
    /// How its samples lie.
    public let layout: VideoLayout
    /// Whether samples go from 0 to the greatest; otherwise black and white are 16 and 235 of 8 bits, as in television.
    public let isFullRange: Bool
    /// Frames each second, the shape of pixels, the layout, comments: all tags as they stand there but for the sizes.
    private let tags: [[UInt8]]

    static let signature = Array("YUV4MPEG2".utf8)
    /// Real ones have 100.
    static let byteLimit = 4096

    /// Whether a file that begins with these bytes is raw video.
    public static func begins(_ start: some Collection<UInt8>) -> Bool { start.starts(with: signature) }

    /// - Parameter line: the first line, without its end.
    /// - Throws: what is wrong with it.
    public init(_ line: some Collection<UInt8>) throws(VideoError.HeaderProblem) {
        guard Self.begins(line) else { throw .noVideo }
        let words = line.dropFirst(Self.signature.count).split(separator: UInt8(ascii: " ")).map { Array($0) }
        var values: [UInt8: ArraySlice<UInt8>] = [:]
        var comments: [ArraySlice<UInt8>] = []
        for word in words {
            let tag = word[0]
            if tag == UInt8(ascii: "X") {
                comments.append(word.dropFirst())
            } else if values.updateValue(word.dropFirst(), forKey: tag) != nil {
                throw .repeated(tag: shownTag([tag]))
            }
        }
        func value(_ tag: Unicode.Scalar) -> ArraySlice<UInt8>? { values[UInt8(ascii: tag)] }
        func side(_ tag: Unicode.Scalar) throws(VideoError.HeaderProblem) -> Int {
            guard let digits = value(tag) else { throw .missing(tag: String(tag)) }
            guard let side = number(digits), side > 0 else { throw .unreadable(tag: shownTag([UInt8(ascii: tag)] + digits)) }
            return side
        }
        size = PictureSize(width: try side("W"), height: try side("H"))
        for tag in ["F", "A"] as [Unicode.Scalar] {
            guard let ratio = value(tag) else { continue }
            let parts = ratio.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy({ number($0) != nil }) else {
                throw .unreadable(tag: shownTag([UInt8(ascii: tag)] + ratio))
            }
        }
        switch value("I").map({ String(decoding: $0, as: UTF8.self) }) {
        case nil, "p", "?": break
        case "t", "b", "m": throw .interlaced
        default: throw .unreadable(tag: shownTag([UInt8(ascii: "I")] + value("I")!))
        }
        func comment(_ name: String) -> String? {
            comments.first { $0.starts(with: name.utf8) }.map { String(decoding: $0.dropFirst(name.utf8.count), as: UTF8.self) }
        }
        // Without the tag it is as in JPEG, unless a comment of older programs tells.
        let name = value("C").map { String(decoding: $0, as: UTF8.self) } ?? comment("YSCSS=")?.lowercased() ?? "420jpeg"
        guard let layout = VideoLayout(name: name) else { throw .unknownLayout(name: shownTag(Array(name.utf8))) }
        self.layout = layout
        isFullRange = comment("COLORRANGE=") == "FULL"
        tags = words.filter { ![UInt8(ascii: "W"), UInt8(ascii: "H")].contains($0[0]) }
    }

    /// The header of the same video in frames of another size.
    public func resized(to size: PictureSize) -> VideoHeader {
        var header = self
        header.size = size
        return header
    }

    /// Whether frames are not too large to be held in memory.
    package var isOfSizeThatIsHeld: Bool {
        max(size.width, size.height) <= PNGReader.longestSide && size.width * size.height <= PNGReader.mostPixelsInMemory
    }

    /// Bytes of each frame.
    public var frameByteCount: Int { layout.byteCount(of: size) }

    /// The line, with its end.
    var bytes: [UInt8] {
        let sizes = ["W\(size.width)", "H\(size.height)"].map { Array($0.utf8) }
        return Array(([Self.signature] + sizes + tags).joined(separator: [UInt8(ascii: " ")])) + [UInt8(ascii: "\n")]
    }
}

/// A number of up to 9 digits and nothing else.
private func number(_ digits: ArraySlice<UInt8>) -> Int? {
    guard 1...9 ~= digits.count else { return nil }
    return digits.reduce(0 as Int?) { number, digit in
        guard let number, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
        return 10 * number + Int(digit - UInt8(ascii: "0"))
    }
}

/// A tag as messages show it: of whatever a file holds, nothing that a terminal would obey.
private func shownTag(_ bytes: [UInt8]) -> String {
    let shown = bytes.prefix(24).map { 0x21...0x7E ~= $0 ? String(Unicode.Scalar($0)) : "?" }.joined()
    return bytes.count > 24 ? shown + "…" : shown
}
