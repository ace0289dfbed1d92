import GraphBasics
import GraphKernelInterface

// conv2d_depthwise: convolution of each channel with a filter of its own.
//
// Formula        y[n, r, c, o] = epilogue(Σ x'[n, r·s + ky·d − pt, c·s + kx·d − pl, o] · filter[ky, kx, 0, o]),
//                x' = prologue(x) inside the image and 0 outside.
// Operands       as conv2d_direct; input 1: the filter, of one input channel, as pack_filter leaves it. Geometry:
//                ConvolutionGeometry, groupCount, inputChannels and outputChannels being equal.
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
                firstPixel * geometry.stride - geometry.padLeft,
                (computed - 1) * geometry.stride + geometry.reachWidth + geometry.depthwiseOverreadPixelCount
            )
        },
        needed: { y in y * geometry.stride..<y * geometry.stride + geometry.reachHeight },
        multiply: { _, _, count in
            DepthwiseProduct(
                taps: strips.filterTaps, tapCount: geometry.filterHeight * geometry.filterWidth,
                paddedChannels: strips.layout.paddedChannels, pixelStride: geometry.stride * geometry.inputChannels,
                resultStride: strips.layout.paddedChannels
            ).multiply(strips.filter, count: count, to: strips.result)
        })
}

/// The products of a strip's taps with a packed filter, each channel by itself.
struct DepthwiseProduct {
    /// Where each tap meets the first pixel's channels.
    let taps: UnsafePointer<UnsafePointer<Float>>
    let tapCount: Int
    let paddedChannels: Int
    /// Elements between the inputs of neighbouring pixels, and between their results.
    let pixelStride: Int, resultStride: Int

    /// result[pixel, channel] = Σ input · filter over the taps, for `count` pixels; 0 where there are none.
    ///
    /// - Parameter filter: `[block][tap][16]`, the last block perhaps 8 wide.
    func multiply(_ filter: UnsafePointer<Float>, count: Int, to result: UnsafeMutablePointer<Float>) {
        var filter = filter
        for channel in stride(from: 0, to: paddedChannels, by: 16) {
            if paddedChannels - channel > 8 {
                multiply16(filter, channel: channel, count: count, to: result + channel)
            } else {
                multiply8(filter, channel: channel, count: count, to: result + channel)
            }
            filter += 16 * tapCount
        }
    }

    @inline(__always)
    private func multiply16(
        _ filter: UnsafePointer<Float>, channel: Int, count: Int, to result: UnsafeMutablePointer<Float>
    ) {
        for pixel in stride(from: 0, to: count, by: DirectStripLayout.tileWidth) {
            var s0 = WideVector(repeating: 0), s1 = s0, s2 = s0, s3 = s0
            var weights = filter
            for tap in 0..<tapCount {
                let x = taps[tap] + (pixel * pixelStride + channel)
                let w = weights.wideVector(0)
                s0 = multiplyAdd(x.wideVector(0), w, s0)
                s1 = multiplyAdd(x.wideVector(pixelStride), w, s1)
                s2 = multiplyAdd(x.wideVector(2 * pixelStride), w, s2)
                s3 = multiplyAdd(x.wideVector(3 * pixelStride), w, s3)
                weights += 16
            }
            let place = result + pixel * resultStride
            place.store(s0, 0)
            place.store(s1, resultStride)
            place.store(s2, 2 * resultStride)
            place.store(s3, 3 * resultStride)
        }
    }

    @inline(__always)
    private func multiply8(
        _ filter: UnsafePointer<Float>, channel: Int, count: Int, to result: UnsafeMutablePointer<Float>
    ) {
        for pixel in stride(from: 0, to: count, by: DirectStripLayout.tileWidth) {
            var s0 = Vector(repeating: 0), s1 = s0, s2 = s0, s3 = s0
            var weights = filter
            for tap in 0..<tapCount {
                let x = taps[tap] + (pixel * pixelStride + channel)
                let w = weights.vector(0)
                s0 = multiplyAdd(x.vector(0), w, s0)
                s1 = multiplyAdd(x.vector(pixelStride), w, s1)
                s2 = multiplyAdd(x.vector(2 * pixelStride), w, s2)
                s3 = multiplyAdd(x.vector(3 * pixelStride), w, s3)
                weights += 8
            }
            let place = result + pixel * resultStride
            place.store(s0, 0)
            place.store(s1, resultStride)
            place.store(s2, 2 * resultStride)
            place.store(s3, 3 * resultStride)
        }
    }
}
