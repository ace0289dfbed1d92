import GraphKernelInterface

// conv2d_filter_gradient_exchanged: the gradient of a convolution with respect to its filter, from that of the convolution
// whose input and output gradient have changed places.
//
// Formula        dw[ky, kx, i, o] = e[kh−1−ky, kw−1−kx, o, i], e[ky, kx, o, i] = Σ over n, r, c of
//                dy[n, r + ky·d − ((kh−1)·d − pt), c + kx·d − ((kw−1)·d − pl), o] · x[n, r, c, i].
// Operands       input 0: e f32, as conv2d_filter_gradient_direct leaves it. Geometry: ConvolutionGeometry of the forward
//                convolution.
// Layout         output [kh, kw, in, out] f32: row t is tap t. firstRow and endRow choose taps.
// Memory         f32 of any alignment; the output overlaps no input. Scratch: none.
// Accumulation   none: exact.
// Chosen         for convolutions of stride 1 and one group to so few channels that these, as inputs of e, and the
//                input's channels, as lanes of its vectors, leave less idle than the other way about.
// Measured       `graphrun bench Graphs/srresnet.graph --workload step --profile`, one thread, AVX-512, with e: 64→3 9×9 on
//                16 patches of 96×96 in 155 ms, where conv2d_filter_gradient_direct, taps one by one, took 1,213.

@Sendable
func turnFilterGradient(_ call: UnsafePointer<KernelCall>) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: ConvolutionGeometry.self).pointee
    let tapCount = geometry.filterHeight * geometry.filterWidth
    let (inputs, outputs) = (geometry.inputChannels, geometry.outputChannels)
    for tap in call.firstRow..<call.endRow {
        let source = call.inputs[0].row(tapCount - 1 - tap).floats, result = call.outputs[0].row(tap).floats
        for i in 0..<inputs {
            for o in 0..<outputs { result[i * outputs + o] = source[o * inputs + i] }
        }
    }
}
