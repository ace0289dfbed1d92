import Glibc

extension Picture {
    /// The picture blurred by a Gaussian function, its outermost pixels repeated beyond the border.
    ///
    /// Weights reach to three deviations, and are whole numbers of 2⁻¹⁶ that sum up to 1: the result depends on no order.
    ///
    /// - Parameter deviation: in pixels; 0 leaves the picture as it is.
    /// - Precondition: `0 <= deviation` and `deviation <= 100`.
    public func blurred(deviation: Double) -> Picture {
        precondition((0...100).contains(deviation))
        let weights = Self.blurWeights(deviation: deviation)
        guard weights.count > 1 else { return self }
        return blurredAlongRows(weights).transposed().blurredAlongRows(weights).transposed()
    }

    /// The weights of a pixel and of those on both sides of it.
    private static func blurWeights(deviation: Double) -> [UInt32] {
        guard deviation > 0 else { return [1 << 16] }
        let reach = Int((3 * deviation).rounded(.up))
        let values = (-reach...reach).map { exp(-Double($0 * $0) / (2 * deviation * deviation)) }
        let total = values.reduce(0, +)
        var weights = values.map { UInt32(($0 / total * 0x1p16).rounded()) }
        weights[reach] &+= (1 << 16) &- weights.reduce(0, +)
        return weights
    }

    private func blurredAlongRows(_ weights: [UInt32]) -> Picture {
        let reach = weights.count / 2
        var blurred: [UInt8] = []
        blurred.reserveCapacity(pixels.count)
        for y in 0..<height {
            let row = row(y)
            var samples: [UInt8] = []
            samples.reserveCapacity(rowStride + 6 * reach)
            for _ in 0..<reach { samples += row.prefix(3) }
            samples += row
            for _ in 0..<reach { samples += row.suffix(3) }
            for place in 0..<rowStride {
                var sum: UInt32 = 1 << 15
                for (tap, weight) in weights.enumerated() { sum += weight * UInt32(samples[place + 3 * tap]) }
                blurred.append(UInt8(sum >> 16))
            }
        }
        return Picture(width: width, height: height, pixels: blurred)
    }

    /// Columns as rows.
    private func transposed() -> Picture { rotated(quarterRotations: 1).mirrored() }
}
