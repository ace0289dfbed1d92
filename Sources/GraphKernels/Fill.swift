import GraphKernelInterface

// fill: a number repeated.
//
// Formula        y[…] = value.
// Operands       none. Geometry: FillGeometry.
// Layout         rows, f32.
// Memory         any alignment of the element. Scratch: none.
// Tails          none.
// Accumulation   none: exact.
// Chosen         for a number that is repeated alone, as a loss's gradient by each of its terms.
// Measured       never more than 0.1 % of a training step.

@Sendable
func fillRows(_ call: UnsafePointer<KernelCall>) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: FillGeometry.self).pointee
    for row in call.firstRow..<call.endRow {
        let result = call.outputs[0].row(row).floats
        for i in 0..<geometry.rowLength { result[i] = geometry.value }
    }
}
