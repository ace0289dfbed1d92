import GraphKernelInterface

// pointwise: a step that is a pointwise program of its own, as fusion leaves them: Adam's update, a
// loss's gradient, a skip connection that no convolution could take in.
//
// Formula        output j[row, e] = result j of the program at element e; rounding once per instruction.
// Operands       operand k of `epilogue` is input k, of any shape that broadcasts to the outputs'. Geometry: RowGeometry, of
//                which outputWidth and outputChannels are read.
// Layout         rows of W·C elements, f32 or u8 as the program says for each operand and result.
// Memory         any alignment of the element. An output may be an input with one element for each
//                element, at the same place; a result that is itself an operand overlaps no other.
//                Scratch: `PointwiseProgram.scratchByteCount(channels:)`.
// Tails          blocks of 256 elements; the last one of a row is computed in scratch.
// Accumulation   none. tanh, sigmoid, exp, log and erf within 5e-7 of their value, power within 2e-7, all else rounds as one operation.
// Chosen         for every pointwise step that is not part of another.
// Measured       one thread, AVX2, 64 rows of 24·64 elements, one instruction, in 10⁹ elements a second:
//                relu 11, round 9, square root 6, bytes to bytes 5, sigmoid 2, tanh 1.4. 32×128×128 channels first by a
//                number for each channel, and added to another (`graphrun bench --profile`): 0.23 ms, 15 by the
//                reference implementation.

@Sendable
func pointwise(_ call: UnsafePointer<KernelCall>) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: RowGeometry.self).pointee
    let program = PointwiseRun(
        call.epilogue, inputs: call.inputs, inputBase: 0, channels: geometry.outputChannels,
        scratch: call.scratch)
    for row in call.firstRow..<call.endRow {
        for j in 0..<call.epilogue.resultCount { program.destinations[j] = call.outputs[j].row(row) }
        program.run(
            row: row, first: 0, count: geometry.outputWidth * geometry.outputChannels,
            operand0: UnsafeRawPointer(call.inputs[0].row(row)))
    }
}
