import GraphKernelInterface

// conv2d_filter_gradient_winograd, conv2d_filter_and_bias_gradient_winograd: the gradient of a 3×3 convolution of stride 1
// with respect to its filter, and with respect to its bias.
//
// Formula        dw = Gᵀ[Σ over chunks of products]G for each pair of channels, from what
//                winograd_gradient_products leaves: one 6 × 6 matrix for each chunk of tiles; db = Σ over chunks of sums.
// Operands       input 0: the products f32. Geometry: ConvolutionGeometry of the forward convolution, with
//                imageCount.
// Layout         output 0 [3, 3, in, out] f32: row t is tap t; firstRow and endRow choose all of them.
//                Output 1 of the second kernel [out] f32.
//                Products as `WinogradGradientLayout` says.
// Memory         f32 of any alignment; outputs overlap no input. Scratch: none.
// Tails          lanes past the last output channel are dropped.
// Accumulation   in f32: chunks in order, then columns, then rows of the matrix.
// Source         Lavin and Gray (CVPR 2016), section 4.3, transposed.
// Chosen         where winograd_gradient_products is.
// Measured       `graphrun bench Graphs/edsr.graph --workload step --profile`, one thread, AVX2: 64→64 in 0.11 ms.

@Sendable
func sumWinogradFilterGradient(_ call: UnsafePointer<KernelCall>) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: ConvolutionGeometry.self).pointee
    let layout = WinogradGradientLayout(geometry)
    for inputGroup in 0..<layout.inputGroupCount {
        let firstInput = inputGroup * layout.inputGroupChannels
        for o in stride(from: 0, to: layout.paddedOutputChannels, by: 8) {
            let (outputGroup, lane) = o.quotientAndRemainder(dividingBy: layout.outputGroupChannels)
            let row = inputGroup * layout.outputGroupCount + outputGroup
            let block = WinogradGradientBlock(layout, outputGroup: outputGroup, lane: lane)
            for i in 0..<min(layout.inputGroupChannels, geometry.inputChannels - firstInput) {
                let matrix = SummedMatrix(
                    products: call.inputs[0], row: row, chunkRowCount: layout.inputGroupCount * layout.outputGroupCount,
                    chunkCount: layout.chunkCount, place: block.offset + i * block.width, planeStride: block.planeStride)
                let c0 = matrix.column(0).filterGradientTransformed, c1 = matrix.column(1).filterGradientTransformed
                let c2 = matrix.column(2).filterGradientTransformed, c3 = matrix.column(3).filterGradientTransformed
                let c4 = matrix.column(4).filterGradientTransformed, c5 = matrix.column(5).filterGradientTransformed
                let place = (firstInput + i) * geometry.outputChannels + o
                let used = min(8, geometry.outputChannels - o)
                let taps = call.outputs[0]
                storeTaps(Six(c0.v0, c1.v0, c2.v0, c3.v0, c4.v0, c5.v0), taps, 0, place, used)
                storeTaps(Six(c0.v1, c1.v1, c2.v1, c3.v1, c4.v1, c5.v1), taps, 3, place, used)
                storeTaps(Six(c0.v2, c1.v2, c2.v2, c3.v2, c4.v2, c5.v2), taps, 6, place, used)
            }
        }
    }
}

@Sendable
func sumWinogradFilterAndBiasGradient(_ call: UnsafePointer<KernelCall>) {
    sumWinogradFilterGradient(call)
    let geometry = call.pointee.geometry.assumingMemoryBound(to: ConvolutionGeometry.self).pointee
    let layout = WinogradGradientLayout(geometry)
    let products = call.pointee.inputs[0], result = call.pointee.outputs[1].row(0).floats
    // Every group of input channels has the same sums: those of the first are taken.
    for o in 0..<geometry.outputChannels {
        let (outputGroup, lane) = o.quotientAndRemainder(dividingBy: layout.outputGroupChannels)
        var sum: Float = 0
        for chunk in 0..<layout.chunkCount {
            let row = chunk * layout.inputGroupCount * layout.outputGroupCount + outputGroup
            sum += products.row(row).floats[layout.sumOffset + lane]
        }
        result[o] = sum
    }
}

/// The 6 × 6 products of one input channel and eight output channels, over all chunks.
private struct SummedMatrix {
    let products: TensorRows
    let row: Int, chunkRowCount: Int, chunkCount: Int
    let place: Int, planeStride: Int

    @inline(__always)
    func column(_ b: Int) -> Six {
        var sum = Six(source(0) + b * planeStride, stride: 6 * planeStride)
        for chunk in 1..<max(1, chunkCount) {
            let next = Six(source(chunk) + b * planeStride, stride: 6 * planeStride)
            sum = Six(
                sum.v0 + next.v0, sum.v1 + next.v1, sum.v2 + next.v2, sum.v3 + next.v3, sum.v4 + next.v4,
                sum.v5 + next.v5)
        }
        return sum
    }

    @inline(__always)
    private func source(_ chunk: Int) -> UnsafePointer<Float> {
        UnsafePointer(products.row(chunk * chunkRowCount + row).floats) + place
    }
}

/// Stores the three taps of one filter row, for the first `used` of eight output channels.
@inline(__always)
private func storeTaps(_ sums: Six, _ taps: TensorRows, _ firstTap: Int, _ place: Int, _ used: Int) {
    let three = sums.filterGradientTransformed
    store(three.v0, taps.row(firstTap).floats + place, used)
    store(three.v1, taps.row(firstTap + 1).floats + place, used)
    store(three.v2, taps.row(firstTap + 2).floats + place, used)
}

@inline(__always)
private func store(_ value: Vector, _ destination: UnsafeMutablePointer<Float>, _ used: Int) {
    if used == 8 { return destination.store(value, 0) }
    for lane in 0..<used { destination[lane] = value[lane] }
}
