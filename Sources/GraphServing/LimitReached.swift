import GraphBasics
import GraphImaging

/// What the page does not take, and what to do about it.
enum LimitReached: Error, Hashable, Sendable, CustomStringConvertible {
    case uploadByteCount(Int)
    case pictureCount(Int)
    case keptByteCount(Int)
    case resultPixelCount(PictureSize, scale: Int, Int)

    var description: String {
        switch self {
        case .uploadByteCount(let limit):
            "the file is larger than \(readable(byteCount: limit)), the most that this page takes; enlarge it on the command line"
        case .pictureCount(let limit):
            "the page holds \(readable(count: limit, "picture")) at once; remove some, then add this one again"
        case .keptByteCount(let limit):
            "the page holds \(readable(byteCount: limit)) at once; download and remove some pictures, then add this one again"
        case .resultPixelCount(let size, let scale, let limit):
            "\(scale) times \(size) pixels are more than the \(readable(count: limit / 1_000_000)) million that this page makes; "
                + "enlarge it on the command line"
        }
    }
}
