import GraphBasics

/// The constants of a sum, a mean or a largest over axes.
public struct AxisReductionGeometry: Hashable, Sendable {
    /// Images of the operand, and rows of each.
    public var imageCount: Int, height: Int
    /// The elements of a row, along the axis within it that is reduced; of size 1 where none is.
    public var runs: AxisRuns
    /// Whether images, and the rows of an image, are reduced.
    public var reducesImages: Bool, reducesRows: Bool
    /// Whether the result has a row for each image and row that stays; else all of it is one row.
    public var keepsRows: Bool
    /// What a sum is multiplied with.
    public var scale: Float

    /// Each argument is the property of its name.
    public init(
        imageCount: Int, height: Int, runs: AxisRuns, reducesImages: Bool, reducesRows: Bool, keepsRows: Bool, scale: Float
    ) {
        self.imageCount = imageCount
        self.height = height
        self.runs = runs
        self.reducesImages = reducesImages
        self.reducesRows = reducesRows
        self.keepsRows = keepsRows
        self.scale = scale
    }

    /// Images and rows of the result, counted together.
    public var resultRowCount: Int { (reducesImages ? 1 : imageCount) * (reducesRows ? 1 : height) }

    /// The images, and the rows of each, that go into a row of the result.
    public func sources(_ resultRow: Int) -> (images: Range<Int>, rows: Range<Int>) {
        let (image, row) = resultRow.quotientAndRemainder(dividingBy: reducesRows ? 1 : height)
        return (reducesImages ? 0..<imageCount : image..<image + 1, reducesRows ? 0..<height : row..<row + 1)
    }

    /// Bytes of scratch: a result row's totals in f64.
    public var scratchByteCount: Int { (runs.outer * runs.inner * 8).roundedUp(to: 64) }
}
