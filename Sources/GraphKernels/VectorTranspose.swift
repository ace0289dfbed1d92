import Builtin

extension EightValues<Vector> {
    /// Lane k of vector j becomes lane j of vector k.
    @inline(__always)
    var transposed: EightValues<Vector> {
        let pairs = EightValues { index in
            let first = index / 2 * 2
            return index % 2 == 0 ? interleaveLow(self[first], self[first + 1]) : interleaveHigh(self[first], self[first + 1])
        }
        // Lanes k and k + 4 of four vectors.
        let fours = EightValues { index in
            let first = index / 4 * 4 + index % 4 / 2
            return index % 2 == 0
                ? interleavePairsLow(pairs[first], pairs[first + 2]) : interleavePairsHigh(pairs[first], pairs[first + 2])
        }
        return EightValues { index in
            index < 4 ? joinLow(fours[index], fours[index + 4]) : joinHigh(fours[index - 4], fours[index])
        }
    }
}

// Those that interleave work on each half of a register by itself, as AVX's instructions do; those that join put halves
// together.

/// a₀ b₀ a₁ b₁ of each half.
@inline(__always)
private func interleaveLow(_ a: Vector, _ b: Vector) -> Vector { shuffle(a, b, SIMD8(0, 8, 1, 9, 4, 12, 5, 13)) }

/// a₂ b₂ a₃ b₃ of each half.
@inline(__always)
private func interleaveHigh(_ a: Vector, _ b: Vector) -> Vector { shuffle(a, b, SIMD8(2, 10, 3, 11, 6, 14, 7, 15)) }

/// a₀ a₁ b₀ b₁ of each half.
@inline(__always)
private func interleavePairsLow(_ a: Vector, _ b: Vector) -> Vector { shuffle(a, b, SIMD8(0, 1, 8, 9, 4, 5, 12, 13)) }

/// a₂ a₃ b₂ b₃ of each half.
@inline(__always)
private func interleavePairsHigh(_ a: Vector, _ b: Vector) -> Vector { shuffle(a, b, SIMD8(2, 3, 10, 11, 6, 7, 14, 15)) }

/// The first halves.
@inline(__always)
private func joinLow(_ a: Vector, _ b: Vector) -> Vector { shuffle(a, b, SIMD8(0, 1, 2, 3, 8, 9, 10, 11)) }

/// The second halves.
@inline(__always)
private func joinHigh(_ a: Vector, _ b: Vector) -> Vector { shuffle(a, b, SIMD8(4, 5, 6, 7, 12, 13, 14, 15)) }

/// The lanes of a, and from 8 on those of b, that `lanes` names, which is a constant.
@inline(__always)
private func shuffle(_ a: Vector, _ b: Vector, _ lanes: SIMD8<Int32>) -> Vector {
    var result = Vector()
    result._storage._value = Builtin.shufflevector_Vec8xFPIEEE32_Vec8xInt32(
        a._storage._value, b._storage._value, lanes._storage._value)
    return result
}
