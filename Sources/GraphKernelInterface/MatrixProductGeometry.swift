import GraphBasics

/// The constants of products of matrices.
public struct MatrixProductGeometry: Hashable, Sendable {
    /// Rows and columns of each result, and what a sum runs over.
    public var rows: Int, columns: Int, depth: Int
    /// Sizes of what stands before the matrices, of axis k in lane k, and how many axes that are.
    public var batch: SIMD8<Int64>, batchRank: Int
    /// Where the matrices of both operands begin, along these axes.
    public var a: AxisSteps, b: AxisSteps
    /// Elements from one row of a matrix of a, as it is multiplied, to the next, and from one column.
    public var aRowStep: Int, aColumnStep: Int
    /// Whether matrices of b lie as their columns.
    public var transposesB: Bool
    /// Whether each matrix of the result is a row of an image; else all lie in one row.
    public var resultIsImage: Bool

    /// Each argument is the property of its name.
    public init(
        rows: Int, columns: Int, depth: Int, batch: SIMD8<Int64>, batchRank: Int, a: AxisSteps, b: AxisSteps, aRowStep: Int,
        aColumnStep: Int, transposesB: Bool, resultIsImage: Bool
    ) {
        self.rows = rows
        self.columns = columns
        self.depth = depth
        self.batch = batch
        self.batchRank = batchRank
        self.a = a
        self.b = b
        self.aRowStep = aRowStep
        self.aColumnStep = aColumnStep
        self.transposesB = transposesB
        self.resultIsImage = resultIsImage
    }

    /// Products of two matrices.
    public var productCount: Int { (0..<batchRank).reduce(1) { $0 * Int(batch[$1]) } }

    /// Bytes of scratch: a matrix of b in rows.
    public var scratchByteCount: Int { transposesB ? (depth * columns * 4).roundedUp(to: 64) : 0 }
}
