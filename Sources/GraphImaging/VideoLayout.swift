/// How the samples of a video's frames lie: planes of luma, of two colour differences and of opacity, one behind the other.
public struct VideoLayout: Hashable, Sendable {
    /// Where a sample of a colour difference lies among the pixels that share it.
    public enum Siting: Hashable, Sendable {
        /// Amid them, as in JPEG and MPEG-1.
        case centre
        /// At the first of each row, between the rows, as in MPEG-2 and what came after it.
        case left
        /// At the first of the first row, as in DV for PAL.
        case topLeft
    }

    /// What the header calls it, as `420mpeg2`.
    public let name: String
    /// Bits of a sample: 8 to 16. Samples of more than 8 take two bytes, the lower one first.
    public let bitDepth: Int
    /// Whether there are planes of colour differences.
    public let hasColour: Bool
    /// Whether there is a plane of opacity.
    public let hasAlpha: Bool
    /// Pixels of a row that share a sample of colour difference: 1, 2 or 4.
    public let sharingColumns: Int
    /// Rows that share it: 1 or 2.
    public let sharingRows: Int
    /// Where it lies.
    public let siting: Siting

    /// The layout that a header names; nil for one that is not known.
    public init?(name: String) {
        var kind = name
        var bits = 8
        if Self.kinds[name] == nil {
            // The depth follows the kind: 420p10, mono10.
            let deeper = (9...16).first { name.hasSuffix("\($0)") }
            let start = name.prefix(name.hasPrefix("mono") ? 4 : 3)
            guard let deeper, ["mono", "420", "422", "444"].contains(start),
                name == (start == "mono" ? "mono\(deeper)" : "\(start)p\(deeper)")
            else { return nil }
            (kind, bits) = (String(start), deeper)
        }
        guard let known = Self.kinds[kind] else { return nil }
        self.name = name
        bitDepth = bits
        hasColour = kind != "mono"
        hasAlpha = kind == "444alpha"
        sharingColumns = known.columns
        sharingRows = known.rows
        // What has more than 8 bits comes from the formats of today, which put it there where nothing else is said.
        siting = kind == "420" && bits > 8 ? .left : known.siting
    }

    /// Source: the manual page yuv4mpeg(5) of the MJPEG tools, and what libavformat writes beyond it.
    private static let kinds: [String: (columns: Int, rows: Int, siting: Siting)] = [
        "mono": (1, 1, .centre),
        "444": (1, 1, .centre), "444alpha": (1, 1, .centre),
        "422": (2, 1, .left),
        "411": (4, 1, .left),
        "420": (2, 2, .centre), "420jpeg": (2, 2, .centre), "420mpeg2": (2, 2, .left), "420paldv": (2, 2, .topLeft),
    ]

    /// Planes of a frame: 1, 3 or 4.
    public var planeCount: Int { (hasColour ? 3 : 1) + (hasAlpha ? 1 : 0) }
    /// Bytes of a sample: 1 or 2.
    public var sampleByteCount: Int { bitDepth > 8 ? 2 : 1 }
    /// The greatest sample there is.
    public var greatestSample: Int { 1 << bitDepth - 1 }

    /// Whether a plane holds a colour difference.
    func isColourDifference(_ plane: Int) -> Bool { hasColour && (1...2).contains(plane) }

    /// Columns and rows of a plane; where pixels that share samples are left over, these have one of their own.
    func size(ofPlane plane: Int, in frame: PictureSize) -> PictureSize {
        guard isColourDifference(plane) else { return frame }
        return PictureSize(
            width: (frame.width + sharingColumns - 1) / sharingColumns,
            height: (frame.height + sharingRows - 1) / sharingRows)
    }

    /// Where a plane begins in a frame; behind the last, the bytes of all.
    func firstByte(ofPlane plane: Int, in frame: PictureSize) -> Int {
        (0..<plane).reduce(0) { count, plane in
            let size = size(ofPlane: plane, in: frame)
            return count + size.width * size.height * sampleByteCount
        }
    }

    /// Bytes of a frame of this size.
    public func byteCount(of frame: PictureSize) -> Int { firstByte(ofPlane: planeCount, in: frame) }
}
