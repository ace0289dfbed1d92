import GraphKernelInterface
import Testing

/// A sum in double precision, and the sum of its terms' magnitudes, which rounding errors go with.
struct ExactSum {
    var value = 0.0
    var magnitude = 0.0

    mutating func add(_ term: Double) {
        value += term
        magnitude += term.magnitude
    }
}

/// Checks that each result is within `relative` of its terms' magnitudes of the exact sum.
func expectClose(
    _ results: [Float], _ exact: [ExactSum], relative: Double, sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(results.count == exact.count, sourceLocation: sourceLocation)
    for (index, (result, sum)) in zip(results, exact).enumerated() {
        let error = (Double(result) - sum.value).magnitude
        guard error <= relative * sum.magnitude + 1e-30 else {
            Issue.record("element \(index): \(result), exactly \(sum.value)", sourceLocation: sourceLocation)
            return
        }
    }
}

/// y[n, r, c, o] = Σ x[n, r·s + ky − pt, c·s + kx − pl, i] · filter[ky, kx, i, o]
func referenceConvolution(x: [Float], filter: [Float], _ g: ConvolutionGeometry, images: Int) -> [ExactSum] {
    var y: [ExactSum] = []
    for n in 0..<images {
        for r in 0..<g.outputHeight {
            for c in 0..<g.outputWidth {
                var sums = [ExactSum](repeating: ExactSum(), count: g.outputChannels)
                for ky in 0..<g.filterHeight {
                    let row = r * g.stride + ky - g.padTop
                    guard row >= 0, row < g.inputHeight else { continue }
                    for kx in 0..<g.filterWidth {
                        let pixel = c * g.stride + kx - g.padLeft
                        guard pixel >= 0, pixel < g.inputWidth else { continue }
                        for i in 0..<g.inputChannels {
                            let place = ((n * g.inputHeight + row) * g.inputWidth + pixel) * g.inputChannels + i
                            let value = Double(x[place])
                            let first = ((ky * g.filterWidth + kx) * g.inputChannels + i) * g.outputChannels
                            for o in 0..<g.outputChannels { sums[o].add(value * Double(filter[first + o])) }
                        }
                    }
                }
                y += sums
            }
        }
    }
    return y
}

/// dx[n, r·s + ky − pt, c·s + kx − pl, i] = Σ dy[n, r, c, o] · filter[ky, kx, i, o]; `g` is the forward convolution's.
func referenceInputGradient(dy: [Float], filter: [Float], _ g: ConvolutionGeometry, images: Int) -> [ExactSum] {
    var dx = [ExactSum](repeating: ExactSum(), count: images * g.inputHeight * g.inputWidth * g.inputChannels)
    for n in 0..<images {
        for r in 0..<g.outputHeight {
            for c in 0..<g.outputWidth {
                let gradient = ((n * g.outputHeight + r) * g.outputWidth + c) * g.outputChannels
                for tap in 0..<g.filterHeight * g.filterWidth {
                    let row = r * g.stride + tap / g.filterWidth - g.padTop
                    let pixel = c * g.stride + tap % g.filterWidth - g.padLeft
                    guard 0..<g.inputHeight ~= row, 0..<g.inputWidth ~= pixel else { continue }
                    for i in 0..<g.inputChannels {
                        let place = ((n * g.inputHeight + row) * g.inputWidth + pixel) * g.inputChannels + i
                        let first = (tap * g.inputChannels + i) * g.outputChannels
                        for o in 0..<g.outputChannels {
                            dx[place].add(Double(dy[gradient + o]) * Double(filter[first + o]))
                        }
                    }
                }
            }
        }
    }
    return dx
}

/// dw[ky, kx, i, o] = Σ x[n, r·s + ky − pt, c·s + kx − pl, i] · dy[n, r, c, o]
func referenceFilterGradient(x: [Float], dy: [Float], _ g: ConvolutionGeometry) -> [ExactSum] {
    var dw = [ExactSum](
        repeating: ExactSum(), count: g.filterHeight * g.filterWidth * g.inputChannels * g.outputChannels)
    for n in 0..<g.imageCount {
        for r in 0..<g.outputHeight {
            for c in 0..<g.outputWidth {
                let gradient = ((n * g.outputHeight + r) * g.outputWidth + c) * g.outputChannels
                for ky in 0..<g.filterHeight {
                    let row = r * g.stride + ky - g.padTop
                    guard row >= 0, row < g.inputHeight else { continue }
                    for kx in 0..<g.filterWidth {
                        let pixel = c * g.stride + kx - g.padLeft
                        guard pixel >= 0, pixel < g.inputWidth else { continue }
                        for i in 0..<g.inputChannels {
                            let place = ((n * g.inputHeight + row) * g.inputWidth + pixel) * g.inputChannels + i
                            let value = Double(x[place])
                            let first = ((ky * g.filterWidth + kx) * g.inputChannels + i) * g.outputChannels
                            for o in 0..<g.outputChannels { dw[first + o].add(value * Double(dy[gradient + o])) }
                        }
                    }
                }
            }
        }
    }
    return dw
}

/// big[row·b + i, x·b + j, k] = small[row, x, (i·b + j)·C + k], over all rows of a batch.
func referenceDepthToSpace(_ small: [Float], width: Int, channels: Int, block: Int) -> [Float] {
    let rowCount = small.count / (width * channels * block * block)
    var big = [Float](repeating: 0, count: small.count)
    for row in 0..<rowCount {
        for x in 0..<width {
            for i in 0..<block {
                for j in 0..<block {
                    for k in 0..<channels {
                        big[((row * block + i) * width * block + x * block + j) * channels + k] =
                            small[((row * width + x) * block * block + i * block + j) * channels + k]
                    }
                }
            }
        }
    }
    return big
}
