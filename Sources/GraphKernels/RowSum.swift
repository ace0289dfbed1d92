import GraphKernelInterface

// sum_rows: the sum of a tensor, of each of its channels, or of the channels of each image or each row: a bias's gradient, a
// loss's mean, what a gate is made of.
//
// Formula        y[c] = scale · Σ over n, h, w of p[n, h, w, c], or over c as well; y[n, c] over h and w
//                alone, y[n, h, c] over w alone; p = prologue(x).
// Operands       input 0: x, f32 or what the prologue says; then the prologue's operands. Geometry:
//                RowSumGeometry, of its rows the input's sizes, imageCount, and outputChannels, which is 1 for
//                the sum of everything.
// Layout         output f32 [C] or a scalar, one row; [N, 1, 1, C], a row for each image;
//                [N, H, 1, C], a row for each row.
// Memory         any alignment of the element; the output overlaps no input. Scratch:
//                `RowSumGeometry.scratchByteCount`.
// Tails          the last vector of a row is added element by element.
// Accumulation   within a row in f32, in 8 interleaved sums per channel (32 for fewer than 4 channels);
//                these then in f64, row after row. Within 1e-6·√(W/8) of the sum of the magnitudes.
// Chosen         for every sum and mean, with the pointwise steps that lead to it as the prologue.
// Measured       one thread, AVX2, thread time: 128×128 pixels of 64 channels, no prologue: 64 GB/s for each channel,
//                33 GB/s for one sum; 3 channels 33 GB/s.

@Sendable
func sumRows(_ call: UnsafePointer<KernelCall>) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: RowSumGeometry.self).pointee
    let sizes = geometry.rows
    let layout = RowSumLayout(
        sizes, prologueByteCount: call.prologue.scratchByteCount(channels: sizes.inputChannels))
    let program = PointwiseRun(
        call.prologue, inputs: call.inputs, inputBase: call.prologue.firstInput - 1,
        channels: sizes.inputChannels, scratch: call.scratch + layout.prologueOffset)
    let hasProgram = call.prologue.resultCount > 0
    let elementByteCount = hasProgram && call.prologue.operands[0].element == .u8 ? 1 : 4
    let block = call.scratch + layout.blockOffset
    let rowSums = call.scratch.floats
    let totals = (call.scratch + layout.totalsOffset).assumingMemoryBound(to: Double.self)
    let rowLength = sizes.inputWidth * sizes.inputChannels
    for resultRow in call.firstRow..<call.endRow {
        for c in 0..<layout.channels { totals[c] = 0 }
        for row in resultRow * geometry.rowsPerSum..<(resultRow + 1) * geometry.rowsPerSum {
            let source = UnsafeRawPointer(call.inputs[0].row(row))
            zero(rowSums, count: layout.period)
            var first = 0
            while first < rowLength {
                let length = min(PointwiseScratch.blockLength, rowLength - first)
                var elements = source.floats + first
                if hasProgram {
                    program.destinations[0] = block
                    program.run(row: row, first: first, count: length, operand0: source + first * elementByteCount)
                    elements = UnsafeRawPointer(block).floats
                }
                add(elements, count: length, to: rowSums, from: first % layout.period, period: layout.period)
                first += length
            }
            var i = 0
            while i < layout.period {
                for c in 0..<layout.channels { totals[c] += Double(rowSums[i + c]) }
                i += layout.channels
            }
        }
        let result = call.outputs[0].row(resultRow).floats
        for c in 0..<layout.channels { result[c] = Float(totals[c] * Double(geometry.scale)) }
    }
}

/// Adds element i to sum (from + i) mod period; `from` and `period` are multiples of 8.
private func add(
    _ elements: UnsafePointer<Float>, count: Int, to sums: UnsafeMutablePointer<Float>, from: Int, period: Int
) {
    var place = from
    var i = 0
    while i + 8 <= count {
        sums.store(sums.vector(place) + elements.vector(i), place)
        place = place + 8 == period ? 0 : place + 8
        i += 8
    }
    while i < count {
        sums[place] += elements[i]
        place += 1
        i += 1
    }
}
