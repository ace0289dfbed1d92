import GraphKernelInterface

// sum_axes, max_axes: sums, means and the largest over any axes of images, or over neighbouring ones of other tensors.
//
// Formula        y[kept axes] = scale · Σ x, or the largest of x, over all others; NaN where one is.
// Operands       input 0: x f32. Geometry: AxisReductionGeometry.
// Layout         rows of x; the result's rows, or all of it in one.
// Memory         any alignment of the element; the output overlaps no input. Scratch:
//                `AxisReductionGeometry.scratchByteCount`.
// Tails          runs along the last axis: the elements past the last vector one by one.
// Accumulation   along the last axis in f32 in 8 interleaved sums, all else in f64, in the order of x. Within 1e-6·√(run/8)
//                of the sum of magnitudes; the largest is exact.
// Chosen         for reductions that `sum_rows` does not take: over channels, and every largest.
// Measured       `graphrun bench --profile`, one thread, AVX-512, 128×128 pixels of 64 channels: over channels the sum 0.12 ms, the
//                largest 0.24 ms; over the picture the largest 0.13 ms.

@Sendable
func sumAxes(_ call: UnsafePointer<KernelCall>) { reduce(call, Sum.self) }

@Sendable
func maxAxes(_ call: UnsafePointer<KernelCall>) { reduce(call, Largest.self) }

/// How elements become one.
private protocol Reducing {
    static var start: Double { get }
    static func combine(_ total: Double, _ value: Double) -> Double
    static func combine(_ total: Vector, _ value: Vector) -> Vector
}

private enum Sum: Reducing {
    @inline(__always)
    static var start: Double { 0 }
    @inline(__always)
    static func combine(_ total: Double, _ value: Double) -> Double { total + value }
    @inline(__always)
    static func combine(_ total: Vector, _ value: Vector) -> Vector { total + value }
}

private enum Largest: Reducing {
    @inline(__always)
    static var start: Double { -.infinity }
    @inline(__always)
    static func combine(_ total: Double, _ value: Double) -> Double { value > total || value != value ? value : total }
    @inline(__always)
    static func combine(_ total: Vector, _ value: Vector) -> Vector {
        select(value .> total, value, select(value .== value, total, value))
    }
}

@inline(__always)
private func reduce<Kind: Reducing>(_ call: UnsafePointer<KernelCall>, _ kind: Kind.Type) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: AxisReductionGeometry.self).pointee
    let runs = geometry.runs, count = runs.outer * runs.inner
    let totals = call.scratch.assumingMemoryBound(to: Double.self)
    for resultRow in geometry.keepsRows ? call.firstRow..<call.endRow : 0..<geometry.resultRowCount {
        for i in 0..<count { totals[i] = Kind.start }
        let sources = geometry.sources(resultRow)
        for image in sources.images {
            for row in sources.rows {
                let x = UnsafeRawPointer(call.inputs[0].row(image * geometry.height + row)).floats
                for block in 0..<runs.outer {
                    let elements = x + block * runs.size * runs.inner
                    if runs.inner == 1 {
                        totals[block] = Kind.combine(totals[block], total(elements, count: runs.size, kind))
                    } else {
                        let blockTotals = totals + block * runs.inner
                        for index in 0..<runs.size {
                            let run = elements + index * runs.inner
                            for i in 0..<runs.inner { blockTotals[i] = Kind.combine(blockTotals[i], Double(run[i])) }
                        }
                    }
                }
            }
        }
        let result =
            geometry.keepsRows ? call.outputs[0].row(resultRow).floats : call.outputs[0].row(0).floats + resultRow * count
        for i in 0..<count { result[i] = Float(totals[i] * Double(geometry.scale)) }
    }
}

/// Neighbouring elements as one.
@inline(__always)
private func total<Kind: Reducing>(_ elements: UnsafePointer<Float>, count: Int, _ kind: Kind.Type) -> Double {
    var total = Kind.start
    var i = 0
    if count >= 8 {
        var lanes = elements.vector(0)
        i = 8
        while i + 8 <= count {
            lanes = Kind.combine(lanes, elements.vector(i))
            i += 8
        }
        for lane in 0..<8 { total = Kind.combine(total, Double(lanes[lane])) }
    }
    while i < count {
        total = Kind.combine(total, Double(elements[i]))
        i += 1
    }
    return total
}
