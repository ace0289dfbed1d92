import GraphBasics
import GraphKernelInterface

// conv2d_direct: convolution of any filter, stride, padding, dilation and number of groups.
//
// Formula        y[n, r, c, o] = epilogue(Σ x'[n, r·s + ky·d − pt, c·s + kx·d − pl, g·I + i] · filter[ky, kx, i, o]),
//                x' = prologue(x) inside the image and 0 outside; g is o's group, I the input channels of each.
// Operands       input 0: x, f32 or, with a prologue that says so, u8; input 1: the filter as pack_filter
//                leaves it; then the operands of prologue and epilogue. Prologue operands have the shape
//                of x; epilogue operands that of the convolution's result, before any pixel shuffle.
//                Each result of the epilogue is an output. Geometry: ConvolutionGeometry.
// Layout         [N, H, W, C] rows. With shuffleBlock b > 1, row r, pixel c, channel (i·b + j)·C' + k is
//                stored at row r·b + i, pixel c·b + j, channel k, and firstRow and endRow, which count rows
//                of the output, are multiples of b.
// Memory         any alignment of the element. Without a shuffle an output may be an epilogue operand
//                with one element for each element, at the same place. Scratch: `directScratchByteCount`.
// Tails          strips of at most 48 pixels, tiles of 8, 6 or 4 pixels by 16 channels, or of 8 or 4 pixels
//                by the last 8; what they compute beyond the row or the last channel is dropped.
// Accumulation   in f32 from 0, one multiplyAdd per term in the order ky, kx, i, for each element
//                alone: within 3e-7·√terms of the sum of the terms' magnitudes.
// Chosen         for every convolution no faster kernel fits.
// Measured       one thread, AVX2, 64→64 3×3, 128×128, bias and ReLU: 105 GFLOP/s, 89% of the machine's
//                measured FMA peak of 118; 24×24 patches 109, 256→256 110, 64→3 30.

@Sendable
func convolveDirect(_ call: UnsafePointer<KernelCall>) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: ConvolutionGeometry.self).pointee
    let strips = DirectStrips(
        call, geometry, DirectConvolutionLayout(geometry, ConvolutionProgramScratch(geometry, call)).strips)
    strips.compute(
        // Rows are counted from the first row of padding.
        rowsBefore: geometry.padTop,
        input: { firstPixel, count in
            let computed = count.roundedUp(to: DirectStripLayout.tileWidth)
            return (
                firstPixel * geometry.stride - geometry.padLeft, (computed - 1) * geometry.stride + geometry.reachWidth
            )
        },
        needed: { y in y * geometry.stride..<y * geometry.stride + geometry.reachHeight },
        multiply: { _, _, count in
            guard geometry.hasConnectedTaps else {
                return GroupedProduct(
                    taps: strips.filterTaps, tapCount: geometry.filterHeight * geometry.filterWidth, geometry: geometry,
                    pixelStride: geometry.stride * geometry.inputChannels, resultStride: strips.layout.paddedChannels
                ).multiply(strips.filter, count: count, to: strips.result)
            }
            StripProduct(
                rows: strips.inputRows, rowCount: geometry.filterHeight, firstTerm: 0,
                termCount: geometry.filterWidth * geometry.inputChannels, filter: strips.filter,
                paddedChannels: strips.layout.paddedChannels, pixelStride: geometry.stride * geometry.inputChannels,
                resultStride: strips.layout.paddedChannels
            ).multiply(count: count, to: strips.result)
        })
}
