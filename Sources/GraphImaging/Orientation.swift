/// How a picture lies in its file: which of its edges the first stored row and the first stored column are.
///
/// Each case is named by these two edges of the upright picture, the row's first: for ``rightTop`` the first row is the
/// right edge and the first column the top, as when a camera was held on its side. Raw values are those of the field.
///
/// Source: TIFF 6.0, section 8, Orientation; Exif 2.32, section 4.6.4, tag 0x0112.
public enum Orientation: Int, Hashable, Sendable, CaseIterable {
    case topLeft = 1, topRight, bottomRight, bottomLeft, leftTop, rightTop, rightBottom, leftBottom

    /// Whether stored rows are columns of the upright picture.
    public var swapsSides: Bool { rawValue >= Orientation.leftTop.rawValue }

    /// Whether what runs along the upright picture's rows is stored from its right edge on.
    private var beginsAtRight: Bool {
        switch self {
        case .topRight, .bottomRight, .rightTop, .rightBottom: true
        case .topLeft, .bottomLeft, .leftTop, .leftBottom: false
        }
    }

    /// Whether what runs along the upright picture's columns is stored from its bottom on.
    private var beginsAtBottom: Bool {
        switch self {
        case .bottomRight, .bottomLeft, .rightBottom, .leftBottom: true
        case .topLeft, .topRight, .leftTop, .rightTop: false
        }
    }
}

extension Orientation {
    /// Sides of the upright picture, of one that is stored with these.
    public func uprightSize(of stored: PictureSize) -> PictureSize {
        swapsSides ? PictureSize(width: stored.height, height: stored.width) : stored
    }

    /// Where the pixel at column `x` and row `y` of the upright picture is stored.
    ///
    /// - Parameter stored: the picture's sides as they are stored.
    public func storedPlace(x: Int, y: Int, in stored: PictureSize) -> (x: Int, y: Int) {
        let upright = uprightSize(of: stored)
        let along = beginsAtRight ? upright.width - 1 - x : x
        let down = beginsAtBottom ? upright.height - 1 - y : y
        return swapsSides ? (down, along) : (along, down)
    }

    /// Where in the upright picture the pixel at stored column `x` and stored row `y` is seen: the way back from
    /// ``storedPlace(x:y:in:)``.
    ///
    /// - Parameter stored: the picture's sides as they are stored.
    public func uprightPlace(x: Int, y: Int, in stored: PictureSize) -> (x: Int, y: Int) {
        let upright = uprightSize(of: stored)
        let (along, down) = swapsSides ? (y, x) : (x, y)
        return (beginsAtRight ? upright.width - 1 - along : along, beginsAtBottom ? upright.height - 1 - down : down)
    }

    /// Pixels of a side of the squares in which ``upright(_:size:layout:)`` works. Where sides are swapped, neighbours in
    /// the one picture lie a row apart in the other: the lines of a square stay in the cache until all of it is done.
    private static let squareSide = 32

    /// The picture turned upright, in memory of its own.
    ///
    /// - Parameters:
    ///   - rows: all stored rows, `size.width * layout.byteCount` bytes each.
    ///   - size: the picture's sides as they are stored.
    /// - Returns: rows of the size that ``uprightSize(of:)`` tells.
    /// - Precondition: `rows` has as many bytes as size and layout say.
    public func upright(_ rows: [UInt8], size: PictureSize, layout: PixelLayout) -> [UInt8] {
        precondition(rows.count == size.width * size.height * layout.byteCount)
        guard self != .topLeft, !rows.isEmpty else { return rows }
        let pixelByteCount = layout.byteCount
        let upright = uprightSize(of: size)
        // The stored place depends on the upright one linearly: three places tell it for all.
        func storedOffset(x: Int, y: Int) -> Int {
            let place = storedPlace(x: x, y: y, in: size)
            return (place.y * size.width + place.x) * pixelByteCount
        }
        let first = storedOffset(x: 0, y: 0)
        let stepAlong = storedOffset(x: 1, y: 0) - first
        let stepDown = storedOffset(x: 0, y: 1) - first
        var turned = [UInt8](repeating: 0, count: rows.count)
        for top in stride(from: 0, to: upright.height, by: Self.squareSide) {
            for left in stride(from: 0, to: upright.width, by: Self.squareSide) {
                let right = min(left + Self.squareSide, upright.width)
                for y in top..<min(top + Self.squareSide, upright.height) {
                    var target = (y * upright.width + left) * pixelByteCount
                    var source = first + y * stepDown + left * stepAlong
                    for _ in left..<right {
                        for byte in 0..<pixelByteCount { turned[target + byte] = rows[source + byte] }
                        target += pixelByteCount
                        source += stepAlong
                    }
                }
            }
        }
        return turned
    }
}
