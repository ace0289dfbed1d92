import GraphBasics
import GraphImaging

/// How large the result becomes: as the network makes it, or resampled from that by bicubic interpolation, which smooths
/// where it makes it smaller.
public enum ResultSize: Hashable, Sendable {
    /// The network's own factor.
    case network
    /// So many times as wide and as high, each side rounded to whole pixels.
    case scale(ResizeFactor)
    /// So many columns; the height follows, rounded.
    case width(Int)
    /// So many rows; the width follows, rounded.
    case height(Int)
    /// Exactly these sides, whatever becomes of the picture's shape.
    case sides(PictureSize)
}

extension ResultSize {
    /// The sides of the result.
    ///
    /// - Parameter networkScale: what the network makes of each pixel, along each side.
    /// - Throws: ``EnlargingError/resultSize(_:)``.
    public func size(of picture: PictureSize, networkScale: Int) throws(EnlargingError) -> PictureSize {
        let size: PictureSize
        switch self {
        case .network:
            size = PictureSize(width: networkScale * picture.width, height: networkScale * picture.height)
        case .scale(let factor):
            size = PictureSize(
                width: factor.nearestSide(of: picture.width), height: factor.nearestSide(of: picture.height))
        case .width(let width):
            let height = ResizeFactor(width, over: picture.width)?.nearestSide(of: picture.height)
            size = PictureSize(width: width, height: height ?? picture.height)
        case .height(let height):
            let width = ResizeFactor(height, over: picture.height)?.nearestSide(of: picture.width)
            size = PictureSize(width: width ?? picture.width, height: height)
        case .sides(let sides):
            size = sides
        }
        // The formats that are written know how large they can be; a network's own result needs no more than they.
        guard
            self == .network
                || min(size.width, size.height) > 0 && max(size.width, size.height) <= PNGReader.longestSide
                    && size.width * size.height <= Self.mostPixels
        else { throw .resultSize(size) }
        return size
    }

    /// Of a result whose size is asked for: what takes weeks and more than a disk was hardly meant.
    static let mostPixels = 1 << 36

    /// The least factor of a network that leaves nothing to be enlarged behind it; nil where any network will do.
    ///
    /// - Throws: ``EnlargingError/resultSize(_:)``.
    public func leastScale(for picture: PictureSize) throws(EnlargingError) -> Int? {
        switch self {
        case .network: return nil
        case .scale(let factor): return factor.numerator.ceilingDivided(by: factor.denominator)
        case .width, .height, .sides:
            let size = try size(of: picture, networkScale: 1)
            return max(size.width.ceilingDivided(by: picture.width), size.height.ceilingDivided(by: picture.height))
        }
    }

    /// The enlarger whose factor is the nearest that leaves nothing to be enlarged behind it; where there is none, the one
    /// that enlarges most.
    ///
    /// - Precondition: there is one.
    /// - Throws: ``EnlargingError/resultSize(_:)``.
    public func enlarger(of enlargers: [PictureEnlarger], for picture: PictureSize) throws(EnlargingError) -> PictureEnlarger {
        let leastScale = try leastScale(for: picture) ?? 1
        let sorted = enlargers.sorted { $0.scale < $1.scale }
        return sorted.first { $0.scale >= leastScale } ?? sorted[sorted.count - 1]
    }

    /// Whether one side follows from the other.
    func keepsShape(of picture: PictureSize) -> Bool {
        guard case .sides(let sides) = self else { return true }
        return ResizeFactor(sides.width, over: picture.width)?.nearestSide(of: picture.height) == sides.height
            || ResizeFactor(sides.height, over: picture.height)?.nearestSide(of: picture.width) == sides.width
    }

    /// Pixels of the result for each pixel of the picture, along x and along y: but for rounded sides.
    func factors(of picture: PictureSize, networkScale: Int) -> (x: Double, y: Double) {
        func factor(_ new: Int, _ old: Int) -> Double { Double(new) / Double(old) }
        switch self {
        case .network: return (Double(networkScale), Double(networkScale))
        case .scale(let scale): return (scale.value, scale.value)
        case .width(let width): return (factor(width, picture.width), factor(width, picture.width))
        case .height(let height): return (factor(height, picture.height), factor(height, picture.height))
        case .sides(let sides): return (factor(sides.width, picture.width), factor(sides.height, picture.height))
        }
    }
}
