import GraphBasics
import GraphKernelInterface

// transform_filter, transform_filter_rotated: 3×3 and 5×5 filters as the Winograd convolution reads them.
//
// Formula        transformed[group][n·a + b][block][i][lane] = (G·g·Gᵀ)[a, b], g[ky, kx] = filter[ky, kx, i, o],
//                o = group + 16·block + lane, n = 6 or 8; rotated: g[ky, kx] = filter[−1−ky, −1−kx, o, i], counted from
//                the end: the filter of the input gradient (see pack_filter).
// Operands       input 0: filter f32, 9 or 25 rows. Geometry: the ConvolutionGeometry of the convolution
//                that uses the result; for `rotated` its inputChannels are the filter's last dimension.
// Layout         groups of `winogradGroupChannels` output channels in blocks of 16, the last of 8 when at
//                most 8 remain; zeros past the last channel. One row of `ConvolutionGeometry.transformedFilterByteCount` bytes.
// Memory         f32 of any alignment; the output overlaps no input. Scratch of `rotated`:
//                `ConvolutionGeometry.rotatedFilterScratchByteCount`.
// Tails          the last block's unused lanes are zero, and the input channels that its last 8 share with those
//                before, see `winogradInputChannels`.
// Accumulation   in f32, columns first: within 3e-7 of the filter's largest element.
// Source         Lavin and Gray (CVPR 2016), section 4.3.
// Chosen         in a program's prepare section, for every filter that conv2d_winograd uses.
// Measured       `graphrun bench Graphs/edsr.graph --workload step --profile`, one thread, AVX2: 64→64 in 0.11 ms,
//                rotated 0.15 ms.

@Sendable
func transformFilter(_ call: UnsafePointer<KernelCall>) {
    let geometry = call.pointee.geometry.assumingMemoryBound(to: ConvolutionGeometry.self).pointee
    let filter = call.pointee.inputs[0]
    transform(call) { input, output, used in
        FilterTaps(
            filter: filter, size: geometry.filterHeight, place: input * geometry.outputChannels + output,
            inputStride: geometry.outputChannels, used: used)
    }
}

@Sendable
func transformFilterRotated(_ call: UnsafePointer<KernelCall>) {
    let geometry = call.pointee.geometry.assumingMemoryBound(to: ConvolutionGeometry.self).pointee
    let filter = call.pointee.inputs[0], tapCount = geometry.filterHeight * geometry.filterHeight
    let rotated = TensorRows(base: call.pointee.scratch, rowByteStride: 8 * 8 * 4, rowCapacity: tapCount)
    transform(call) { input, output, used in
        for tap in 0..<tapCount {
            let source = UnsafePointer(filter.row(tapCount - 1 - tap).floats) + (output * geometry.inputChannels + input)
            let columns = EightValues { lane in
                lane < used ? source.vector(lane * geometry.inputChannels) : Vector(repeating: 0)
            }.transposed
            for channel in 0..<8 { rotated.row(tap).floats.store(columns[channel], channel * 8) }
        }
        return FilterTaps(filter: rotated, size: geometry.filterHeight, place: 0, inputStride: 8, used: 8)
    }
}

/// - Parameter taps: gives the taps between the eight input channels from `input` on and the eight output channels from
///   `output` on, of which the first `used` are there.
@inline(__always)
private func transform(
    _ call: UnsafePointer<KernelCall>, _ taps: (_ input: Int, _ output: Int, _ used: Int) -> FilterTaps
) {
    let geometry = call.pointee.geometry.assumingMemoryBound(to: ConvolutionGeometry.self).pointee
    var transformed = call.pointee.outputs[0].row(0).floats
    let paddedChannels = geometry.outputChannels.roundedUp(to: 8)
    for group in stride(from: 0, to: paddedChannels, by: geometry.winogradGroupChannels) {
        let groupChannels = min(geometry.winogradGroupChannels, paddedChannels - group)
        let planeStride = geometry.winogradInputChannels * groupChannels
        for first in stride(from: 0, to: groupChannels, by: 8) {
            // Eight channels are a half of a block of 16, or the last block.
            let block = first / 16 * 16
            let blockWidth = groupChannels - block == 8 ? 8 : 16
            for i in stride(from: 0, to: geometry.winogradInputChannels, by: 8) {
                let source = geometry.winogradSourceChannel(i)
                let taps = taps(source, group + first, min(8, geometry.outputChannels - group - first))
                let planes = transformed + (block * geometry.winogradInputChannels + i * blockWidth + first - block)
                for channel in 0..<8 {
                    // Zeros where a vector shares channels with the one before.
                    taps.of(channel, isShared: source + channel < i)
                        .transform(to: planes + channel * blockWidth, planeStride: planeStride)
                }
            }
        }
        transformed += geometry.winogradPlaneCount * planeStride
    }
}

/// The taps between input channels, one of which is transformed at a time, and eight output channels.
private struct FilterTaps {
    let filter: TensorRows
    /// Taps of a row and of a column: 3 or 5.
    let size: Int
    /// The first element in a row of the filter, and elements to the next input channel.
    var place: Int
    let inputStride: Int
    /// Output channels that there are.
    var used: Int

    @inline(__always)
    func of(_ channel: Int, isShared: Bool) -> FilterTaps {
        var taps = self
        taps.place += channel * inputStride
        if isShared { taps.used = 0 }
        return taps
    }

    /// Transforms the columns of the channel's taps, then the rows of what they become, each into a row of planes.
    @inline(__always)
    func transform(to planes: UnsafeMutablePointer<Float>, planeStride: Int) {
        if size == 3 {
            let c0 = three(0), c1 = three(1), c2 = three(2)
            storeRows(to: planes, planeStride) { row in
                Three(v0: c0[row], v1: c1[row], v2: c2[row]).filterTransformed
            }
        } else {
            let c0 = five(0), c1 = five(1), c2 = five(2), c3 = five(3), c4 = five(4)
            storeRows(to: planes, planeStride) { row in
                Five(v0: c0[row], v1: c1[row], v2: c2[row], v3: c3[row], v4: c4[row]).filterTransformed
            }
        }
    }

    @inline(__always)
    private func storeRows<Row: WinogradInputs>(
        to planes: UnsafeMutablePointer<Float>, _ planeStride: Int, _ row: (Int) -> Row
    ) {
        for index in 0..<Row.count {
            row(index).store(to: planes + index * Row.count * planeStride, stride: planeStride)
        }
    }

    @inline(__always)
    private func three(_ kx: Int) -> Six { Three(v0: tap(kx), v1: tap(3 + kx), v2: tap(6 + kx)).filterTransformed }

    @inline(__always)
    private func five(_ kx: Int) -> Eight {
        Five(v0: tap(kx), v1: tap(5 + kx), v2: tap(10 + kx), v3: tap(15 + kx), v4: tap(20 + kx)).filterTransformed
    }

    @inline(__always)
    private func tap(_ tap: Int) -> Vector {
        let source = UnsafePointer(filter.row(tap).floats) + place
        if used == 8 { return source.vector(0) }
        var lanes = Vector(repeating: 0)
        for lane in 0..<used { lanes[lane] = source[lane] }
        return lanes
    }
}
