import GraphBasics
import GraphKernelInterface

// conv2d_dot: convolution of stride 1 to a few channels, each a dot product along the input channels.
//
// Formula        y[n, r, c, o] = epilogue(Σ x'[n, r + ky − pt, c + kx − pl, i] · filter[ky, kx, i, o] over ky, kx and i);
//                x' = prologue(x) inside the image and 0 outside.
// Operands       as conv2d_direct; input 1: the filter as pack_filter_outputs leaves it. inputChannels is a multiple of 16.
// Layout         as conv2d_direct.
// Memory         as conv2d_direct. Scratch: `dotScratchByteCount`.
// Tails          strips of at most 48 pixels, in tiles of 8 or 4; the last tile reads pixels past the strip, whose results
//                are dropped.
// Accumulation   in f32: 16 partial sums, each from 0 by one multiplyAdd per 16 input channels in the order ky, kx, i, then
//                added in pairs of neighbours four times: within 3e-7·√terms of the sum of the terms' magnitudes.
// Chosen         for at most 4 output channels, of which the other kernels leave vectors empty.
// Measured       `graphrun bench Graphs/edsr.graph -D filters=16 --workload 256x256 --threads 1 --profile`, AVX-512, against an
//                FMA peak of 167 GFLOP/s: 16→3 at 1024×1024 0.27 times the peak, of which a third is the epilogue, where
//                conv2d_winograd comes to 0.17; the last of `Graphs/dncnn.graph`, 64→3 at 128×128, 0.37 and 0.23.

@Sendable
func convolveDot(_ call: UnsafePointer<KernelCall>) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: ConvolutionGeometry.self).pointee
    let layout = DirectStripLayout(dotProductsOf: geometry, ConvolutionProgramScratch(geometry, call))
    let strips = DirectStrips(call, geometry, layout)
    let terms = DotTerms(
        rows: strips.inputRows, rowCount: geometry.filterHeight, termCount: geometry.filterWidth * geometry.inputChannels,
        pixelStride: geometry.inputChannels)
    strips.compute(
        rowsBefore: geometry.padTop,
        input: { firstPixel, count in
            (firstPixel - geometry.padLeft, count.roundedUp(to: DirectStripLayout.dotTileWidth) + geometry.filterWidth - 1)
        },
        needed: { y in y..<y + geometry.filterHeight },
        multiply: { _, _, count in
            let resultStride = layout.paddedChannels
            var pixel = 0
            while pixel < count {
                let width = dotTileWidth(remaining: count - pixel)
                for o in 0..<geometry.outputChannels {
                    let filter = strips.filter + o * terms.rowCount * terms.termCount
                    let result = strips.result + (pixel * resultStride + o)
                    if width == 8 {
                        let sums = dotTile8(terms, pixel, filter)
                        for k in 0..<8 { result[k * resultStride] = sums[k] }
                    } else {
                        let sums = dotTile4(terms, pixel, filter)
                        for k in 0..<4 { result[k * resultStride] = sums[k] }
                    }
                }
                pixel += width
            }
        })
}

/// What the sums of a strip run over: `termCount` elements, a multiple of 16, in each of `rowCount` rows.
private struct DotTerms {
    let rows: UnsafePointer<UnsafePointer<Float>>
    let rowCount: Int, termCount: Int
    /// Elements between the inputs of neighbouring pixels.
    let pixelStride: Int
}

// As in the convolution, the sums are variables of their own so that they stay in registers, and a sum's bits do not depend on
// its tile.

/// Pixels of the next tile: of AVX2's 16 registers the sums of 4 take 8.
@inline(__always)
private func dotTileWidth(remaining: Int) -> Int {
    #if AVX512
        remaining > 4 ? 8 : 4
    #else
        4
    #endif
}

private func dotTile8(_ terms: DotTerms, _ pixel: Int, _ filter: UnsafePointer<Float>) -> Vector {
    var s0 = WideVector(repeating: 0), s1 = WideVector(repeating: 0), s2 = WideVector(repeating: 0)
    var s3 = WideVector(repeating: 0), s4 = WideVector(repeating: 0), s5 = WideVector(repeating: 0)
    var s6 = WideVector(repeating: 0), s7 = WideVector(repeating: 0)
    let step = terms.pixelStride
    var filter = filter
    for row in 0..<terms.rowCount {
        var x = terms.rows[row] + pixel * step
        for _ in 0..<terms.termCount / 16 {
            let w = filter.wideVector(0)
            s0 = multiplyAdd(x.wideVector(0), w, s0)
            s1 = multiplyAdd(x.wideVector(step), w, s1)
            s2 = multiplyAdd(x.wideVector(2 * step), w, s2)
            s3 = multiplyAdd(x.wideVector(3 * step), w, s3)
            s4 = multiplyAdd(x.wideVector(4 * step), w, s4)
            s5 = multiplyAdd(x.wideVector(5 * step), w, s5)
            s6 = multiplyAdd(x.wideVector(6 * step), w, s6)
            s7 = multiplyAdd(x.wideVector(7 * step), w, s7)
            x += 16
            filter += 16
        }
    }
    let eighths = pairSums(
        pairSums(pairSums(s0, s1), pairSums(s2, s3)), pairSums(pairSums(s4, s5), pairSums(s6, s7)))
    return eighths.evenHalf + eighths.oddHalf
}

private func dotTile4(_ terms: DotTerms, _ pixel: Int, _ filter: UnsafePointer<Float>) -> SIMD4<Float> {
    var s0 = WideVector(repeating: 0), s1 = WideVector(repeating: 0), s2 = WideVector(repeating: 0)
    var s3 = WideVector(repeating: 0)
    let step = terms.pixelStride
    var filter = filter
    for row in 0..<terms.rowCount {
        var x = terms.rows[row] + pixel * step
        for _ in 0..<terms.termCount / 16 {
            let w = filter.wideVector(0)
            s0 = multiplyAdd(x.wideVector(0), w, s0)
            s1 = multiplyAdd(x.wideVector(step), w, s1)
            s2 = multiplyAdd(x.wideVector(2 * step), w, s2)
            s3 = multiplyAdd(x.wideVector(3 * step), w, s3)
            x += 16
            filter += 16
        }
    }
    let quarters = pairSums(pairSums(s0, s1), pairSums(s2, s3))
    let halves = quarters.evenHalf + quarters.oddHalf
    return halves.evenHalf + halves.oddHalf
}

/// The sums of neighbouring lanes: those of `a`, then those of `b`.
@inline(__always)
private func pairSums(_ a: WideVector, _ b: WideVector) -> WideVector {
    WideVector(lowHalf: a.evenHalf, highHalf: b.evenHalf) + WideVector(lowHalf: a.oddHalf, highHalf: b.oddHalf)
}

// pack_filter_outputs: the filter in the order in which dot products read it.
//
// Formula        packed[o][ky][kx·C + i] = filter[ky, kx, i, o]
// Operands       input 0: filter f32, kh·kw rows. Geometry: the ConvolutionGeometry of the convolution.
// Layout         one row of as many elements as the filter has.
// Memory         f32 of any alignment; the output overlaps no input. Scratch: none.
// Accumulation   none: exact.
// Chosen         in a program's prepare section, for every filter that conv2d_dot uses.

@Sendable
func packFilterOutputs(_ call: UnsafePointer<KernelCall>) {
    let geometry = call.pointee.geometry.assumingMemoryBound(to: ConvolutionGeometry.self).pointee
    let filter = call.pointee.inputs[0]
    var packed = call.pointee.outputs[0].row(0).floats
    for o in 0..<geometry.outputChannels {
        for tap in 0..<geometry.filterHeight * geometry.filterWidth {
            let channels = filter.row(tap).floats
            for i in 0..<geometry.inputChannels { packed[i] = channels[i * geometry.outputChannels + o] }
            packed += geometry.inputChannels
        }
    }
}
