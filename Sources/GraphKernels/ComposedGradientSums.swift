import GraphKernelInterface

// composed_gradient_sums: what the filter gradients of two composed convolutions are made of.
//
// Formula        sums[borders][ky, kx][i, o] = Σ over n and the pixels (r, c) at those borders of
//                x[n, r + ky − p, c + kx − p, i] · dy[n, r, c, o], x being 0 outside the image; and Σ dy[n, r, c, o].
// Operands       input 0: x f32; input 1: dy f32. Geometry: ConvolutionGeometry of the composed convolution, with
//                imageCount; its stride is 1.
// Layout         a row of the output for each set of borders and tap, as `composedSumRowElementCount` says; rows for
//                borders that no pixel lies at are left as they are.
// Memory         f32 of any alignment; the output overlaps no input. Scratch: `composedSumScratchByteCount`.
// Tails          as conv2d_filter_gradient_direct's, for each set of borders by itself.
// Accumulation   as conv2d_filter_gradient_direct's; dy row by row, then the rows in order.
// Chosen         before conv2d_filter_gradients_composed.
// Measured       `graphrun bench --workload step --threads 1 --profile`, AVX2: EDSR x4's last two convolutions on 16
//                patches of 24×24 in 25 ms.

@Sendable
func sumComposedGradients(_ call: UnsafePointer<KernelCall>) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: ConvolutionGeometry.self).pointee
    let tapCount = geometry.filterHeight * geometry.filterWidth
    var row = call.firstRow
    while row < call.endRow {
        let (borders, tap) = row.quotientAndRemainder(dividingBy: tapCount)
        let end = min(call.endRow, (borders + 1) * tapCount)
        if let region = ImageBorders.region(borders, inHeight: geometry.outputHeight, width: geometry.outputWidth) {
            let gradient = DirectFilterGradient(
                call, geometry, region: region, taps: tap..<tap + end - row, firstTapRow: borders * tapCount)
            gradient.sum()
            if tap == 0 {
                gradient.sumGradient(
                    to: call.outputs[0].row(row).floats + geometry.inputChannels * geometry.outputChannels)
            }
        }
        row = end
    }
}
