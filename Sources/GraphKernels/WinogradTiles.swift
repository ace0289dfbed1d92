import GraphKernelInterface

/// The tiles of a batch of images, counted row by row of tiles, image after image.
struct WinogradTiles {
    let tileRowsPerImage: Int, tilesPerRow: Int
    private let height: Int, width: Int

    init(_ geometry: ConvolutionGeometry) {
        tileRowsPerImage = geometry.tileRowsPerImage
        tilesPerRow = geometry.tilesPerRow
        height = geometry.outputHeight
        width = geometry.outputWidth
    }

    /// Neighbouring tiles of one row of tiles.
    struct Run {
        /// The image, the row of tiles in it, and the first tile of that row.
        var image: Int, tileRow: Int, firstTile: Int
        var count: Int
        /// The first tile's place in its block.
        var place: Int
        /// The result's rows and pixels that the tiles hold, rows counted over the batch.
        var firstRow: Int, rowCount: Int, firstPixel: Int, pixelCount: Int
    }

    /// The row of tiles, over the batch, that a row of the result lies in.
    func tileRow(containing row: Int) -> Int {
        row / height * tileRowsPerImage + row % height / WinogradLayout.tileSize
    }

    /// Cuts a block of tiles into runs.
    @inline(__always)
    func forEachRun(_ tiles: Range<Int>, _ body: (Run) -> Void) {
        let tileSize = WinogradLayout.tileSize
        var tile = tiles.lowerBound
        while tile < tiles.upperBound {
            let (batchRow, firstTile) = tile.quotientAndRemainder(dividingBy: tilesPerRow)
            let (image, tileRow) = batchRow.quotientAndRemainder(dividingBy: tileRowsPerImage)
            let count = min(tilesPerRow - firstTile, tiles.upperBound - tile)
            body(
                Run(
                    image: image, tileRow: tileRow, firstTile: firstTile, count: count, place: tile - tiles.lowerBound,
                    firstRow: image * height + tileRow * tileSize, rowCount: min(tileSize, height - tileRow * tileSize),
                    firstPixel: firstTile * tileSize, pixelCount: min(count * tileSize, width - firstTile * tileSize)))
            tile += count
        }
    }
}
