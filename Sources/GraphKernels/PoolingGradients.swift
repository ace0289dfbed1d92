import GraphKernelInterface

// max_pool_gradient, average_pool_gradient: what each pixel of an image takes of the gradient by the pooled image.
//
// Formula        max: dx[n, h, w, c] = Σ dy[n, oh, ow, c] over the windows in which x[n, h, w, c] is the first pixel, row
//                after row, that equals y[n, oh, ow, c]. Mean: Σ dy / count over the windows that hold the pixel.
// Operands       max: input 0 dy, 1 x, 2 y, f32; mean: input 0 dy. Geometry: PoolingGeometry; the output is dx.
// Layout         [N, H, W, C] rows, f32.
// Memory         any alignment of the element; the output overlaps no input. Scratch of the mean's:
//                `PoolingGeometry.scratchByteCount`; of the other's, none.
// Tails          pixels: the elements past the last vector one by one.
// Accumulation   in f32 from 0, windows in the order of the pooled rows and columns; the mean's over rows first. The max's
//                is exact for windows that do not overlap; the mean's within 1e-6 of the sum of magnitudes.
// Chosen         for the gradient of every pooling.
// Measured       `graphrun bench --profile`, one thread, AVX-512, 16 images of 64 channels: 2 × 2 of 48×48 pixels 1.8 ms the max's,
//                0.8 ms the mean's; 3 × 3 at stride 1 of 24×24 pixels 1.7 and 0.4 ms.

@Sendable
func maxPoolGradient(_ call: UnsafePointer<KernelCall>) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: PoolingGeometry.self).pointee
    let channels = geometry.channels
    for imageRow in call.firstRow..<call.endRow {
        let (image, h) = imageRow.quotientAndRemainder(dividingBy: geometry.height)
        let result = call.outputs[0].row(imageRow).floats
        zero(result, count: geometry.width * channels)
        for oh in geometry.pooledRows(of: h) {
            let pooledRow = image * geometry.pooledHeight + oh
            let dy = UnsafeRawPointer(call.inputs[0].row(pooledRow)).floats
            let y = UnsafeRawPointer(call.inputs[2].row(pooledRow)).floats
            let above = geometry.rows(ofPooled: oh).lowerBound..<h
            for ow in 0..<geometry.pooledWidth {
                let columns = geometry.columns(ofPooled: ow)
                let first = ow * channels
                var c = 0
                while c + 8 <= channels {
                    let largest = y.vector(first + c)
                    // What is left of dy: nothing once an earlier pixel took it.
                    var rest = dy.vector(first + c)
                    let none = Vector(repeating: 0)
                    for row in above {
                        let x = UnsafeRawPointer(call.inputs[1].row(image * geometry.height + row)).floats
                        for w in columns { rest = select(x.vector(w * channels + c) .== largest, none, rest) }
                    }
                    let x = UnsafeRawPointer(call.inputs[1].row(imageRow)).floats
                    for w in columns {
                        let isLargest = x.vector(w * channels + c) .== largest
                        result.store(result.vector(w * channels + c) + select(isLargest, rest, none), w * channels + c)
                        rest = select(isLargest, none, rest)
                    }
                    c += 8
                }
                while c < channels {
                    let largest = y[first + c]
                    var rest = dy[first + c]
                    for row in above {
                        let x = UnsafeRawPointer(call.inputs[1].row(image * geometry.height + row)).floats
                        for w in columns where x[w * channels + c] == largest { rest = 0 }
                    }
                    let x = UnsafeRawPointer(call.inputs[1].row(imageRow)).floats
                    for w in columns where x[w * channels + c] == largest {
                        result[w * channels + c] += rest
                        rest = 0
                    }
                    c += 1
                }
            }
        }
    }
}

@Sendable
func averagePoolGradient(_ call: UnsafePointer<KernelCall>) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: PoolingGeometry.self).pointee
    let channels = geometry.channels, pooledLength = geometry.pooledWidth * channels
    let summed = call.scratch.floats
    for imageRow in call.firstRow..<call.endRow {
        let (image, h) = imageRow.quotientAndRemainder(dividingBy: geometry.height)
        zero(summed, count: pooledLength)
        for oh in geometry.pooledRows(of: h) {
            let rowCount = geometry.countsPadding ? geometry.windowHeight : geometry.rows(ofPooled: oh).count
            let dy = UnsafeRawPointer(call.inputs[0].row(image * geometry.pooledHeight + oh)).floats
            addScaled(dy, by: 1 / Float(rowCount), to: summed, count: pooledLength)
        }
        let result = call.outputs[0].row(imageRow).floats
        zero(result, count: geometry.width * channels)
        for ow in 0..<geometry.pooledWidth {
            let columns = geometry.columns(ofPooled: ow)
            let share = 1 / Float(geometry.countsPadding ? geometry.windowWidth : columns.count)
            for w in columns {
                addScaled(UnsafePointer(summed + ow * channels), by: share, to: result + w * channels, count: channels)
            }
        }
    }
}
