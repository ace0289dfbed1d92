import GraphKernelInterface

// filter_phases: a filter of a stride as that of a convolution before a pixel shuffle.
//
// Formula        phases[j, k, o, (a·s + b)·I + i] = filter[a + pt − s·(first + j), b + pl − s·(first' + k), i, o], 0 where
//                that is no tap; see `FilterPhases`.
// Operands       input 0: filter f32, kh·kw rows of I·O. Geometry: the ConvolutionGeometry of the input gradient, whose
//                inputChannels are O and whose outputChannels are I.
// Layout         a row for each tap j, k, of O·s²·I elements.
// Memory         f32 of any alignment; the output overlaps no input. Scratch: none.
// Accumulation   none: exact.
// Chosen         in a program's prepare section, for every input gradient of a stride whose result has s × s pixels for
//                each gradient, as that of a transposed convolution, where Winograd's algorithm fits or the
//                convolution takes no more vectors than each phase by itself.

@Sendable
func arrangeFilterPhases(_ call: UnsafePointer<KernelCall>) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: ConvolutionGeometry.self).pointee
    let (rows, columns) = (geometry.rowPhases, geometry.columnPhases)
    let (stride, channels) = (geometry.stride, geometry.outputChannels)
    let rowLength = stride * stride * channels
    for tap in call.firstRow..<call.endRow {
        let (j, k) = tap.quotientAndRemainder(dividingBy: columns.count)
        let destination = call.outputs[0].row(tap).floats
        zero(destination, count: geometry.inputChannels * rowLength)
        for a in 0..<stride {
            for b in 0..<stride {
                guard let ky = rows.tap(j, phase: a), let kx = columns.tap(k, phase: b) else { continue }
                let source = call.inputs[0].row(ky * geometry.filterWidth + kx).floats
                for o in 0..<geometry.inputChannels {
                    let place = destination + (o * rowLength + (a * stride + b) * channels)
                    for i in 0..<channels { place[i] = source[i * geometry.inputChannels + o] }
                }
            }
        }
    }
}
