import KernelInterface

// pack_filter, pack_filter_turned: the filter in the order in which the direct convolution reads it.
//
// Formula        packed[block][ky][kx][i][lane] = filter[ky, kx, i, 16·block + lane]
//                turned: packed[block][ky][kx][i][lane] = filter[kh−1−ky, kw−1−kx, 16·block + lane, i],
//                the filter of the input gradient, which at stride 1 is a convolution of the output's
//                gradient with padding kh−1−padTop and kw−1−padLeft.
// Operands       input 0: filter f32, kh·kw rows. Geometry: the ConvolutionGeometry of the convolution
//                that uses the result; for `turned` its inputChannels are the filter's last dimension.
// Layout         blocks of 16 output channels, the last of 8 when at most 8 remain; zeros past the last
//                channel. One row of `ConvolutionGeometry.packedFilterByteCount` bytes.
// Memory         f32 of any alignment; the output overlaps no input. Scratch: none.
// Tails          the last block's unused lanes are zero.
// Accumulation   none: exact.
// Chosen         in a program's prepare section, for every filter that conv2d_direct uses.

@Sendable
func packFilter(_ call: UnsafePointer<KernelCall>) {
    let geometry = call.pointee.geometry.assumingMemoryBound(to: ConvolutionGeometry.self)
    pack(call, inputStride: geometry.pointee.outputChannels, outputStride: 1, turned: false)
}

@Sendable
func packFilterTurned(_ call: UnsafePointer<KernelCall>) {
    let geometry = call.pointee.geometry.assumingMemoryBound(to: ConvolutionGeometry.self)
    pack(call, inputStride: 1, outputStride: geometry.pointee.inputChannels, turned: true)
}

/// - Parameters:
///   - inputStride: elements in the filter's row from one input channel to the next; and `outputStride`
///     for output channels.
///   - turned: whether the last tap comes first.
private func pack(
    _ call: UnsafePointer<KernelCall>, inputStride: Int, outputStride: Int, turned: Bool
) {
    let geometry = call.pointee.geometry.assumingMemoryBound(to: ConvolutionGeometry.self).pointee
    let tapCount = geometry.filterHeight * geometry.filterWidth
    var packed = call.pointee.outputs[0].row(0).floats
    var first = 0
    while first < geometry.outputChannels {
        let remaining = geometry.outputChannels - first
        let blockWidth = remaining <= 8 ? 8 : 16
        let used = min(remaining, blockWidth)
        for tap in 0..<tapCount {
            let row = call.pointee.inputs[0].row(turned ? tapCount - 1 - tap : tap).floats
            for i in 0..<geometry.inputChannels {
                let source = row + (i * inputStride + first * outputStride)
                for lane in 0..<used { packed[lane] = source[lane * outputStride] }
                for lane in used..<blockWidth { packed[lane] = 0 }
                packed += blockWidth
            }
        }
        first += blockWidth
    }
}
