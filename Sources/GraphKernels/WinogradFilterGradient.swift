import GraphKernelInterface

// conv2d_filter_gradient_winograd, conv2d_filter_and_bias_gradient_winograd: the gradient of a 3×3 or 5×5 convolution of stride 1
// with respect to its filter, and with respect to its bias.
//
// Formula        dw = Gᵀ[Σ over chunks of products]G for each pair of channels, from what
//                winograd_gradient_products leaves: one 6 × 6 or 8 × 8 matrix for each chunk of tiles; db = Σ over chunks of sums.
// Operands       input 0: the products f32. Geometry: ConvolutionGeometry of the forward convolution, with
//                imageCount.
// Layout         output 0 [kh, kw, in, out] f32: row t is tap t; firstRow and endRow choose all of them.
//                Output 1 of the second kernel [out] f32.
//                Products as `WinogradGradientLayout` says.
// Memory         f32 of any alignment; outputs overlap no input. Scratch: none.
// Tails          lanes past the last output channel are dropped, and input channels that are there a second time.
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
            for i in 0..<min(layout.inputGroupChannels, geometry.winogradInputChannels - firstInput) {
                let slot = firstInput + i
                let channel = geometry.winogradSourceChannel(slot / 8 * 8) + slot % 8
                // What the last vector shares with the one before was there already.
                if channel < slot / 8 * 8 { continue }
                let matrix = SummedMatrix(
                    products: call.inputs[0], row: row, chunkRowCount: layout.inputGroupCount * layout.outputGroupCount,
                    chunkCount: layout.chunkCount, place: block.offset + i * block.width, planeStride: block.planeStride)
                let place = channel * geometry.outputChannels + o
                let used = min(8, geometry.outputChannels - o)
                if geometry.filterHeight == 3 {
                    storeTaps(Six.self, matrix, call.outputs[0], place, used)
                } else {
                    storeTaps(Eight.self, matrix, call.outputs[0], place, used)
                }
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

/// The 6 × 6 or 8 × 8 products of one input channel and eight output channels, over all chunks.
private struct SummedMatrix {
    let products: TensorRows
    let row: Int, chunkRowCount: Int, chunkCount: Int
    let place: Int, planeStride: Int

    @inline(__always)
    func column<Numbers: WinogradInputs>(_ b: Int) -> Numbers {
        var sum = Numbers(source(0) + b * planeStride, stride: Numbers.count * planeStride)
        for chunk in 1..<max(1, chunkCount) {
            let next = Numbers(source(chunk) + b * planeStride, stride: Numbers.count * planeStride)
            sum = Numbers { sum[$0] + next[$0] }
        }
        return sum
    }

    @inline(__always)
    private func source(_ chunk: Int) -> UnsafePointer<Float> {
        UnsafePointer(products.row(chunk * chunkRowCount + row).floats) + place
    }
}

/// Stores the taps between an input channel and the first `used` of eight output channels.
@inline(__always)
private func storeTaps<Numbers: WinogradInputs>(
    _: Numbers.Type, _ matrix: SummedMatrix, _ taps: TensorRows, _ place: Int, _ used: Int
) {
    let columns = EightValues { (column: Int) -> Numbers.Taps in
        let numbers: Numbers = matrix.column(min(column, Numbers.count - 1))
        return numbers.filterGradientTransformed
    }
    let size = Numbers.Taps.count
    for ky in 0..<size {
        let row = Numbers { columns[$0][ky] }.filterGradientTransformed
        for kx in 0..<size { store(row[kx], taps.row(ky * size + kx).floats + place, used) }
    }
}

@inline(__always)
private func store(_ value: Vector, _ destination: UnsafeMutablePointer<Float>, _ used: Int) {
    if used == 8 { return destination.store(value, 0) }
    for lane in 0..<used { destination[lane] = value[lane] }
}
