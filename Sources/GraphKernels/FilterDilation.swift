import GraphKernelInterface

// dilate_filter: a filter with zeros between its taps, as large as what it reaches over.
//
// Formula        dilated[ky·d, kx·d, i, o] = filter[ky, kx, i, o], 0 at all other places.
// Operands       input 0: filter f32, kh·kw rows. Geometry: the ConvolutionGeometry of the input gradient.
// Layout         a row for each place, as long as a row of the filter.
// Memory         f32 of any alignment; the output overlaps no input. Scratch: none.
// Accumulation   none: exact.
// Chosen         in a program's prepare section, for input gradients with a stride and a dilation.

@Sendable
func dilateFilter(_ call: UnsafePointer<KernelCall>) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: ConvolutionGeometry.self).pointee
    let rowLength = geometry.groupInputChannels * geometry.outputChannels
    for row in call.firstRow..<call.endRow {
        let (y, x) = row.quotientAndRemainder(dividingBy: geometry.reachWidth)
        let destination = call.outputs[0].row(row).floats
        if y % geometry.dilation == 0, x % geometry.dilation == 0 {
            let tap = y / geometry.dilation * geometry.filterWidth + x / geometry.dilation
            copy(UnsafePointer(call.inputs[0].row(tap).floats), to: destination, count: rowLength)
        } else {
            zero(destination, count: rowLength)
        }
    }
}
