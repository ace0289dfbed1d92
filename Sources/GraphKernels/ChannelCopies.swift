import GraphKernelInterface

// concat_channels, slice_channels: elements to other places of the same row.
//
// Formula        concat_channels: y[.., c] = image k[.., start k + c − first channel of piece k];
//                slice_channels: y[.., c] = x[.., start + c], or 0 where x has no such channel, so that a
//                negative start pads.
// Operands       concat_channels: the image of each piece, in order, geometry: ChannelConcatenationGeometry.
//                slice_channels: input 0, geometry: SliceGeometry.
// Layout         [N, H, W, C] rows, f32.
// Memory         any alignment of the element; the output overlaps no input. Scratch: none.
// Tails          none: runs are copied.
// Accumulation   none: exact.
// Chosen         for concatenations, slices and paddings along the channels, and along other axes within a row, whose
//                runs then count as pixels.
// Measured       one thread, AVX2, thread time: 128×128 pixels, bytes read and written: joining 64 and 64 channels
//                35 GB/s, 3 and 3 9 GB/s; the last 64 of 128 71 GB/s; 64 padded to 72 44 GB/s.

@Sendable
func concatChannels(_ call: UnsafePointer<KernelCall>) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: ChannelConcatenationGeometry.self).pointee
    let pieces = geometry.pieces, outputChannels = pieces.channels.sum
    for row in call.firstRow..<call.endRow {
        var firstChannel = 0
        for index in 0..<pieces.channels.count {
            let source = pieces.source(index, of: call)
            copyRuns(
                source.row(row), stride: source.pixelStride,
                to: call.outputs[0].row(row).floats + firstChannel, stride: outputChannels,
                length: source.channels, count: geometry.width)
            firstChannel += source.channels
        }
    }
}

@Sendable
func sliceChannels(_ call: UnsafePointer<KernelCall>) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: SliceGeometry.self).pointee
    let (sizes, start) = (geometry.rows, geometry.start)
    let channels = sizes.outputChannels
    // The channels of y that x has.
    let first = max(0, -start)
    let end = min(channels, sizes.inputChannels - start)
    for row in call.firstRow..<call.endRow {
        let destination = call.outputs[0].row(row).floats
        if first > 0 || end < channels {
            for pixel in 0..<sizes.outputWidth {
                zero(destination + pixel * channels, count: first)
                zero(destination + (pixel * channels + end), count: channels - end)
            }
        }
        copyRuns(
            UnsafeRawPointer(call.inputs[0].row(row)).floats + (start + first),
            stride: sizes.inputChannels, to: destination + first, stride: channels, length: end - first,
            count: sizes.outputWidth)
    }
}
