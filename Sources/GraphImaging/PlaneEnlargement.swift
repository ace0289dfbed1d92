/// Bicubic enlargement, or reduction, of one plane of samples, row by row.
struct PlaneEnlargement {
    private let size: PictureSize
    private let rows: BicubicTaps
    /// Taps of each sample of a row: those of weight alone, which are fewer than those of ``BicubicTaps``.
    private let tapCount: Int
    private let positions: [Int]
    private let weights: [Float]
    /// One row of the result before its columns are enlarged.
    private var row: [Float]

    /// - Parameters:
    ///   - size: of the small plane.
    ///   - newSize: of the large one, which may lack the rest of a side of pixels that share samples.
    ///   - rowScale: rows of the result for each row, but for the rest of a side.
    ///   - columnScale: the same for columns.
    ///   - rowShift: how far below its place in a plane of its own an output sample lies, in rows of the small plane.
    ///   - columnShift: the same for columns.
    init(
        from size: PictureSize, to newSize: PictureSize, rowScale: Double, columnScale: Double, rowShift: Double,
        columnShift: Double
    ) {
        self.size = size
        rows = BicubicTaps(inputLength: size.height, outputs: 0..<newSize.height, scale: rowScale, shift: rowShift)
        let columns = BicubicTaps(
            inputLength: size.width, outputs: 0..<newSize.width, scale: columnScale, shift: columnShift)
        let taps = (0..<newSize.width).map { x in
            (x * columns.count..<(x + 1) * columns.count).filter { columns.weights[$0] != 0 }
        }
        let tapCount = taps.map(\.count).max() ?? 0
        self.tapCount = tapCount
        positions = taps.flatMap { $0.map { columns.positions[$0] } + repeatElement(0, count: tapCount - $0.count) }
        weights = taps.flatMap { $0.map { Float(columns.weights[$0]) } + repeatElement(0, count: tapCount - $0.count) }
        row = Array(repeating: 0, count: size.width)
    }

    /// One row of the result.
    ///
    /// - Precondition: there are all samples of the small plane, and room for a row of the large one.
    mutating func make(
        row y: Int, of samples: UnsafeMutableBufferPointer<Float>, into result: UnsafeMutableBufferPointer<Float>
    ) {
        row.withUnsafeMutableBufferPointer { row in
            for x in row.indices { row[x] = 0 }
            for tap in y * rows.count..<(y + 1) * rows.count where rows.weights[tap] != 0 {
                let weight = Float(rows.weights[tap])
                let first = rows.positions[tap] * size.width
                for x in row.indices { row[x] += weight * samples[first + x] }
            }
        }
        // Of what lies beyond black and white most rows are so.
        if row.allSatisfy({ $0 == 0 }) { return result.update(repeating: 0) }
        row.withUnsafeBufferPointer { row in
            positions.withUnsafeBufferPointer { positions in
                weights.withUnsafeBufferPointer { weights in
                    for x in 0..<positions.count / tapCount {
                        var sum: Float = 0
                        for tap in x * tapCount..<(x + 1) * tapCount { sum += weights[tap] * row[positions[tap]] }
                        result[x] = sum
                    }
                }
            }
        }
    }
}
