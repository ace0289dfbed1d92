import KernelInterface

// resize_bicubic: an image enlarged by a whole factor.
//
// Formula        row y of the result has its centre at u = (y + ½)/f − ½ of x and is the sum of rows
//                ⌊u⌋ − 1 … ⌊u⌋ + 2, each weighted with Keys' cubic kernel, a = −0.5, of its distance; the
//                same along the width. Outside, the image is mirrored at its edges (cba|abc).
// Operands       input 0: x f32. Geometry: RowGeometry; parameter is f.
// Layout         [N, H, W, C] rows, f32.
// Memory         any alignment of the element; the output overlaps no input. Scratch:
//                `resizeBicubicScratchByteCount`.
// Tails          rows of x: the elements past the last vector one by one.
// Accumulation   in f32 with multiplyAdd in the order of the taps, along the height first; weights
//                computed in f64. Within 1e-6 of the largest magnitude of x.
// Source         Keys, "Cubic convolution interpolation for digital image processing" (1981), eq. 15.
// Chosen         for every bicubic resize.

@Sendable
func resizeBicubic(_ call: UnsafePointer<KernelCall>) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: RowGeometry.self).pointee
    let factor = geometry.parameter
    let channels = geometry.inputChannels
    let weights = call.scratch.floats
    for phase in 0..<factor {
        // Taps depend on the place within a source pixel alone. `fraction` is u − ⌊u⌋.
        let fraction = Double((2 * phase + 1 + factor) % (2 * factor)) / Double(2 * factor)
        for tap in 0..<4 { weights[4 * phase + tap] = Float(cubicKernel(fraction + 1 - Double(tap))) }
    }
    // Two mirrored pixels lie before the row's first and after its last.
    let row = (call.scratch + geometry.resizeBicubicWeightByteCount).floats + 2 * channels

    for outputRow in call.firstRow..<call.endRow {
        let image = outputRow / geometry.outputHeight
        let y = outputRow % geometry.outputHeight
        resampleHeight(
            call.inputs[0], firstTap: firstTap(y, factor), firstRow: image * geometry.inputHeight,
            height: geometry.inputHeight, weights: weights + 4 * (y % factor), to: row,
            count: geometry.inputWidth * channels)
        for pixel in 0..<2 {
            mirror(pixel - 2, row, geometry)
            mirror(geometry.inputWidth + pixel, row, geometry)
        }
        var result = call.outputs[0].row(outputRow).floats
        for x in 0..<geometry.outputWidth {
            let weight = weights + 4 * (x % factor)
            let source = row + firstTap(x, factor) * channels
            for c in 0..<channels {
                var sum: Float = 0
                for tap in 0..<4 { sum = multiplyAdd(weight[tap], source[tap * channels + c], sum) }
                result[c] = sum
            }
            result += channels
        }
    }
}

/// The first of the four source pixels that pixel `index` of the result is made from: ⌊u⌋ − 1.
private func firstTap(_ index: Int, _ factor: Int) -> Int {
    // u = (2·index + 1 − factor) / (2·factor); adding one period first keeps the division positive.
    (2 * index + 1 + factor) / (2 * factor) - 2
}

/// The pixel within 0..<size that the image, mirrored at its edges without end, shows at `index`.
private func mirrored(_ index: Int, _ size: Int) -> Int {
    let place = ((index % (2 * size)) + 2 * size) % (2 * size)
    return place < size ? place : 2 * size - 1 - place
}

private func cubicKernel(_ distance: Double) -> Double {
    let x = distance.magnitude
    if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
    if x < 2 { return ((-0.5 * x + 2.5) * x - 4) * x + 2 }
    return 0
}

private func resampleHeight(
    _ input: TensorRows, firstTap: Int, firstRow: Int, height: Int, weights: UnsafePointer<Float>,
    to result: UnsafeMutablePointer<Float>, count: Int
) {
    let row0 = UnsafeRawPointer(input.row(firstRow + mirrored(firstTap, height))).floats
    let row1 = UnsafeRawPointer(input.row(firstRow + mirrored(firstTap + 1, height))).floats
    let row2 = UnsafeRawPointer(input.row(firstRow + mirrored(firstTap + 2, height))).floats
    let row3 = UnsafeRawPointer(input.row(firstRow + mirrored(firstTap + 3, height))).floats
    var i = 0
    while i + 8 <= count {
        var sum = Vector(repeating: weights[0]) * row0.vector(i)
        sum = multiplyAdd(Vector(repeating: weights[1]), row1.vector(i), sum)
        sum = multiplyAdd(Vector(repeating: weights[2]), row2.vector(i), sum)
        sum = multiplyAdd(Vector(repeating: weights[3]), row3.vector(i), sum)
        result.store(sum, i)
        i += 8
    }
    while i < count {
        var sum = weights[0] * row0[i]
        sum = multiplyAdd(weights[1], row1[i], sum)
        sum = multiplyAdd(weights[2], row2[i], sum)
        sum = multiplyAdd(weights[3], row3[i], sum)
        result[i] = sum
        i += 1
    }
}

/// Fills a pixel beside the row with the one that mirroring shows there.
private func mirror(_ pixel: Int, _ row: UnsafeMutablePointer<Float>, _ geometry: RowGeometry) {
    let channels = geometry.inputChannels
    let source = row + mirrored(pixel, geometry.inputWidth) * channels
    for c in 0..<channels { row[pixel * channels + c] = source[c] }
}
