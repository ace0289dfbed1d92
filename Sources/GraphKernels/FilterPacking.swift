import GraphBasics
import GraphKernelInterface

// pack_filter, pack_filter_rotated: the filter in the order in which the direct convolution reads it.
//
// Formula        packed[g][block][ky][kx][i][lane] = filter[ky, kx, i, g·O + 16·block + lane], O output channels in a group
//                rotated: packed[a][b][g][block][j][k][i][lane]
//                    = filter[a + s·(m−1−j), b + s·(n−1−k), 16·block + lane, g·I + i], I input channels in a group,
//                for the phases a and b below the stride s, which have m rows and n columns of the filter: the
//                filter of the input gradient. At stride 1 that is filter[kh−1−j, kw−1−k, …], with which the input
//                gradient is a convolution of the output's gradient with padding kh−1−padTop and kw−1−padLeft.
// Operands       input 0: filter f32, kh·kw rows. Geometry: the ConvolutionGeometry of the convolution
//                that uses the result; for `rotated` its inputChannels are the filter's last dimension.
// Layout         blocks of 16 output channels of a group, its last of 8 when at most 8 remain; zeros past the last
//                channel. One row of `ConvolutionGeometry.packedFilterByteCount` bytes.
// Memory         f32 of any alignment; the output overlaps no input. Scratch: none.
// Tails          the last block's unused lanes are zero.
// Accumulation   none: exact.
// Chosen         in a program's prepare section, for every filter that conv2d_direct or
//                conv2d_input_gradient_direct uses.
// Measured       one thread, AVX2, thread time: 3×3, 64→64: 5 µs, rotated 10 µs; 64→256: 21 µs and 43 µs.

@Sendable
func packFilter(_ call: UnsafePointer<KernelCall>) {
    let geometry = call.pointee.geometry.assumingMemoryBound(to: ConvolutionGeometry.self).pointee
    let taps = TapGrid(
        rowCount: geometry.filterHeight, columnCount: geometry.filterWidth, first: 0,
        rowStep: geometry.filterWidth, columnStep: 1)
    pack(
        call.pointee.inputs[0], taps, geometry, groupStride: geometry.groupOutputChannels, inputStride: geometry.outputChannels,
        outputStride: 1,
        to: call.pointee.outputs[0].row(0).floats)
}

@Sendable
func packFilterRotated(_ call: UnsafePointer<KernelCall>) {
    let geometry = call.pointee.geometry.assumingMemoryBound(to: ConvolutionGeometry.self).pointee
    let stride = geometry.stride
    var packed = call.pointee.outputs[0].row(0).floats
    for a in 0..<stride {
        for b in 0..<stride {
            let rowCount = geometry.phaseTapCount(a, of: geometry.filterHeight)
            let columnCount = geometry.phaseTapCount(b, of: geometry.filterWidth)
            let taps = TapGrid(
                rowCount: rowCount, columnCount: columnCount,
                first: (a + stride * (rowCount - 1)) * geometry.filterWidth + b + stride * (columnCount - 1),
                rowStep: -stride * geometry.filterWidth, columnStep: -stride)
            pack(
                call.pointee.inputs[0], taps, geometry, groupStride: geometry.groupInputChannels, inputStride: 1,
                outputStride: geometry.inputChannels, to: packed)
            packed += rowCount * columnCount * geometry.packedTapLength
        }
    }
}

/// Some taps of a filter, in an order of rows and columns.
private struct TapGrid {
    var rowCount: Int, columnCount: Int
    /// The first tap, and the steps to the next row's and the next column's.
    var first: Int, rowStep: Int, columnStep: Int
}

/// - Parameters:
///   - groupStride: elements in the filter's row from one group to the next; `inputStride` and `outputStride` from one
///     input or output channel to the next.
private func pack(
    _ filter: TensorRows, _ taps: TapGrid, _ geometry: ConvolutionGeometry, groupStride: Int, inputStride: Int,
    outputStride: Int, to destination: UnsafeMutablePointer<Float>
) {
    var packed = destination
    for group in 0..<geometry.groupCount {
        var first = 0
        while first < geometry.groupOutputChannels {
            let remaining = geometry.groupOutputChannels - first
            let blockWidth = remaining <= 8 ? 8 : 16
            let used = min(remaining, blockWidth)
            for tapRow in 0..<taps.rowCount {
                for tapColumn in 0..<taps.columnCount {
                    let row = filter.row(taps.first + tapRow * taps.rowStep + tapColumn * taps.columnStep).floats
                    for i in 0..<geometry.groupInputChannels {
                        let source = row + (group * groupStride + i * inputStride + first * outputStride)
                        for lane in 0..<used { packed[lane] = source[lane * outputStride] }
                        for lane in used..<blockWidth { packed[lane] = 0 }
                        packed += blockWidth
                    }
                }
            }
            first += blockWidth
        }
    }
}
