import GraphKernelInterface

/// Operands of pointwise programs that are repeated along axes of the rows, gathered run by run of the last axis.
extension OperandRepetition {
    /// The elements for `count` elements of a row of the program, from `first` on: where they lie, or gathered in a slot.
    ///
    /// - Parameters:
    ///   - row: of the program, counted over the batch.
    ///   - slot: `count` floats.
    func elements(
        of input: TensorRows, _ element: ElementType, row: Int, first: Int, count: Int, in slot: UnsafeMutablePointer<Float>
    ) -> UnsafePointer<Float> {
        let lastSize = Int(sizes[rank - 1])
        var indices = SIMD8<Int64>(repeating: 0)
        var (outer, index) = first.quotientAndRemainder(dividingBy: lastSize)
        var place = steps.place(row, axes: 0..<rowRank, sizes)
        for axis in (rowRank..<rank - 1).reversed() {
            let size = Int(sizes[axis])
            indices[axis] = Int64(outer % size)
            place &+= step(axis) &* SIMD2(repeating: indices[axis])
            outer /= size
        }
        let lastStep = step(rank - 1)
        var done = 0
        while true {
            let length = min(count - done, lastSize - index)
            let start = place &+ lastStep &* SIMD2(repeating: Int64(index))
            if length == count, count % 8 == 0, element == .f32, lastStep == SIMD2(0, 1) {
                return UnsafeRawPointer(input.row(Int(start[0]))).floats + Int(start[1])
            }
            read(input, element, from: start, step: lastStep, count: length, to: slot + done)
            done += length
            if done == count { return UnsafePointer(slot) }
            index = 0
            carry(to: &indices, &place)
        }
    }

    /// The next index of the axes before the last one.
    @inline(__always)
    private func carry(to indices: inout SIMD8<Int64>, _ place: inout SIMD2<Int64>) {
        var axis = rank - 2
        while axis >= rowRank {
            indices[axis] += 1
            place &+= step(axis)
            if indices[axis] < sizes[axis] { return }
            place &-= step(axis) &* SIMD2(repeating: sizes[axis])
            indices[axis] = 0
            axis -= 1
        }
    }

    /// The rows and elements of the operand from one index of an axis to the next. Along the last axis it is repeated, or
    /// lies one element, or one row, after the other.
    @inline(__always)
    private func step(_ axis: Int) -> SIMD2<Int64> { SIMD2(steps.rows[axis], steps.elements[axis]) }
}

/// Elements along one axis, as floats.
@inline(__always)
private func read(
    _ input: TensorRows, _ element: ElementType, from start: SIMD2<Int64>, step: SIMD2<Int64>, count: Int,
    to result: UnsafeMutablePointer<Float>
) {
    func number(_ place: SIMD2<Int64>) -> Float {
        let row = UnsafeRawPointer(input.row(Int(place[0])))
        return element == .u8 ? Float(row.bytes[Int(place[1])]) : row.floats[Int(place[1])]
    }
    if step == SIMD2(0, 0) {
        let value = number(start)
        for i in 0..<count { result[i] = value }
    } else if step == SIMD2(0, 1), element == .f32 {
        let source = UnsafeRawPointer(input.row(Int(start[0]))).floats + Int(start[1])
        for i in 0..<count { result[i] = source[i] }
    } else {
        for i in 0..<count { result[i] = number(start &+ step &* SIMD2(repeating: Int64(i))) }
    }
}
