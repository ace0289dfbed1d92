import Foundation
@testable import Imaging

/// Bicubic resampling by the definition, one output sample at a time, in double precision throughout.
enum PlainBicubic {
    /// Columns, then rows. `rounding` is applied after each.
    static func resampled(_ plane: Plane, scale: Double, rounding: (Double) -> Double) -> Plane {
        let columns = vertically(plane, scale: scale, rounding: rounding)
        return transposed(vertically(transposed(columns), scale: scale, rounding: rounding))
    }

    static func wholeSample(_ value: Double) -> Double { min(255, max(0, value.rounded())) }

    private static func vertically(_ plane: Plane, scale: Double, rounding: (Double) -> Double) -> Plane {
        let height = Int((Double(plane.height) * scale - 1e-6).rounded(.up))
        let stretch = min(scale, 1)
        var samples: [Double] = []
        for y in 0..<height {
            let center = (Double(y) + 0.5) / scale - 0.5
            let near = Int(center - 2 / stretch) - 2...Int(center + 2 / stretch) + 2
            let weights = near.map { kernel((center - Double($0)) * stretch) }
            let sum = weights.reduce(0, +)
            for x in 0..<plane.width {
                var value = 0.0
                for (row, weight) in zip(near, weights) where weight != 0 {
                    var mirrored = row
                    while !(0..<plane.height).contains(mirrored) {
                        mirrored = mirrored < 0 ? -1 - mirrored : 2 * plane.height - 1 - mirrored
                    }
                    value += weight * plane.samples[mirrored * plane.width + x]
                }
                samples.append(rounding(value / sum))
            }
        }
        return Plane(width: plane.width, height: height, samples: samples)
    }

    /// Keys, 1981, a = −0.5.
    private static func kernel(_ x: Double) -> Double {
        let a = -0.5, t = abs(x)
        if t < 1 { return (a + 2) * pow(t, 3) - (a + 3) * pow(t, 2) + 1 }
        if t < 2 { return a * pow(t, 3) - 5 * a * pow(t, 2) + 8 * a * t - 4 * a }
        return 0
    }

    private static func transposed(_ plane: Plane) -> Plane {
        let samples = (0..<plane.width * plane.height).map { i in
            plane.samples[i % plane.height * plane.width + i / plane.height]
        }
        return Plane(width: plane.height, height: plane.width, samples: samples)
    }
}
