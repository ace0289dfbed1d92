/// Some terms of the sums of a strip: `termCount` from `firstTerm` on in each of `rowCount` rows, where
/// the terms kx, i of one filter row are one run of the input.
struct TermPiece {
    var rows: UnsafePointer<UnsafePointer<Float>>
    var rowCount: Int
    var firstTerm: Int, termCount: Int
    /// The filter block at the first row's first term; elements from there to the next row's.
    var filter: UnsafePointer<Float>
    var filterRowStride: Int
    /// Elements between the inputs of neighbouring pixels, and between their results.
    var pixelStride: Int, resultStride: Int
    /// Whether the sums begin at 0, not at what `result` holds.
    var isFirst: Bool
}

// The tiles are written out line by line: the sums must be separate variables to stay in registers,
// 12 of AVX2's 16 for 6 × 16. Each is the same loop over the piece's terms.

/// Adds a piece to 16 channels of `count` pixels, and of those up to the next multiple of 4.
func multiplyTiles16(_ piece: TermPiece, count: Int, result: UnsafeMutablePointer<Float>) {
    var pixel = 0
    while pixel < count {
        let remaining = count - pixel
        let tileResult = result + pixel * piece.resultStride
        if remaining >= 9 || remaining == 5 || remaining == 6 {
            multiplyTile6x16(piece, pixel * piece.pixelStride, tileResult)
            pixel += 6
        } else {
            multiplyTile4x16(piece, pixel * piece.pixelStride, tileResult)
            pixel += 4
        }
    }
}

/// Adds a piece to 8 channels of `count` pixels, and of those up to the next multiple of 4.
func multiplyTiles8(_ piece: TermPiece, count: Int, result: UnsafeMutablePointer<Float>) {
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
private func multiplyTile6x16(
    _ piece: TermPiece, _ offset: Int, _ result: UnsafeMutablePointer<Float>
) {
    var s0a = Vector(repeating: 0), s0b = Vector(repeating: 0), s1a = Vector(repeating: 0), s1b = Vector(repeating: 0)
    var s2a = Vector(repeating: 0), s2b = Vector(repeating: 0), s3a = Vector(repeating: 0), s3b = Vector(repeating: 0)
    var s4a = Vector(repeating: 0), s4b = Vector(repeating: 0), s5a = Vector(repeating: 0), s5b = Vector(repeating: 0)
    let step = piece.pixelStride, stride = piece.resultStride
    if !piece.isFirst {
        s0a = result.vector(0); s0b = result.vector(8)
        s1a = result.vector(stride); s1b = result.vector(stride + 8)
        s2a = result.vector(2 * stride); s2b = result.vector(2 * stride + 8)
        s3a = result.vector(3 * stride); s3b = result.vector(3 * stride + 8)
        s4a = result.vector(4 * stride); s4b = result.vector(4 * stride + 8)
        s5a = result.vector(5 * stride); s5b = result.vector(5 * stride + 8)
    }
    for row in 0..<piece.rowCount {
        var x = piece.rows[row] + (offset + piece.firstTerm)
        var filter = piece.filter + row * piece.filterRowStride
        for _ in 0..<piece.termCount {
            let wa = filter.vector(0), wb = filter.vector(8)
            let x0 = Vector(repeating: x[0])
            s0a = multiplyAdd(x0, wa, s0a); s0b = multiplyAdd(x0, wb, s0b)
            let x1 = Vector(repeating: x[step])
            s1a = multiplyAdd(x1, wa, s1a); s1b = multiplyAdd(x1, wb, s1b)
            let x2 = Vector(repeating: x[2 * step])
            s2a = multiplyAdd(x2, wa, s2a); s2b = multiplyAdd(x2, wb, s2b)
            let x3 = Vector(repeating: x[3 * step])
            s3a = multiplyAdd(x3, wa, s3a); s3b = multiplyAdd(x3, wb, s3b)
            let x4 = Vector(repeating: x[4 * step])
            s4a = multiplyAdd(x4, wa, s4a); s4b = multiplyAdd(x4, wb, s4b)
            let x5 = Vector(repeating: x[5 * step])
            s5a = multiplyAdd(x5, wa, s5a); s5b = multiplyAdd(x5, wb, s5b)
            x += 1
            filter += 16
        }
    }
    result.store(s0a, 0); result.store(s0b, 8)
    result.store(s1a, stride); result.store(s1b, stride + 8)
    result.store(s2a, 2 * stride); result.store(s2b, 2 * stride + 8)
    result.store(s3a, 3 * stride); result.store(s3b, 3 * stride + 8)
    result.store(s4a, 4 * stride); result.store(s4b, 4 * stride + 8)
    result.store(s5a, 5 * stride); result.store(s5b, 5 * stride + 8)
}

@inline(__always)
private func multiplyTile4x16(
    _ piece: TermPiece, _ offset: Int, _ result: UnsafeMutablePointer<Float>
) {
    var s0a = Vector(repeating: 0), s0b = Vector(repeating: 0), s1a = Vector(repeating: 0), s1b = Vector(repeating: 0)
    var s2a = Vector(repeating: 0), s2b = Vector(repeating: 0), s3a = Vector(repeating: 0), s3b = Vector(repeating: 0)
    let step = piece.pixelStride, stride = piece.resultStride
    if !piece.isFirst {
        s0a = result.vector(0); s0b = result.vector(8)
        s1a = result.vector(stride); s1b = result.vector(stride + 8)
        s2a = result.vector(2 * stride); s2b = result.vector(2 * stride + 8)
        s3a = result.vector(3 * stride); s3b = result.vector(3 * stride + 8)
    }
    for row in 0..<piece.rowCount {
        var x = piece.rows[row] + (offset + piece.firstTerm)
        var filter = piece.filter + row * piece.filterRowStride
        for _ in 0..<piece.termCount {
            let wa = filter.vector(0), wb = filter.vector(8)
            let x0 = Vector(repeating: x[0])
            s0a = multiplyAdd(x0, wa, s0a); s0b = multiplyAdd(x0, wb, s0b)
            let x1 = Vector(repeating: x[step])
            s1a = multiplyAdd(x1, wa, s1a); s1b = multiplyAdd(x1, wb, s1b)
            let x2 = Vector(repeating: x[2 * step])
            s2a = multiplyAdd(x2, wa, s2a); s2b = multiplyAdd(x2, wb, s2b)
            let x3 = Vector(repeating: x[3 * step])
            s3a = multiplyAdd(x3, wa, s3a); s3b = multiplyAdd(x3, wb, s3b)
            x += 1
            filter += 16
        }
    }
    result.store(s0a, 0); result.store(s0b, 8)
    result.store(s1a, stride); result.store(s1b, stride + 8)
    result.store(s2a, 2 * stride); result.store(s2b, 2 * stride + 8)
    result.store(s3a, 3 * stride); result.store(s3b, 3 * stride + 8)
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
