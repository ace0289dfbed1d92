import GraphBasics
import GraphKernelInterface

// conv2d_depthwise: convolution of each channel with a filter of its own.
//
// Formula        y[n, r, c, o] = epilogue(Σ x'[n, r·s + ky − pt, c·s + kx − pl, o] · filter[ky, kx, 0, o]),
//                x' = prologue(x) inside the image and 0 outside.
// Operands       as conv2d_direct; input 1: the filter, of one input channel, as pack_filter leaves it. Geometry:
//                ConvolutionGeometry, inputChannels and outputChannels being equal.
// Layout         as conv2d_direct.
// Memory         as conv2d_direct. Scratch: `depthwiseScratchByteCount`.
// Tails          strips of at most 48 pixels, tiles of 4 pixels by 16 channels, or by the last 8; what they compute
//                beyond the row or the last channel is dropped.
// Accumulation   in f32 from 0, one multiplyAdd per tap in the order ky, kx, for each element alone: within
//                3e-7·√taps of the sum of the terms' magnitudes.
// Chosen         for convolutions whose groups are their channels.

@Sendable
func convolveDepthwise(_ call: UnsafePointer<KernelCall>) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: ConvolutionGeometry.self).pointee
    let strips = DirectStrips(
        call, geometry, DepthwiseConvolutionLayout(geometry, ConvolutionProgramScratch(geometry, call)).strips)
    strips.compute(
        rowsBefore: geometry.padTop,
        input: { firstPixel, count in
            let computed = count.roundedUp(to: DirectStripLayout.tileWidth)
            return (
                firstPixel * geometry.stride - geometry.padLeft, (computed - 1) * geometry.stride + geometry.filterWidth
            )
        },
        needed: { y in y * geometry.stride..<y * geometry.stride + geometry.filterHeight },
        multiply: { _, _, count in
            let product = DepthwiseProduct(
                rows: strips.inputRows, rowCount: geometry.filterHeight, columnCount: geometry.filterWidth,
                channels: geometry.inputChannels, pixelStride: geometry.stride * geometry.inputChannels,
                resultStride: strips.layout.paddedChannels)
            var filter = strips.filter
            for channel in stride(from: 0, to: strips.layout.paddedChannels, by: 16) {
                let result = strips.result + channel
                if strips.layout.paddedChannels - channel > 8 {
                    product.multiply16(filter, channel: channel, count: count, to: result)
                } else {
                    product.multiply8(filter, channel: channel, count: count, to: result)
                }
                filter += 16 * geometry.filterHeight * geometry.filterWidth
            }
        })
}

/// The products of a strip of input rows with one block of channels of a packed filter.
private struct DepthwiseProduct {
    /// The input rows that the filter's rows meet.
    let rows: UnsafePointer<UnsafePointer<Float>>
    let rowCount: Int, columnCount: Int
    /// Elements of a pixel of the input, between the inputs of neighbouring results, and between their results.
    let channels: Int, pixelStride: Int, resultStride: Int

    /// - Parameter filter: `[row][column][16]`.
    @inline(__always)
    func multiply16(
        _ filter: UnsafePointer<Float>, channel: Int, count: Int, to result: UnsafeMutablePointer<Float>
    ) {
        for pixel in stride(from: 0, to: count, by: DirectStripLayout.tileWidth) {
            var s0 = WideVector(repeating: 0), s1 = s0, s2 = s0, s3 = s0
            var tap = filter
            for row in 0..<rowCount {
                var x = rows[row] + (pixel * pixelStride + channel)
                for _ in 0..<columnCount {
                    let w = tap.wideVector(0)
                    s0 = multiplyAdd(x.wideVector(0), w, s0)
                    s1 = multiplyAdd(x.wideVector(pixelStride), w, s1)
                    s2 = multiplyAdd(x.wideVector(2 * pixelStride), w, s2)
                    s3 = multiplyAdd(x.wideVector(3 * pixelStride), w, s3)
                    x += channels
                    tap += 16
                }
            }
            let place = result + pixel * resultStride
            place.store(s0, 0)
            place.store(s1, resultStride)
            place.store(s2, 2 * resultStride)
            place.store(s3, 3 * resultStride)
        }
    }

    /// - Parameter filter: `[row][column][8]`.
    @inline(__always)
    func multiply8(
        _ filter: UnsafePointer<Float>, channel: Int, count: Int, to result: UnsafeMutablePointer<Float>
    ) {
        for pixel in stride(from: 0, to: count, by: DirectStripLayout.tileWidth) {
            var s0 = Vector(repeating: 0), s1 = s0, s2 = s0, s3 = s0
            var tap = filter
            for row in 0..<rowCount {
                var x = rows[row] + (pixel * pixelStride + channel)
                for _ in 0..<columnCount {
                    let w = tap.vector(0)
                    s0 = multiplyAdd(x.vector(0), w, s0)
                    s1 = multiplyAdd(x.vector(pixelStride), w, s1)
                    s2 = multiplyAdd(x.vector(2 * pixelStride), w, s2)
                    s3 = multiplyAdd(x.vector(3 * pixelStride), w, s3)
                    x += channels
                    tap += 8
                }
            }
            let place = result + pixel * resultStride
            place.store(s0, 0)
            place.store(s1, resultStride)
            place.store(s2, 2 * resultStride)
            place.store(s3, 3 * resultStride)
        }
    }
}
