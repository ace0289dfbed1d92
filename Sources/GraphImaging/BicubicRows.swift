/// Rows of f32 samples that become rows of another size by bicubic interpolation. No more of them are held than the next
/// row is made of.
///
/// The weights are those of ``Picture/bicubicResize(width:height:)``. Nothing is rounded or cut in between, as MATLAB does
/// not do it with samples in floating point.
package final class BicubicRows {
    /// Rows that were taken, and rows that were made of them.
    package private(set) var takenRowCount = 0, madeRowCount = 0

    private let channelCount: Int
    private let columns: Columns
    private let rows: BicubicTaps
    /// Of each row to be made, behind the last one that it is made of.
    private let neededRowCounts: [Int]
    /// The latest rows, resampled along x: row y in slot y modulo their number.
    private let kept: UnsafeMutableBufferPointer<Float>
    private let keptRowCount: Int

    /// What an output sample is made of: places in a row, and their weights.
    private struct Columns {
        let outputCount, tapCount: Int
        let places: [Int]
        let weights: [Float]
    }

    /// - Precondition: all sides are positive.
    package init(from small: PictureSize, to large: PictureSize, channelCount: Int) {
        precondition(min(small.width, small.height, large.width, large.height) > 0)
        self.channelCount = channelCount
        let along = BicubicTaps(
            inputLength: small.width, outputs: 0..<large.width, scale: Double(large.width) / Double(small.width))
        columns = Columns(
            outputCount: large.width, tapCount: along.count, places: along.positions.map { $0 * channelCount },
            weights: along.weights.map(Float.init))
        rows = BicubicTaps(
            inputLength: small.height, outputs: 0..<large.height, scale: Double(large.height) / Double(small.height))
        let ranges = rows.weightedRanges
        neededRowCounts = ranges.map(\.upperBound)
        // Rows come until there are enough for the next one. From then on none is given up that a later one is made of.
        var earliest = small.height, count = 1
        for range in ranges.reversed() {
            earliest = min(earliest, range.lowerBound)
            count = max(count, range.upperBound - earliest)
        }
        keptRowCount = count
        kept = .allocate(capacity: count * large.width * channelCount)
    }

    deinit { kept.deallocate() }

    /// Bytes that such rows take at most.
    package static func byteCount(from small: PictureSize, to large: PictureSize, channelCount: Int) -> Int {
        func tapCount(_ before: Int, _ after: Int) -> Int {
            Int((4 * max(1, Double(before) / Double(after))).rounded(.up)) + 2
        }
        let keptRowCount = min(small.height, tapCount(small.height, large.height))
        // A tap of a row is a place and a weight; along x both are there twice for a while.
        return keptRowCount * large.width * channelCount * MemoryLayout<Float>.stride
            + 16 * tapCount(small.height, large.height) * large.height + 28 * tapCount(small.width, large.width) * large.width
    }

    /// Whether the rows that the next one is made of have been taken.
    package var hasNext: Bool {
        madeRowCount < neededRowCounts.count && takenRowCount >= neededRowCounts[madeRowCount]
    }

    /// Takes the next row.
    ///
    /// - Precondition: ``hasNext`` is false.
    package func take(_ row: UnsafeBufferPointer<Float>) {
        precondition(!hasNext)
        let result = slot(takenRowCount)
        takenRowCount += 1
        columns.places.withUnsafeBufferPointer { places in
            columns.weights.withUnsafeBufferPointer { weights in
                for x in 0..<columns.outputCount {
                    let first = x * columns.tapCount
                    for channel in 0..<channelCount {
                        var sum: Float = 0
                        for tap in first..<first + columns.tapCount { sum += weights[tap] * row[places[tap] + channel] }
                        result[x * channelCount + channel] = sum
                    }
                }
            }
        }
    }

    /// Makes the next row.
    ///
    /// - Precondition: ``hasNext`` is true, and `row` has as many samples as a row of the result.
    package func makeNext(into row: UnsafeMutableBufferPointer<Float>) {
        precondition(hasNext && row.count == columns.outputCount * channelCount)
        row.update(repeating: 0)
        for tap in madeRowCount * rows.count..<(madeRowCount + 1) * rows.count where rows.weights[tap] != 0 {
            let weight = Float(rows.weights[tap])
            let samples = slot(rows.positions[tap])
            for index in 0..<row.count { row[index] += weight * samples[index] }
        }
        madeRowCount += 1
    }

    private func slot(_ row: Int) -> UnsafeMutableBufferPointer<Float> {
        let count = columns.outputCount * channelCount
        let first = row % keptRowCount * count
        return UnsafeMutableBufferPointer(rebasing: kept[first..<first + count])
    }
}

extension BicubicTaps {
    /// Of each output sample, from the first to the last input sample that has a weight.
    fileprivate var weightedRanges: [Range<Int>] {
        (0..<outputCount).map { output in
            let used = (output * count..<(output + 1) * count).filter { weights[$0] != 0 }.map { positions[$0] }
            return (used.min() ?? 0)..<(used.max() ?? 0) + 1
        }
    }
}
