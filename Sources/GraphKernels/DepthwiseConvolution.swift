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
// Tails          strips of at most 48 pixels, tiles of 8 or 4 pixels by 16 channels, or by the last 8; what they compute
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
                slides: geometry.filterWidth == 3 && geometry.dilation == geometry.stride,
                paddedChannels: strips.layout.paddedChannels, pixelStride: geometry.stride * geometry.inputChannels,
                resultStride: strips.layout.paddedChannels
            ).multiply(strips.filter, count: count, to: strips.result)
        })
}
