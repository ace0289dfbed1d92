// Tiles of 32 channels, for AVX-512: 8 × 32 takes 16 of its registers for sums, and one for each of the two blocks of the filter
// and a pixel's number, which is loaded once for both. A tile of 16 channels loads as often as it multiplies and adds, and is held
// up by that: `graphrun bench Graphs/edsr.graph --workload tile --threads 1` takes 128 ms with these and 150 with those alone (Intel
// Xeon); products of 256×256 matrices run at 0.68 and 0.55 times the FMA peak. Sums are the same to the bit.

#if AVX512
    /// Adds a piece to 32 channels of `count` pixels, and of those up to the next multiple of 4.
    func multiplyTiles32(_ piece: TermPiece, count: Int, result: UnsafeMutablePointer<Float>) {
        var pixel = 0
        while pixel < count {
            let offset = pixel * piece.pixelStride, tileResult = result + pixel * piece.resultStride
            if count - pixel > 4 {
                multiplyTile8x32(piece, offset, tileResult)
                pixel += 8
            } else {
                multiplyTile4x32(piece, offset, tileResult)
                pixel += 4
            }
        }
    }

    @inline(__always)
    private func multiplyTile8x32(_ piece: TermPiece, _ offset: Int, _ result: UnsafeMutablePointer<Float>) {
        var a0 = WideVector(repeating: 0), b0 = WideVector(repeating: 0), a1 = WideVector(repeating: 0)
        var b1 = WideVector(repeating: 0), a2 = WideVector(repeating: 0), b2 = WideVector(repeating: 0)
        var a3 = WideVector(repeating: 0), b3 = WideVector(repeating: 0), a4 = WideVector(repeating: 0)
        var b4 = WideVector(repeating: 0), a5 = WideVector(repeating: 0), b5 = WideVector(repeating: 0)
        var a6 = WideVector(repeating: 0), b6 = WideVector(repeating: 0), a7 = WideVector(repeating: 0)
        var b7 = WideVector(repeating: 0)
        let step = piece.pixelStride, stride = piece.resultStride
        if !piece.isFirst {
            a0 = result.wideVector(0)
            b0 = result.wideVector(16)
            a1 = result.wideVector(stride)
            b1 = result.wideVector(stride + 16)
            a2 = result.wideVector(2 * stride)
            b2 = result.wideVector(2 * stride + 16)
            a3 = result.wideVector(3 * stride)
            b3 = result.wideVector(3 * stride + 16)
            a4 = result.wideVector(4 * stride)
            b4 = result.wideVector(4 * stride + 16)
            a5 = result.wideVector(5 * stride)
            b5 = result.wideVector(5 * stride + 16)
            a6 = result.wideVector(6 * stride)
            b6 = result.wideVector(6 * stride + 16)
            a7 = result.wideVector(7 * stride)
            b7 = result.wideVector(7 * stride + 16)
        }
        for row in 0..<piece.rowCount {
            var x = piece.rows[row] + (offset + piece.firstTerm)
            var filter = piece.filter + row * piece.filterRowStride
            for _ in 0..<piece.termCount {
                let u = filter.wideVector(0), v = filter.wideVector(piece.filterBlockStride)
                let x0 = WideVector(repeating: x[0])
                a0 = multiplyAdd(x0, u, a0)
                b0 = multiplyAdd(x0, v, b0)
                let x1 = WideVector(repeating: x[step])
                a1 = multiplyAdd(x1, u, a1)
                b1 = multiplyAdd(x1, v, b1)
                let x2 = WideVector(repeating: x[2 * step])
                a2 = multiplyAdd(x2, u, a2)
                b2 = multiplyAdd(x2, v, b2)
                let x3 = WideVector(repeating: x[3 * step])
                a3 = multiplyAdd(x3, u, a3)
                b3 = multiplyAdd(x3, v, b3)
                let x4 = WideVector(repeating: x[4 * step])
                a4 = multiplyAdd(x4, u, a4)
                b4 = multiplyAdd(x4, v, b4)
                let x5 = WideVector(repeating: x[5 * step])
                a5 = multiplyAdd(x5, u, a5)
                b5 = multiplyAdd(x5, v, b5)
                let x6 = WideVector(repeating: x[6 * step])
                a6 = multiplyAdd(x6, u, a6)
                b6 = multiplyAdd(x6, v, b6)
                let x7 = WideVector(repeating: x[7 * step])
                a7 = multiplyAdd(x7, u, a7)
                b7 = multiplyAdd(x7, v, b7)
                x += 1
                filter += 16
            }
        }
        result.store(a0, 0)
        result.store(b0, 16)
        result.store(a1, stride)
        result.store(b1, stride + 16)
        result.store(a2, 2 * stride)
        result.store(b2, 2 * stride + 16)
        result.store(a3, 3 * stride)
        result.store(b3, 3 * stride + 16)
        result.store(a4, 4 * stride)
        result.store(b4, 4 * stride + 16)
        result.store(a5, 5 * stride)
        result.store(b5, 5 * stride + 16)
        result.store(a6, 6 * stride)
        result.store(b6, 6 * stride + 16)
        result.store(a7, 7 * stride)
        result.store(b7, 7 * stride + 16)
    }

    @inline(__always)
    private func multiplyTile4x32(_ piece: TermPiece, _ offset: Int, _ result: UnsafeMutablePointer<Float>) {
        var a0 = WideVector(repeating: 0), b0 = WideVector(repeating: 0), a1 = WideVector(repeating: 0)
        var b1 = WideVector(repeating: 0), a2 = WideVector(repeating: 0), b2 = WideVector(repeating: 0)
        var a3 = WideVector(repeating: 0), b3 = WideVector(repeating: 0)
        let step = piece.pixelStride, stride = piece.resultStride
        if !piece.isFirst {
            a0 = result.wideVector(0)
            b0 = result.wideVector(16)
            a1 = result.wideVector(stride)
            b1 = result.wideVector(stride + 16)
            a2 = result.wideVector(2 * stride)
            b2 = result.wideVector(2 * stride + 16)
            a3 = result.wideVector(3 * stride)
            b3 = result.wideVector(3 * stride + 16)
        }
        for row in 0..<piece.rowCount {
            var x = piece.rows[row] + (offset + piece.firstTerm)
            var filter = piece.filter + row * piece.filterRowStride
            for _ in 0..<piece.termCount {
                let u = filter.wideVector(0), v = filter.wideVector(piece.filterBlockStride)
                let x0 = WideVector(repeating: x[0])
                a0 = multiplyAdd(x0, u, a0)
                b0 = multiplyAdd(x0, v, b0)
                let x1 = WideVector(repeating: x[step])
                a1 = multiplyAdd(x1, u, a1)
                b1 = multiplyAdd(x1, v, b1)
                let x2 = WideVector(repeating: x[2 * step])
                a2 = multiplyAdd(x2, u, a2)
                b2 = multiplyAdd(x2, v, b2)
                let x3 = WideVector(repeating: x[3 * step])
                a3 = multiplyAdd(x3, u, a3)
                b3 = multiplyAdd(x3, v, b3)
                x += 1
                filter += 16
            }
        }
        result.store(a0, 0)
        result.store(b0, 16)
        result.store(a1, stride)
        result.store(b1, stride + 16)
        result.store(a2, 2 * stride)
        result.store(b2, 2 * stride + 16)
        result.store(a3, 3 * stride)
        result.store(b3, 3 * stride + 16)
    }
#endif
