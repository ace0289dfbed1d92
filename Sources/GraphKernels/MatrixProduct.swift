import GraphKernelInterface

// matmul: products of matrices, either of which may be read transposed.
//
// Formula        y[…, m, n] = Σ a[…, m, k] · b[…, k, n] over k.
// Operands       input 0: a, input 1: b, f32. Geometry: MatrixProductGeometry.
// Layout         matrices in the last two axes; those of an image are its rows.
// Memory         any alignment of the element; the output overlaps no input. Scratch:
//                `MatrixProductGeometry.scratchByteCount`.
// Tails          tiles of 4 rows × 16 columns; rows past them one by one, columns 8 and then 1 at a time.
// Accumulation   in f32 with multiplyAdd from 0 in the order of k. Within 1e-6·√depth of the sum of the magnitudes.
// Chosen         for products of matrices that are no convolution: those with a weight are (`recognizeConvolutions`).
// Measured       `graphrun bench --profile`, one thread, AVX-512: 64×16384 by 16384×64 1.7 ms, 80 GFLOP/s.

@Sendable
func multiplyMatrices(_ call: UnsafePointer<KernelCall>) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: MatrixProductGeometry.self).pointee
    let resultCount = geometry.rows * geometry.columns
    for product in geometry.resultIsImage ? call.firstRow..<call.endRow : 0..<geometry.productCount {
        let a = operand(call.inputs[0], geometry.a, product, geometry)
        var b = operand(call.inputs[1], geometry.b, product, geometry)
        if geometry.transposesB {
            let rows = call.scratch.floats
            for n in 0..<geometry.columns {
                for k in 0..<geometry.depth { rows[k * geometry.columns + n] = b[n * geometry.depth + k] }
            }
            b = UnsafePointer(rows)
        }
        let y =
            geometry.resultIsImage
            ? call.outputs[0].row(product).floats : call.outputs[0].row(0).floats + product * resultCount
        // Columns in the outer loop: what is read of b then lies in the cache for all rows.
        var n = 0
        while n < geometry.columns {
            let width = geometry.columns - n >= 16 ? 16 : geometry.columns - n >= 8 ? 8 : 1
            var m = 0
            while m < geometry.rows {
                let tileRows = a + m * geometry.aRowStep, tile = y + m * geometry.columns + n
                if width == 16, m + 4 <= geometry.rows {
                    multiplyFourRows(tileRows, b + n, to: tile, geometry)
                    m += 4
                } else {
                    multiplyRow(tileRows, b + n, to: tile, geometry, width: width)
                    m += 1
                }
            }
            n += width
        }
    }
}

@inline(__always)
private func operand(
    _ input: TensorRows, _ steps: AxisSteps, _ product: Int, _ geometry: MatrixProductGeometry
) -> UnsafePointer<Float> {
    let place = steps.place(product, axes: 0..<geometry.batchRank, geometry.batch)
    return UnsafeRawPointer(input.row(Int(place[0]))).floats + Int(place[1])
}

/// 4 rows and 16 columns of a result.
@inline(__always)
private func multiplyFourRows(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, _ g: MatrixProductGeometry
) {
    let zeros = WideVector(repeating: 0)
    var (y0, y1, y2, y3) = (zeros, zeros, zeros, zeros)
    for k in 0..<g.depth {
        let row = b.wideVector(k * g.columns), pixel = a + k * g.aColumnStep
        y0 = multiplyAdd(WideVector(repeating: pixel[0]), row, y0)
        y1 = multiplyAdd(WideVector(repeating: pixel[g.aRowStep]), row, y1)
        y2 = multiplyAdd(WideVector(repeating: pixel[2 * g.aRowStep]), row, y2)
        y3 = multiplyAdd(WideVector(repeating: pixel[3 * g.aRowStep]), row, y3)
    }
    y.store(y0, 0)
    y.store(y1, g.columns)
    y.store(y2, 2 * g.columns)
    y.store(y3, 3 * g.columns)
}

/// One row and 16, 8 or 1 columns.
@inline(__always)
private func multiplyRow(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, _ g: MatrixProductGeometry,
    width: Int
) {
    if width == 1 {
        var sum: Float = 0
        for k in 0..<g.depth { sum = multiplyAdd(a[k * g.aColumnStep], b[k * g.columns], sum) }
        y[0] = sum
        return
    }
    for n in stride(from: 0, to: width, by: 8) {
        var sum = Vector(repeating: 0)
        for k in 0..<g.depth {
            sum = multiplyAdd(Vector(repeating: a[k * g.aColumnStep]), b.vector(k * g.columns + n), sum)
        }
        y.store(sum, n)
    }
}
