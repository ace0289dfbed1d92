import KernelInterface

/// The last stage of the Winograd convolution: 36 products of a tile become 4 × 4 results of some channels.
struct WinogradOutput {
    /// Elements from one plane of products to the next, and from one tile to the next.
    let planeStride: Int, tileStride: Int
    /// Of a group: a multiple of 8.
    let channels: Int
    /// Added to each result of a channel, where there is one; the least result after that; the factor.
    let bias: UnsafePointer<Float>?
    let floor: Vector, scale: Vector
    /// Where each of the four rows is stored, from its first pixel on; and what is added to it last.
    let results: WinogradRows
    let addends: WinogradRows?
    /// Room for 24 vectors.
    let sums: UnsafeMutablePointer<Float>

    /// Transforms a run of tiles, and stores the results of `rowCount` × `pixelCount` pixels.
    func transform(_ products: UnsafePointer<Float>, rowCount: Int, pixelCount: Int) {
        var tile = products
        for pixel in stride(from: 0, to: pixelCount, by: 4) {
            for channel in stride(from: 0, to: channels, by: 8) {
                // [row][column][8]
                for column in 0..<6 {
                    Six(tile + (column * planeStride + channel), stride: 6 * planeStride).outputTransformed
                        .store(to: sums + 8 * column, stride: 48)
                }
                let bias = bias.map { $0.vector(channel) } ?? Vector(repeating: 0)
                let count = min(4, pixelCount - pixel)
                for row in 0..<rowCount {
                    let four = Six(UnsafePointer(sums + 48 * row), stride: 8).outputTransformed
                    store(
                        Four(finish(four.v0, bias), finish(four.v1, bias), finish(four.v2, bias), finish(four.v3, bias)),
                        count: count, to: results.row(row) + (pixel * results.pixelStride + channel),
                        adding: addends.map { UnsafePointer($0.row(row) + (pixel * $0.pixelStride + channel)) })
                }
            }
            tile += tileStride
        }
    }

    @inline(__always)
    private func store(
        _ four: Four, count: Int, to result: UnsafeMutablePointer<Float>, adding addend: UnsafePointer<Float>?
    ) {
        var four = four
        if let addend, let stride = addends?.pixelStride {
            four.v0 += addend.vector(0)
            if count > 1 { four.v1 += addend.vector(stride) }
            if count > 2 { four.v2 += addend.vector(2 * stride) }
            if count > 3 { four.v3 += addend.vector(3 * stride) }
        }
        let stride = results.pixelStride
        result.store(four.v0, 0)
        if count > 1 { result.store(four.v1, stride) }
        if count > 2 { result.store(four.v2, 2 * stride) }
        if count > 3 { result.store(four.v3, 3 * stride) }
    }

    @inline(__always)
    private func finish(_ sum: Vector, _ bias: Vector) -> Vector {
        let biased = sum + bias
        return select(biased .< floor, floor, biased) * scale
    }
}

/// Four rows of a row of tiles.
struct WinogradRows {
    private let r0: UnsafeMutablePointer<Float>, r1: UnsafeMutablePointer<Float>
    private let r2: UnsafeMutablePointer<Float>, r3: UnsafeMutablePointer<Float>
    /// Elements from one pixel to the next.
    let pixelStride: Int

    @inline(__always)
    init(pixelStride: Int, _ place: (Int) -> UnsafeMutablePointer<Float>) {
        (r0, r1, r2, r3) = (place(0), place(1), place(2), place(3))
        self.pixelStride = pixelStride
    }

    @inline(__always)
    func row(_ row: Int) -> UnsafeMutablePointer<Float> { row < 2 ? (row == 0 ? r0 : r1) : (row == 2 ? r2 : r3) }
}
