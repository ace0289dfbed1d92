import GraphKernelInterface

/// The last stage of the Winograd convolution: 36 or 64 products of a tile become 4 × 4 results of some channels.
struct WinogradOutput {
    /// Elements from one plane of products to the next, and from one tile to the next.
    let planeStride: Int, tileStride: Int
    /// Of a group: a multiple of 8.
    let channels: Int
    /// Added to each result of a channel, where there is one; the least result after that.
    let bias: UnsafePointer<Float>?
    let floor: Vector
    /// The largest result after that, where results are bounded.
    let isBounded: Bool
    let ceiling: Vector
    /// Whether results that are not positive are multiplied by a slope; that of each channel, or where there are none
    /// the one for all and where a mask is not positive.
    let isSloped: Bool
    let slopes: UnsafePointer<Float>?
    let slope: Vector
    /// The factor everywhere.
    let scale: Vector
    /// Where each of the four rows is stored, from its first pixel on; its mask; and what is added to it last.
    let results: WinogradRows
    let masks: WinogradRows?, addends: WinogradRows?
    /// Room for 32 vectors.
    let sums: UnsafeMutablePointer<Float>

    /// Transforms a run of tiles, and stores the results of `rowCount` × `pixelCount` pixels.
    func transform(_ products: UnsafePointer<Float>, inputTileSize: Int, rowCount: Int, pixelCount: Int) {
        if inputTileSize == 6 {
            transform(Six.self, products, rowCount: rowCount, pixelCount: pixelCount)
        } else {
            transform(Eight.self, products, rowCount: rowCount, pixelCount: pixelCount)
        }
    }

    @inline(__always)
    private func transform<Products: WinogradInputs>(
        _: Products.Type, _ products: UnsafePointer<Float>, rowCount: Int, pixelCount: Int
    ) {
        let size = Products.count
        var tile = products
        for pixel in stride(from: 0, to: pixelCount, by: 4) {
            for channel in stride(from: 0, to: channels, by: 8) {
                // [row][column][8]
                for column in 0..<size {
                    Products(tile + (column * planeStride + channel), stride: size * planeStride).outputTransformed
                        .store(to: sums + 8 * column, stride: 8 * size)
                }
                finish(channel, pixel, rowCount: rowCount, pixelCount: pixelCount) { row in
                    Products(UnsafePointer(sums + 8 * size * row), stride: 8).outputTransformed
                }
            }
            tile += tileStride
        }
    }

    /// Takes four pixels of eight channels, in each row, through the epilogue to where they are stored.
    @inline(__always)
    private func finish(_ channel: Int, _ pixel: Int, rowCount: Int, pixelCount: Int, _ four: (_ row: Int) -> Four) {
        let bias = bias.map { $0.vector(channel) } ?? Vector(repeating: 0)
        let slopes = slopes.map { $0.vector(channel) } ?? slope
        let count = min(4, pixelCount - pixel)
        for row in 0..<rowCount {
            let four = four(row)
            var sums = Four(raise(four.v0 + bias), raise(four.v1 + bias), raise(four.v2 + bias), raise(four.v3 + bias))
            if isBounded { sums = Four(lower(sums.v0), lower(sums.v1), lower(sums.v2), lower(sums.v3)) }
            if isSloped { incline(&sums, slopes) }
            if let masks { gate(&sums, masks.place(row, pixel, channel), masks.pixelStride, count) }
            sums = Four(sums.v0 * scale, sums.v1 * scale, sums.v2 * scale, sums.v3 * scale)
            if let addends { add(addends.place(row, pixel, channel), addends.pixelStride, count, to: &sums) }
            store(sums, results.place(row, pixel, channel), count)
        }
    }

    @inline(__always)
    private func raise(_ sum: Vector) -> Vector { select(sum .<= floor, floor, sum) }

    @inline(__always)
    private func lower(_ sum: Vector) -> Vector { select(sum .> ceiling, ceiling, sum) }

    @inline(__always)
    private func incline(_ four: inout Four, _ slopes: Vector) {
        let zero = Vector(repeating: 0)
        four.v0 = select(four.v0 .> zero, four.v0, slopes * four.v0)
        four.v1 = select(four.v1 .> zero, four.v1, slopes * four.v1)
        four.v2 = select(four.v2 .> zero, four.v2, slopes * four.v2)
        four.v3 = select(four.v3 .> zero, four.v3, slopes * four.v3)
    }

    @inline(__always)
    private func gate(_ four: inout Four, _ mask: UnsafePointer<Float>, _ stride: Int, _ count: Int) {
        let zero = Vector(repeating: 0)
        four.v0 = select(mask.vector(0) .> zero, four.v0, slope * four.v0)
        if count > 1 { four.v1 = select(mask.vector(stride) .> zero, four.v1, slope * four.v1) }
        if count > 2 { four.v2 = select(mask.vector(2 * stride) .> zero, four.v2, slope * four.v2) }
        if count > 3 { four.v3 = select(mask.vector(3 * stride) .> zero, four.v3, slope * four.v3) }
    }

    @inline(__always)
    private func add(_ addend: UnsafePointer<Float>, _ stride: Int, _ count: Int, to four: inout Four) {
        four.v0 += addend.vector(0)
        if count > 1 { four.v1 += addend.vector(stride) }
        if count > 2 { four.v2 += addend.vector(2 * stride) }
        if count > 3 { four.v3 += addend.vector(3 * stride) }
    }

    @inline(__always)
    private func store(_ four: Four, _ result: UnsafeMutablePointer<Float>, _ count: Int) {
        let stride = results.pixelStride
        result.store(four.v0, 0)
        if count > 1 { result.store(four.v1, stride) }
        if count > 2 { result.store(four.v2, 2 * stride) }
        if count > 3 { result.store(four.v3, 3 * stride) }
    }
}

/// Four rows of a row of tiles, of which those past the image are not looked at.
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
    func place(_ row: Int, _ pixel: Int, _ channel: Int) -> UnsafeMutablePointer<Float> {
        (row < 2 ? (row == 0 ? r0 : r1) : (row == 2 ? r2 : r3)) + (pixel * pixelStride + channel)
    }
}
