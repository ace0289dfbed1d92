import Glibc

/// Weights of a Gaussian of σ = 1.5 over 11 samples, which sum to 1.
let similarityWindow: [Double] = {
    let weights = (-5...5).map { (place: Int) -> Double in exp(-Double(place * place) / (2 * 1.5 * 1.5)) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
}()

/// The mean of the structural similarity over every place where the whole 11×11 window fits.
///
/// K₁ = 0.01, K₂ = 0.03, dynamic range 255.
///
/// Source: Z. Wang et al., Image quality assessment: from error visibility to structural similarity, 2004,
/// equation 13.
func structuralSimilarity(_ a: Plane, _ b: Plane) -> Double {
    let c1 = (0.01 * 255) * (0.01 * 255)
    let c2 = (0.03 * 255) * (0.03 * 255)
    let reach = similarityWindow.count - 1
    var columns = Moments(width: a.width)
    var total = 0.0
    for y in 0..<a.height - reach {
        columns.sumRows(from: y, of: a, b)
        for x in 0..<a.width - reach {
            var meanA = 0.0, meanB = 0.0, squareA = 0.0, squareB = 0.0, product = 0.0
            for (tap, weight) in similarityWindow.enumerated() {
                meanA += weight * columns.a[x + tap]
                meanB += weight * columns.b[x + tap]
                squareA += weight * columns.aa[x + tap]
                squareB += weight * columns.bb[x + tap]
                product += weight * columns.ab[x + tap]
            }
            let varianceA = squareA - meanA * meanA
            let varianceB = squareB - meanB * meanB
            let covariance = product - meanA * meanB
            total +=
                (2 * meanA * meanB + c1) * (2 * covariance + c2)
                / ((meanA * meanA + meanB * meanB + c1) * (varianceA + varianceB + c2))
        }
    }
    return total / Double((a.width - reach) * (a.height - reach))
}

/// Of each column under a row of windows: the weighted means of a, b, a², b² and ab.
private struct Moments {
    var a, b, aa, bb, ab: [Double]

    init(width: Int) {
        a = [Double](repeating: 0, count: width)
        (b, aa, bb, ab) = (a, a, a, a)
    }

    mutating func sumRows(from top: Int, of planeA: Plane, _ planeB: Plane) {
        for x in a.indices { (a[x], b[x], aa[x], bb[x], ab[x]) = (0, 0, 0, 0, 0) }
        for (tap, weight) in similarityWindow.enumerated() {
            let first = (top + tap) * planeA.width
            for x in a.indices {
                let sampleA = planeA.samples[first + x], sampleB = planeB.samples[first + x]
                a[x] += weight * sampleA
                b[x] += weight * sampleB
                aa[x] += weight * sampleA * sampleA
                bb[x] += weight * sampleB * sampleB
                ab[x] += weight * sampleA * sampleB
            }
        }
    }
}
