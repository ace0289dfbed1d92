import KernelInterface

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

// psnr: the peak signal-to-noise ratio of a batch in decibels.
//
// Formula        y = mean over n of 10·log10(max² / mse(n)), mse(n) = mean over h, w, c of (a − b)², taken
//                as at least 1e-10·max², so that equal images have 100 dB.
// Operands       inputs 0 and 1: a and b f32, of one shape. Geometry: RowGeometry: inputHeight, inputWidth,
//                inputChannels, imageCount; number is max. One call computes row 0 of the output.
// Layout         [N, H, W, C] rows; the output is an f32 scalar.
// Memory         any alignment of the element; the output overlaps no input. Scratch: none.
// Tails          elements past the last vector of a row go to the first lane.
// Accumulation   in f64, in 8 interleaved sums per row, rows in order. Within 1e-6 dB.
// Chosen         for the psnr metric.

@Sendable
func peakSignalToNoise(_ call: UnsafePointer<KernelCall>) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: RowGeometry.self).pointee
    let rowLength = geometry.inputWidth * geometry.inputChannels
    let peak = Double(geometry.number) * Double(geometry.number)
    var decibels = 0.0
    for image in 0..<geometry.imageCount {
        var total = 0.0
        for row in image * geometry.inputHeight..<(image + 1) * geometry.inputHeight {
            total += squaredDifference(
                UnsafeRawPointer(call.inputs[0].row(row)).floats,
                UnsafeRawPointer(call.inputs[1].row(row)).floats, count: rowLength)
        }
        let error = total / Double(geometry.inputHeight * rowLength)
        // The comparison keeps NaN.
        decibels += 10 * log10(peak / (error < 1e-10 * peak ? 1e-10 * peak : error))
    }
    call.outputs[0].row(0).floats[0] = Float(decibels / Double(geometry.imageCount))
}

/// Σ (a − b)²
private func squaredDifference(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int) -> Double {
    var sums = SIMD8<Double>(repeating: 0)
    var i = 0
    while i + 8 <= count {
        let difference = SIMD8<Double>(a.vector(i)) - SIMD8<Double>(b.vector(i))
        sums += difference * difference
        i += 8
    }
    var total = sums[0]
    while i < count {
        let difference = Double(a[i]) - Double(b[i])
        total += difference * difference
        i += 1
    }
    for lane in 1..<8 { total += sums[lane] }
    return total
}
