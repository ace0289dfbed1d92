import KernelInterface

// concat_channels, slice_channels, copy_rows: elements to other places of the same row.
//
// Formula        concat_channels: y[.., c] = part k[.., c − first channel of part k];
//                slice_channels: y[.., c] = x[.., parameter + c]; copy_rows: y = x.
// Operands       concat_channels: the parts in order, geometry: ConcatGeometry. The others: input 0,
//                geometry: RowGeometry; for copy_rows parameter is the bytes of an element.
// Layout         [N, H, W, C] rows, f32; copy_rows: rows of outputWidth · outputChannels elements.
// Memory         any alignment of the element; the output overlaps no input. Scratch: none.
// Tails          none: runs are copied.
// Accumulation   none: exact.
// Chosen         for concatenations and slices along the channels, and where a tensor must be had twice.

@Sendable
func concatChannels(_ call: UnsafePointer<KernelCall>) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: ConcatGeometry.self).pointee
    var outputChannels = 0
    for part in 0..<geometry.partCount { outputChannels += Int(geometry.partChannels[part]) }
    for row in call.firstRow..<call.endRow {
        var firstChannel = 0
        for part in 0..<geometry.partCount {
            let channels = Int(geometry.partChannels[part])
            copyRuns(
                UnsafeRawPointer(call.inputs[part].row(row)).floats, stride: channels,
                to: call.outputs[0].row(row).floats + firstChannel, stride: outputChannels,
                length: channels, count: geometry.width)
            firstChannel += channels
        }
    }
}

@Sendable
func sliceChannels(_ call: UnsafePointer<KernelCall>) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: RowGeometry.self).pointee
    for row in call.firstRow..<call.endRow {
        copyRuns(
            UnsafeRawPointer(call.inputs[0].row(row)).floats + geometry.parameter, stride: geometry.inputChannels,
            to: call.outputs[0].row(row).floats, stride: geometry.outputChannels,
            length: geometry.outputChannels, count: geometry.outputWidth)
    }
}

@Sendable
func copyRows(_ call: UnsafePointer<KernelCall>) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: RowGeometry.self).pointee
    let byteCount = geometry.outputWidth * geometry.outputChannels * geometry.parameter
    for row in call.firstRow..<call.endRow {
        call.outputs[0].row(row).copyMemory(from: call.inputs[0].row(row), byteCount: byteCount)
    }
}

private func copyRuns(
    _ source: UnsafePointer<Float>, stride sourceStride: Int,
    to destination: UnsafeMutablePointer<Float>, stride destinationStride: Int, length: Int, count: Int
) {
    for run in 0..<count {
        copy(source + run * sourceStride, to: destination + run * destinationStride, count: length)
    }
}
