import GraphBasics
import GraphKernelInterface

// conv2d_composed: several convolutions and pixel shuffles as one convolution.
//
// Formula        y[n, r, c, o] = epilogue(bias[o] + Σ x[n, r + ky − p, c + kx − p, i] · filter[ky, kx, i, o]), x being 0
//                outside the image, with the filter and the bias for the borders of the image that pixel (r, c) lies at.
// Operands       input 0: x f32; input 1: rows of compose_filters or rotate_composed_filters; then the operands of the
//                epilogue, with one element for each channel of the shuffled result or one for all. Geometry:
//                ConvolutionGeometry of the composed convolution; its stride is 1, its padding "same".
// Layout         as conv2d_direct's.
// Memory         f32 of any alignment; outputs overlap no input. Scratch: `composedScratchByteCount`.
// Tails          as conv2d_direct's.
// Accumulation   in f32 from the bias, one multiplyAdd per term in the order ky, kx, i, for each element alone:
//                within 2e-6 of the largest result of what the convolutions give one by one.
// Chosen         for a chain of convolutions where it takes fewer operations than the best kernels of its parts; for
//                the input gradient of two of them.
// Measured       `graphrun bench --workload tile --threads 1 --profile`, AVX2: EDSR x4's last three convolutions
//                on 128×128 in 25.5 ms, 84% of the FMA peak in its own operations, 8.3 times the peak in theirs.

@Sendable
func convolveComposed(_ call: UnsafePointer<KernelCall>) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: ConvolutionGeometry.self).pointee
    let strips = DirectStrips(
        call, geometry, geometry.composedConvolutionLayout(ConvolutionProgramScratch(geometry, call)))
    strips.compute(
        // Rows are counted from the first row of padding.
        rowsBefore: geometry.padTop,
        input: { firstPixel, count in
            let computed = count.roundedUp(to: DirectStripLayout.tileWidth) + DirectStripLayout.tileWidth
            return (firstPixel - geometry.padLeft, computed - 1 + geometry.filterWidth)
        },
        needed: { y in y..<y + geometry.filterHeight },
        multiply: { y, firstPixel, count in
            // The last tile of a piece may write past it: pieces go from left to right.
            var pixel = firstPixel
            while pixel < firstPixel + count {
                let isAtBorder = pixel == 0 || pixel == geometry.outputWidth - 1
                let end = isAtBorder ? pixel + 1 : min(firstPixel + count, geometry.outputWidth - 1)
                multiply(strips, call.inputs[1], y, pixel, from: firstPixel, count: end - pixel)
                pixel = end
            }
        })
}

/// The sums of some pixels of a strip's row that all lie at the same borders.
private func multiply(
    _ strips: DirectStrips, _ filters: TensorRows, _ y: Int, _ pixel: Int, from firstPixel: Int, count: Int
) {
    let geometry = strips.geometry, channels = strips.layout.paddedChannels
    let filter = UnsafePointer(
        filters.row(ImageBorders.at(y, of: geometry.outputHeight, pixel, of: geometry.outputWidth)).floats)
    let biases = filter + geometry.packedFilterByteCount / 4
    let result = strips.result + (pixel - firstPixel) * channels
    for k in 0..<count { copy(biases, to: result + k * channels, count: channels) }
    StripProduct(
        rows: strips.inputRows, rowCount: geometry.filterHeight,
        firstTerm: (pixel - firstPixel) * geometry.inputChannels, termCount: geometry.filterWidth * geometry.inputChannels,
        filter: filter, paddedChannels: channels, pixelStride: geometry.inputChannels, resultStride: channels,
        addsToResult: true
    ).multiply(count: count, to: result)
}
