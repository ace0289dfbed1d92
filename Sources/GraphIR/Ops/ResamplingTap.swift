/// One weighted pixel in the sum that makes a pixel of a resized row.
struct ResamplingTap {
    var result, source: Int
    var weight: Double

    /// The same weight on the way back.
    var transposed: ResamplingTap { ResamplingTap(result: source, source: result, weight: weight) }
}

extension Tensor where Scalar: EvaluationScalar {
    /// The tensor with another size along one axis, where each element is the sum of what taps bring to it, in order.
    @inline(__always)
    func resampled(axis: Int, size: Int, _ taps: [ResamplingTap]) -> Tensor {
        var shape = shape
        shape[axis] = size
        var resampled = Tensor(shape: shape, repeating: Scalar(0))
        let (from, to) = (AxisSpan(self.shape, axis: axis), AxisSpan(shape, axis: axis))
        for block in 0..<from.outer {
            for tap in taps {
                let (read, write) = (from.run(block, tap.source), to.run(block, tap.result))
                let weight = Scalar(tap.weight)
                for element in 0..<from.inner {
                    resampled.values[write + element] += weight * values[read + element]
                }
            }
        }
        return resampled
    }
}
