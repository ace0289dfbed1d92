/// Some terms of the sums of a strip: `termCount` from `firstTerm` on in each of `rowCount` rows, where
/// the terms kx, i of one filter row are one run of the input.
struct TermPiece {
    var rows: UnsafePointer<UnsafePointer<Float>>
    var rowCount: Int
    var firstTerm: Int, termCount: Int
    /// The filter block at the first row's first term; elements from there to the next row's, and to the next block of 16
    /// channels.
    var filter: UnsafePointer<Float>
    var filterRowStride: Int, filterBlockStride: Int
    /// Elements between the inputs of neighbouring pixels, and between their results.
    var pixelStride: Int, resultStride: Int
    /// Whether the sums begin at 0, not at what `result` holds.
    var isFirst: Bool
}

// The tiles are written out line by line: the sums must be separate variables to stay in registers. Of AVX2's 16,
// 6 × 16 takes 12 for its sums; of AVX-512's, 8 × 16 takes 8, as many as two multiply-adds a cycle keep under way, and
// those of 32 channels (`WideRegisterTiles.swift`) take 16.
// Each tile is the same loop over the piece's terms, so that a sum's bits do not depend on its tile.

/// Channels of the next tiles, of so many that are left in blocks of 16, the last perhaps 8 wide.
@inline(__always)
func tileChannels(remaining: Int) -> Int {
    #if AVX512
        if remaining >= 32 { return 32 }
    #endif
    return min(16, remaining)
}

/// Adds a piece to 8, 16 or 32 channels of `count` pixels, and of those up to the next multiple of 4.
@inline(__always)
func multiplyTiles(_ piece: TermPiece, channels: Int, count: Int, result: UnsafeMutablePointer<Float>) {
    switch channels {
    #if AVX512
        case 32: multiplyTiles32(piece, count: count, result: result)
    #endif
    case 16: multiplyTiles16(piece, count: count, result: result)
    default: multiplyTiles8(piece, count: count, result: result)
    }
}

private func multiplyTiles16(_ piece: TermPiece, count: Int, result: UnsafeMutablePointer<Float>) {
    var pixel = 0
    while pixel < count {
        let offset = pixel * piece.pixelStride, tileResult = result + pixel * piece.resultStride
        let height = tileHeight16(remaining: count - pixel)
        switch height {
        case 8: multiplyTile8x16(piece, offset, tileResult)
        case 6: multiplyTile6x16(piece, offset, tileResult)
        default: multiplyTile4x16(piece, offset, tileResult)
        }
        pixel += height
    }
}

/// Pixels of the next tile of 16 channels: the most after which no tile is filled up by more than it must be.
@inline(__always)
private func tileHeight16(remaining: Int) -> Int {
    #if AVX512
        remaining >= 11 || remaining == 7 || remaining == 8 ? 8 : remaining >= 5 ? 6 : 4
    #else
        remaining >= 9 || remaining == 5 || remaining == 6 ? 6 : 4
    #endif
}

private func multiplyTiles8(_ piece: TermPiece, count: Int, result: UnsafeMutablePointer<Float>) {
    var pixel = 0
    while pixel < count {
        let tileResult = result + pixel * piece.resultStride
        if count - pixel >= 5 {
            multiplyTile8x8(piece, pixel * piece.pixelStride, tileResult)
            pixel += 8
        } else {
            multiplyTile4x8(piece, pixel * piece.pixelStride, tileResult)
            pixel += 4
        }
    }
}

@inline(__always)
private func multiplyTile8x16(_ piece: TermPiece, _ offset: Int, _ result: UnsafeMutablePointer<Float>) {
    var s0 = WideVector(repeating: 0), s1 = WideVector(repeating: 0), s2 = WideVector(repeating: 0)
    var s3 = WideVector(repeating: 0), s4 = WideVector(repeating: 0), s5 = WideVector(repeating: 0)
    var s6 = WideVector(repeating: 0), s7 = WideVector(repeating: 0)
    let step = piece.pixelStride, stride = piece.resultStride
    if !piece.isFirst {
        s0 = result.wideVector(0)
        s1 = result.wideVector(stride)
        s2 = result.wideVector(2 * stride)
        s3 = result.wideVector(3 * stride)
        s4 = result.wideVector(4 * stride)
        s5 = result.wideVector(5 * stride)
        s6 = result.wideVector(6 * stride)
        s7 = result.wideVector(7 * stride)
    }
    for row in 0..<piece.rowCount {
        var x = piece.rows[row] + (offset + piece.firstTerm)
        var filter = piece.filter + row * piece.filterRowStride
        for _ in 0..<piece.termCount {
            let w = filter.wideVector(0)
            s0 = multiplyAdd(WideVector(repeating: x[0]), w, s0)
            s1 = multiplyAdd(WideVector(repeating: x[step]), w, s1)
            s2 = multiplyAdd(WideVector(repeating: x[2 * step]), w, s2)
            s3 = multiplyAdd(WideVector(repeating: x[3 * step]), w, s3)
            s4 = multiplyAdd(WideVector(repeating: x[4 * step]), w, s4)
            s5 = multiplyAdd(WideVector(repeating: x[5 * step]), w, s5)
            s6 = multiplyAdd(WideVector(repeating: x[6 * step]), w, s6)
            s7 = multiplyAdd(WideVector(repeating: x[7 * step]), w, s7)
            x += 1
            filter += 16
        }
    }
    result.store(s0, 0)
    result.store(s1, stride)
    result.store(s2, 2 * stride)
    result.store(s3, 3 * stride)
    result.store(s4, 4 * stride)
    result.store(s5, 5 * stride)
    result.store(s6, 6 * stride)
    result.store(s7, 7 * stride)
}

@inline(__always)
private func multiplyTile6x16(_ piece: TermPiece, _ offset: Int, _ result: UnsafeMutablePointer<Float>) {
    var s0 = WideVector(repeating: 0), s1 = WideVector(repeating: 0), s2 = WideVector(repeating: 0)
    var s3 = WideVector(repeating: 0), s4 = WideVector(repeating: 0), s5 = WideVector(repeating: 0)
    let step = piece.pixelStride, stride = piece.resultStride
    if !piece.isFirst {
        s0 = result.wideVector(0)
        s1 = result.wideVector(stride)
        s2 = result.wideVector(2 * stride)
        s3 = result.wideVector(3 * stride)
        s4 = result.wideVector(4 * stride)
        s5 = result.wideVector(5 * stride)
    }
    for row in 0..<piece.rowCount {
        var x = piece.rows[row] + (offset + piece.firstTerm)
        var filter = piece.filter + row * piece.filterRowStride
        for _ in 0..<piece.termCount {
            let w = filter.wideVector(0)
            s0 = multiplyAdd(WideVector(repeating: x[0]), w, s0)
            s1 = multiplyAdd(WideVector(repeating: x[step]), w, s1)
            s2 = multiplyAdd(WideVector(repeating: x[2 * step]), w, s2)
            s3 = multiplyAdd(WideVector(repeating: x[3 * step]), w, s3)
            s4 = multiplyAdd(WideVector(repeating: x[4 * step]), w, s4)
            s5 = multiplyAdd(WideVector(repeating: x[5 * step]), w, s5)
            x += 1
            filter += 16
        }
    }
    result.store(s0, 0)
    result.store(s1, stride)
    result.store(s2, 2 * stride)
    result.store(s3, 3 * stride)
    result.store(s4, 4 * stride)
    result.store(s5, 5 * stride)
}

@inline(__always)
private func multiplyTile4x16(_ piece: TermPiece, _ offset: Int, _ result: UnsafeMutablePointer<Float>) {
    var s0 = WideVector(repeating: 0), s1 = WideVector(repeating: 0), s2 = WideVector(repeating: 0)
    var s3 = WideVector(repeating: 0)
    let step = piece.pixelStride, stride = piece.resultStride
    if !piece.isFirst {
        s0 = result.wideVector(0)
        s1 = result.wideVector(stride)
        s2 = result.wideVector(2 * stride)
        s3 = result.wideVector(3 * stride)
    }
    for row in 0..<piece.rowCount {
        var x = piece.rows[row] + (offset + piece.firstTerm)
        var filter = piece.filter + row * piece.filterRowStride
        for _ in 0..<piece.termCount {
            let w = filter.wideVector(0)
            s0 = multiplyAdd(WideVector(repeating: x[0]), w, s0)
            s1 = multiplyAdd(WideVector(repeating: x[step]), w, s1)
            s2 = multiplyAdd(WideVector(repeating: x[2 * step]), w, s2)
            s3 = multiplyAdd(WideVector(repeating: x[3 * step]), w, s3)
            x += 1
            filter += 16
        }
    }
    result.store(s0, 0)
    result.store(s1, stride)
    result.store(s2, 2 * stride)
    result.store(s3, 3 * stride)
}

@inline(__always)
private func multiplyTile8x8(
    _ piece: TermPiece, _ offset: Int, _ result: UnsafeMutablePointer<Float>
) {
    var s0 = Vector(repeating: 0), s1 = Vector(repeating: 0), s2 = Vector(repeating: 0), s3 = Vector(repeating: 0)
    var s4 = Vector(repeating: 0), s5 = Vector(repeating: 0), s6 = Vector(repeating: 0), s7 = Vector(repeating: 0)
    let step = piece.pixelStride, stride = piece.resultStride
    if !piece.isFirst {
        s0 = result.vector(0)
        s1 = result.vector(stride)
        s2 = result.vector(2 * stride)
        s3 = result.vector(3 * stride)
        s4 = result.vector(4 * stride)
        s5 = result.vector(5 * stride)
        s6 = result.vector(6 * stride)
        s7 = result.vector(7 * stride)
    }
    for row in 0..<piece.rowCount {
        var x = piece.rows[row] + (offset + piece.firstTerm)
        var filter = piece.filter + row * piece.filterRowStride
        for _ in 0..<piece.termCount {
            let w = filter.vector(0)
            let x0 = Vector(repeating: x[0])
            s0 = multiplyAdd(x0, w, s0)
            let x1 = Vector(repeating: x[step])
            s1 = multiplyAdd(x1, w, s1)
            let x2 = Vector(repeating: x[2 * step])
            s2 = multiplyAdd(x2, w, s2)
            let x3 = Vector(repeating: x[3 * step])
            s3 = multiplyAdd(x3, w, s3)
            let x4 = Vector(repeating: x[4 * step])
            s4 = multiplyAdd(x4, w, s4)
            let x5 = Vector(repeating: x[5 * step])
            s5 = multiplyAdd(x5, w, s5)
            let x6 = Vector(repeating: x[6 * step])
            s6 = multiplyAdd(x6, w, s6)
            let x7 = Vector(repeating: x[7 * step])
            s7 = multiplyAdd(x7, w, s7)
            x += 1
            filter += 8
        }
    }
    result.store(s0, 0)
    result.store(s1, stride)
    result.store(s2, 2 * stride)
    result.store(s3, 3 * stride)
    result.store(s4, 4 * stride)
    result.store(s5, 5 * stride)
    result.store(s6, 6 * stride)
    result.store(s7, 7 * stride)
}

@inline(__always)
private func multiplyTile4x8(
    _ piece: TermPiece, _ offset: Int, _ result: UnsafeMutablePointer<Float>
) {
    var s0 = Vector(repeating: 0), s1 = Vector(repeating: 0), s2 = Vector(repeating: 0), s3 = Vector(repeating: 0)
    let step = piece.pixelStride, stride = piece.resultStride
    if !piece.isFirst {
        s0 = result.vector(0)
        s1 = result.vector(stride)
        s2 = result.vector(2 * stride)
        s3 = result.vector(3 * stride)
    }
    for row in 0..<piece.rowCount {
        var x = piece.rows[row] + (offset + piece.firstTerm)
        var filter = piece.filter + row * piece.filterRowStride
        for _ in 0..<piece.termCount {
            let w = filter.vector(0)
            let x0 = Vector(repeating: x[0])
            s0 = multiplyAdd(x0, w, s0)
            let x1 = Vector(repeating: x[step])
            s1 = multiplyAdd(x1, w, s1)
            let x2 = Vector(repeating: x[2 * step])
            s2 = multiplyAdd(x2, w, s2)
            let x3 = Vector(repeating: x[3 * step])
            s3 = multiplyAdd(x3, w, s3)
            x += 1
            filter += 8
        }
    }
    result.store(s0, 0)
    result.store(s1, stride)
    result.store(s2, 2 * stride)
    result.store(s3, 3 * stride)
}
