import GraphBasics

/// The constants of a pooling, or of its gradient.
public struct PoolingGeometry: Hashable, Sendable {
    /// The image's size.
    public var height: Int, width: Int
    /// The pooled image's size.
    public var pooledHeight: Int, pooledWidth: Int
    /// Elements of a pixel.
    public var channels: Int
    /// The size of a window, and how far windows are apart.
    public var windowHeight: Int, windowWidth: Int, strideHeight: Int, strideWidth: Int
    /// Rows and columns of the first window that lie before the image.
    public var top: Int, left: Int
    /// Whether a mean counts pixels outside the image, as zeros.
    public var countsPadding: Bool

    /// Each argument is the property of its name.
    public init(
        height: Int, width: Int, pooledHeight: Int, pooledWidth: Int, channels: Int,
        windowHeight: Int, windowWidth: Int, strideHeight: Int, strideWidth: Int, top: Int, left: Int,
        countsPadding: Bool
    ) {
        self.height = height
        self.width = width
        self.pooledHeight = pooledHeight
        self.pooledWidth = pooledWidth
        self.channels = channels
        self.windowHeight = windowHeight
        self.windowWidth = windowWidth
        self.strideHeight = strideHeight
        self.strideWidth = strideWidth
        self.top = top
        self.left = left
        self.countsPadding = countsPadding
    }

    /// The rows of the image in the windows of a pooled row.
    public func rows(ofPooled row: Int) -> Range<Int> {
        let start = row * strideHeight - top
        return max(0, start)..<min(height, start + windowHeight)
    }

    /// The columns of the image in the windows of a pooled column.
    public func columns(ofPooled column: Int) -> Range<Int> {
        let start = column * strideWidth - left
        return max(0, start)..<min(width, start + windowWidth)
    }

    /// The pooled rows whose windows hold a row of the image.
    public func pooledRows(of row: Int) -> Range<Int> {
        let first = max(0, (row + top - windowHeight + strideHeight).flooredQuotient(strideHeight))
        return first..<max(first, min(pooledHeight, (row + top) / strideHeight + 1))
    }

    /// Bytes of scratch of the poolings: one row of the image, or of the gradient of `avg_pool` one pooled row.
    public var scratchByteCount: Int { (max(width, pooledWidth) * channels * 4).roundedUp(to: 64) }
}

extension Int {
    /// The quotient rounded down.
    fileprivate func flooredQuotient(_ divisor: Int) -> Int { (self >= 0 ? self : self - divisor + 1) / divisor }
}
