/// Bicubic enlargement of one plane of samples, row by row.
struct PlaneEnlargement {
    private let size: PictureSize
    private let rows: BicubicTaps
    private let columns: BicubicTaps
    private let columnWeights: [Float]
    /// One row of the result before its columns are enlarged.
    private var row: [Float]

    /// - Parameters:
    ///   - size: of the small plane.
    ///   - newSize: of the large one, which may lack the rest of a side of pixels that share samples.
    ///   - rowShift: how far below its place in a plane of its own an output sample lies, in rows of the small plane.
    ///   - columnShift: the same for columns.
    init(from size: PictureSize, to newSize: PictureSize, scale: Int, rowShift: Double, columnShift: Double) {
        self.size = size
        rows = BicubicTaps(inputLength: size.height, outputs: 0..<newSize.height, scale: Double(scale), shift: rowShift)
        columns = BicubicTaps(inputLength: size.width, outputs: 0..<newSize.width, scale: Double(scale), shift: columnShift)
        columnWeights = columns.weights.map(Float.init)
        row = Array(repeating: 0, count: size.width)
    }

    /// One row of the result.
    ///
    /// - Precondition: there are all samples of the small plane, and room for a row of the large one.
    mutating func make(
        row y: Int, of samples: UnsafeMutableBufferPointer<Float>, into result: UnsafeMutableBufferPointer<Float>
    ) {
        for x in row.indices { row[x] = 0 }
        for tap in y * rows.count..<(y + 1) * rows.count where rows.weights[tap] != 0 {
            let weight = Float(rows.weights[tap])
            let first = rows.positions[tap] * size.width
            for x in row.indices { row[x] += weight * samples[first + x] }
        }
        for x in 0..<columns.outputCount {
            var sum: Float = 0
            for tap in x * columns.count..<(x + 1) * columns.count { sum += columnWeights[tap] * row[columns.positions[tap]] }
            result[x] = sum
        }
    }
}
