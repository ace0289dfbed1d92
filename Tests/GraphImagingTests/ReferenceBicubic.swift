import Foundation
@testable import GraphImaging

/// Bicubic resampling by the definition, one output sample at a time, in double precision throughout.
enum ReferenceBicubic {
    /// Columns, then rows. `rounding` is applied after each.
    static func resampled(_ plane: Plane, scale: Double, rounding: (Double) -> Double) -> Plane {
        let columns = vertically(plane, scale: scale, rounding: rounding)
        return transposed(vertically(transposed(columns), scale: scale, rounding: rounding))
    }

    static func wholeSample(_ value: Double) -> Double { min(255, max(0, value.rounded())) }

    private static func vertically(_ plane: Plane, scale: Double, rounding: (Double) -> Double) -> Plane {
        let (width, height) = (plane.width, Int((Double(plane.height) * scale - 1e-6).rounded(.up)))
        let stretch = min(scale, 1)
        var samples: [Double] = []
        for y in 0..<height {
            let center = (Double(y) + 0.5) / scale - 0.5
            let near = (Int(center - 2 / stretch) - 2...Int(center + 2 / stretch) + 2).map { row in
                (first: mirrored(row, plane.height) * width, weight: kernel((center - Double(row)) * stretch))
            }.filter { $0.weight != 0 }
            let sum = near.reduce(0) { $0 + $1.weight }
            for x in 0..<width {
                var value = 0.0
                for (first, weight) in near { value += weight * plane.samples[first + x] }
                samples.append(rounding(value / sum))
            }
        }
        return Plane(width: width, height: height, samples: samples)
    }

    private static func mirrored(_ row: Int, _ height: Int) -> Int {
        if row < 0 { return mirrored(-1 - row, height) }
        return row < height ? row : mirrored(2 * height - 1 - row, height)
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
