import GraphBasics
import GraphKernelInterface

// transform_filter, transform_filter_rotated: 3×3 filters as the Winograd convolution reads them.
//
// Formula        transformed[group][6·a + b][block][i][lane] = (G·g·Gᵀ)[a, b], g[ky, kx] = filter[ky, kx, i, o],
//                o = group + 16·block + lane; rotated: g[ky, kx] = filter[2−ky, 2−kx, o, i], the filter of
//                the input gradient (see pack_filter).
// Operands       input 0: filter f32, 9 rows. Geometry: the ConvolutionGeometry of the convolution
//                that uses the result; for `rotated` its inputChannels are the filter's last dimension.
// Layout         groups of `winogradGroupChannels` output channels in blocks of 16, the last of 8 when at
//                most 8 remain; zeros past the last channel. One row of `ConvolutionGeometry.transformedFilterByteCount` bytes.
// Memory         f32 of any alignment; the output overlaps no input. Scratch: none.
// Tails          the last block's unused lanes are zero.
// Accumulation   in f32, columns first: within 3e-7 of the filter's largest element.
// Source         Lavin and Gray (CVPR 2016), section 4.3.
// Chosen         in a program's prepare section, for every filter that conv2d_winograd uses.
// Measured       `graphrun bench Graphs/edsr.graph --workload step --profile`, one thread, AVX2: 64→256 in 0.26 ms,
//                rotated 0.4 ms.

@Sendable
func transformFilter(_ call: UnsafePointer<KernelCall>) {
    let geometry = call.pointee.geometry.assumingMemoryBound(to: ConvolutionGeometry.self)
    transform(call, inputStride: geometry.pointee.outputChannels, outputStride: 1, rotated: false)
}

@Sendable
func transformFilterRotated(_ call: UnsafePointer<KernelCall>) {
    let geometry = call.pointee.geometry.assumingMemoryBound(to: ConvolutionGeometry.self)
    transform(call, inputStride: 1, outputStride: geometry.pointee.inputChannels, rotated: true)
}

/// - Parameters:
///   - inputStride: elements in the filter's row from one input channel to the next; and `outputStride`
///     for output channels.
///   - rotated: whether the last tap comes first.
private func transform(_ call: UnsafePointer<KernelCall>, inputStride: Int, outputStride: Int, rotated: Bool) {
    let geometry = call.pointee.geometry.assumingMemoryBound(to: ConvolutionGeometry.self).pointee
    let filter = call.pointee.inputs[0]
    var transformed = call.pointee.outputs[0].row(0).floats
    let paddedChannels = geometry.outputChannels.roundedUp(to: 8)
    for group in stride(from: 0, to: paddedChannels, by: geometry.winogradGroupChannels) {
        let groupChannels = min(geometry.winogradGroupChannels, paddedChannels - group)
        let planeStride = geometry.inputChannels * groupChannels
        for first in stride(from: 0, to: groupChannels, by: 8) {
            // Eight channels are a half of a block of 16, or the last block.
            let block = first / 16 * 16
            let blockWidth = groupChannels - block == 8 ? 8 : 16
            let used = min(8, geometry.outputChannels - group - first)
            for i in 0..<geometry.inputChannels {
                let taps = FilterTaps(
                    filter: filter, rotated: rotated, place: i * inputStride + (group + first) * outputStride,
                    stride: outputStride, used: used)
                let c0 = taps.column(0).filterTransformed
                let c1 = taps.column(1).filterTransformed
                let c2 = taps.column(2).filterTransformed
                let destination =
                    transformed + (block * geometry.inputChannels + i * blockWidth + first - block)
                let rowStride = 6 * planeStride
                Three(v0: c0.v0, v1: c1.v0, v2: c2.v0).filterTransformed
                    .store(to: destination, stride: planeStride)
                Three(v0: c0.v1, v1: c1.v1, v2: c2.v1).filterTransformed
                    .store(to: destination + rowStride, stride: planeStride)
                Three(v0: c0.v2, v1: c1.v2, v2: c2.v2).filterTransformed
                    .store(to: destination + 2 * rowStride, stride: planeStride)
                Three(v0: c0.v3, v1: c1.v3, v2: c2.v3).filterTransformed
                    .store(to: destination + 3 * rowStride, stride: planeStride)
                Three(v0: c0.v4, v1: c1.v4, v2: c2.v4).filterTransformed
                    .store(to: destination + 4 * rowStride, stride: planeStride)
                Three(v0: c0.v5, v1: c1.v5, v2: c2.v5).filterTransformed
                    .store(to: destination + 5 * rowStride, stride: planeStride)
            }
        }
        transformed += WinogradLayout.planeCount * planeStride
    }
}

/// The nine taps between one input channel and eight output channels.
private struct FilterTaps {
    let filter: TensorRows
    let rotated: Bool
    /// The first channel's element in a row of the filter, elements to the next, and channels that there are.
    let place: Int, stride: Int, used: Int

    @inline(__always)
    func column(_ kx: Int) -> Three { Three(v0: tap(kx), v1: tap(3 + kx), v2: tap(6 + kx)) }

    @inline(__always)
    private func tap(_ tap: Int) -> Vector {
        let source = UnsafePointer(filter.row(rotated ? 8 - tap : tap).floats) + place
        if used == 8, stride == 1 { return source.vector(0) }
        var lanes = Vector(repeating: 0)
        for lane in 0..<used { lanes[lane] = source[lane * stride] }
        return lanes
    }
}
