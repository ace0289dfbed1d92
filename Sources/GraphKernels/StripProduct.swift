/// The products of a strip of input rows with a packed filter: each pixel's sums over its terms.
struct StripProduct {
    /// The input rows that the filter's rows meet, and the first pixel's first term in each.
    let rows: UnsafePointer<UnsafePointer<Float>>
    let rowCount: Int
    let firstTerm: Int
    /// Terms of one row: its taps and channels, one run of the input.
    let termCount: Int
    /// `[block][row][term][16]`, the last block perhaps 8 wide.
    let filter: UnsafePointer<Float>
    let paddedChannels: Int
    /// Elements between the inputs of neighbouring pixels, and between their results.
    let pixelStride: Int, resultStride: Int
    /// Whether the sums begin at what the result holds, not at 0.
    var addsToResult = false

    /// result[pixel, channel] = Σ input · filter, for all channels of `count` pixels; 0 where there are no terms.
    ///
    /// The terms are cut into pieces whose filter block stays in the L1 cache while every tile of the
    /// strip uses it; between pieces the sums rest in `result`.
    func multiply(count: Int, to result: UnsafeMutablePointer<Float>) {
        var filter = filter
        var channel = 0
        while channel < paddedChannels {
            let width = tileChannels(remaining: paddedChannels - channel)
            let blockWidth = min(width, 16)
            let mostTerms = 4096 / max(16, width)
            let pieceTerms = min(termCount, mostTerms)
            let pieceRows = max(1, mostTerms / max(1, termCount))
            var row = 0
            repeat {
                var term = 0
                repeat {
                    let piece = TermPiece(
                        rows: rows + row, rowCount: min(pieceRows, rowCount - row), firstTerm: firstTerm + term,
                        termCount: min(pieceTerms, termCount - term), filter: filter + (row * termCount + term) * blockWidth,
                        filterRowStride: termCount * blockWidth, filterBlockStride: rowCount * termCount * 16,
                        pixelStride: pixelStride, resultStride: resultStride,
                        isFirst: !addsToResult && row == 0 && term == 0)
                    multiplyTiles(piece, channels: width, count: count, result: result + channel)
                    term += pieceTerms
                } while term < termCount
                row += pieceRows
            } while row < rowCount
            filter += rowCount * termCount * width
            channel += width
        }
    }
}
