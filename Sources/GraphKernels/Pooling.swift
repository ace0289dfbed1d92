import GraphKernelInterface

// max_pool, average_pool: the largest or the mean of the pixels in windows over an image.
//
// Formula        y[n, oh, ow, c] = max, or Σ / count, of x[n, h, w, c] over the rows h of oh·stride − top …
//                oh·stride − top + window − 1 that exist, and columns w alike; count is that of the pixels that exist, or
//                of all of the window. The largest is NaN where one is.
// Operands       input 0: x f32. Geometry: PoolingGeometry.
// Layout         [N, H, W, C] rows, f32.
// Memory         any alignment of the element; the output overlaps no input. Scratch:
//                `PoolingGeometry.scratchByteCount`.
// Tails          rows of x and pixels: the elements past the last vector one by one.
// Accumulation   the rows of a window first, then its columns; sums in f32, multiplied with one over each count. Means are
//                within 1e-6 of the mean magnitude; the largest is exact, of zeros either.
// Chosen         for every pooling.
// Measured       `graphrun bench --profile`, one thread, AVX-512, 64 channels: 2 × 2 of 256×256 pixels 1.1 ms, 19 GB/s; 3 × 3 at
//                stride 1 of 128×128 pixels 0.8 ms.

@Sendable
func maxPool(_ call: UnsafePointer<KernelCall>) { pool(call, Largest.self) }

@Sendable
func averagePool(_ call: UnsafePointer<KernelCall>) { pool(call, Total.self) }

/// How two elements of a window become one.
private protocol Combination {
    static func combine(_ a: Vector, _ b: Vector) -> Vector
    static func combine(_ a: Float, _ b: Float) -> Float
    /// Whether what comes out is divided by the number of elements.
    static var isMean: Bool { get }
}

private enum Largest: Combination {
    @inline(__always)
    static func combine(_ a: Vector, _ b: Vector) -> Vector { select(b .> a, b, select(b .== b, a, b)) }
    @inline(__always)
    static func combine(_ a: Float, _ b: Float) -> Float { b > a || b.isNaN ? b : a }
    static var isMean: Bool { false }
}

private enum Total: Combination {
    @inline(__always)
    static func combine(_ a: Vector, _ b: Vector) -> Vector { a + b }
    @inline(__always)
    static func combine(_ a: Float, _ b: Float) -> Float { a + b }
    static var isMean: Bool { true }
}

@inline(__always)
private func pool<Kind: Combination>(_ call: UnsafePointer<KernelCall>, _ kind: Kind.Type) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: PoolingGeometry.self).pointee
    let channels = geometry.channels, rowLength = geometry.width * channels
    let combined = call.scratch.floats
    for pooledRow in call.firstRow..<call.endRow {
        let (image, oh) = pooledRow.quotientAndRemainder(dividingBy: geometry.pooledHeight)
        let rows = geometry.rows(ofPooled: oh)
        let top = UnsafeRawPointer(call.inputs[0].row(image * geometry.height + rows.lowerBound)).floats
        var source = top
        for row in rows.dropFirst() {
            let other = UnsafeRawPointer(call.inputs[0].row(image * geometry.height + row)).floats
            combineRows(kind, source, other, to: combined, count: rowLength)
            source = UnsafePointer(combined)
        }
        let rowShare = 1 / Float(geometry.countsPadding ? geometry.windowHeight : rows.count)
        var result = call.outputs[0].row(pooledRow).floats
        for ow in 0..<geometry.pooledWidth {
            let columns = geometry.columns(ofPooled: ow)
            let share = rowShare / Float(geometry.countsPadding ? geometry.windowWidth : columns.count)
            let pixels = source + columns.lowerBound * channels
            var c = 0
            while c + 8 <= channels {
                var value = pixels.vector(c)
                for column in 1..<max(1, columns.count) { value = Kind.combine(value, pixels.vector(column * channels + c)) }
                result.store(Kind.isMean ? value * Vector(repeating: share) : value, c)
                c += 8
            }
            while c < channels {
                var value = pixels[c]
                for column in 1..<max(1, columns.count) { value = Kind.combine(value, pixels[column * channels + c]) }
                result[c] = Kind.isMean ? value * share : value
                c += 1
            }
            result += channels
        }
    }
}

/// The result may lie over the first.
@inline(__always)
private func combineRows<Kind: Combination>(
    _ kind: Kind.Type, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, to result: UnsafeMutablePointer<Float>, count: Int
) {
    var i = 0
    while i + 8 <= count {
        result.store(Kind.combine(a.vector(i), b.vector(i)), i)
        i += 8
    }
    while i < count {
        result[i] = Kind.combine(a[i], b[i])
        i += 1
    }
}
