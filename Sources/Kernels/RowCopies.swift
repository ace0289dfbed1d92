import KernelInterface

// concat_rows, slice_rows, copy_rows: whole rows to other places.
//
// Formula        concat_rows: y[n, r] = part k[n, r − first row of part k];
//                slice_rows: y[n, r] = x[n, parameter + r], or 0 where x has no such row, so that a negative
//                parameter pads; copy_rows: y = x.
// Operands       concat_rows: the parts in order; geometry: ConcatGeometry, whose width is the elements of a
//                row and whose partChannels are the rows of the parts' images. The others: input 0,
//                geometry: RowGeometry; for copy_rows parameter is the bytes of an element.
// Layout         [N, H, W, C] rows, f32; copy_rows: rows of outputWidth · outputChannels elements.
// Memory         any alignment of the element; the output overlaps no input. Scratch: none.
// Tails          none: rows are copied.
// Accumulation   none: exact.
// Chosen         for concatenations, slices and paddings along rows or images, and where a tensor must be had
//                twice.
// Measured       one thread, AVX2, thread time: 128×128 pixels of 64 channels, in the caches: 93 GB/s read and written,
//                padded or not.

@Sendable
func concatRows(_ call: UnsafePointer<KernelCall>) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: ConcatGeometry.self).pointee
    var height = 0
    for part in 0..<geometry.partCount { height += Int(geometry.partChannels[part]) }
    for row in call.firstRow..<call.endRow {
        let image = row / height
        var y = row % height
        var part = 0
        while y >= Int(geometry.partChannels[part]) {
            y -= Int(geometry.partChannels[part])
            part += 1
        }
        let source = call.inputs[part].row(image * Int(geometry.partChannels[part]) + y)
        copy(UnsafeRawPointer(source).floats, to: call.outputs[0].row(row).floats, count: geometry.width)
    }
}

@Sendable
func sliceRows(_ call: UnsafePointer<KernelCall>) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: RowGeometry.self).pointee
    let rowLength = geometry.outputWidth * geometry.outputChannels
    for row in call.firstRow..<call.endRow {
        let (image, y) = row.quotientAndRemainder(dividingBy: geometry.outputHeight)
        let source = y + geometry.parameter
        let destination = call.outputs[0].row(row).floats
        if source >= 0, source < geometry.inputHeight {
            let input = call.inputs[0].row(image * geometry.inputHeight + source)
            copy(UnsafeRawPointer(input).floats, to: destination, count: rowLength)
        } else {
            zero(destination, count: rowLength)
        }
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
