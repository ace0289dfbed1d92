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

extension ConvolutionGeometry {
    /// Every tap over every result, where it meets a pixel of the input: the places of input channel i, filter tap i, o and
    /// result o, for each i and o of the same group.
    func forEachTerm(images: Int, _ body: (_ x: Int, _ filter: Int, _ y: Int) -> Void) {
        for n in 0..<images {
            for r in 0..<outputHeight {
                for c in 0..<outputWidth {
                    let y = ((n * outputHeight + r) * outputWidth + c) * outputChannels
                    for ky in 0..<filterHeight {
                        let row = r * stride + ky * dilation - padTop
                        guard row >= 0, row < inputHeight else { continue }
                        for kx in 0..<filterWidth {
                            let pixel = c * stride + kx * dilation - padLeft
                            guard pixel >= 0, pixel < inputWidth else { continue }
                            let x = ((n * inputHeight + row) * inputWidth + pixel) * inputChannels
                            let tap = (ky * filterWidth + kx) * groupInputChannels * outputChannels
                            for i in 0..<inputChannels {
                                let (group, inner) = i.quotientAndRemainder(dividingBy: groupInputChannels)
                                for o in group * groupOutputChannels..<(group + 1) * groupOutputChannels {
                                    body(x + i, tap + inner * outputChannels + o, y + o)
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// y[n, r, c, o] = Σ x[n, r·s + ky·d − pt, c·s + kx·d − pl, i] · filter[ky, kx, i, o] over the inputs i of o's group
func referenceConvolution(x: [Float], filter: [Float], _ g: ConvolutionGeometry, images: Int) -> [ExactSum] {
    var y = [ExactSum](repeating: ExactSum(), count: images * g.outputHeight * g.outputWidth * g.outputChannels)
    g.forEachTerm(images: images) { i, tap, o in y[o].add(Double(x[i]) * Double(filter[tap])) }
    return y
}

/// dx[n, r·s + ky·d − pt, c·s + kx·d − pl, i] = Σ dy[n, r, c, o] · filter[ky, kx, i, o]; `g` is the forward convolution's.
func referenceInputGradient(dy: [Float], filter: [Float], _ g: ConvolutionGeometry, images: Int) -> [ExactSum] {
    var dx = [ExactSum](repeating: ExactSum(), count: images * g.inputHeight * g.inputWidth * g.inputChannels)
    g.forEachTerm(images: images) { i, tap, o in dx[i].add(Double(dy[o]) * Double(filter[tap])) }
    return dx
}

/// dw[ky, kx, i, o] = Σ x[n, r·s + ky·d − pt, c·s + kx·d − pl, i] · dy[n, r, c, o]
func referenceFilterGradient(x: [Float], dy: [Float], _ g: ConvolutionGeometry) -> [ExactSum] {
    var dw = [ExactSum](
        repeating: ExactSum(), count: g.filterHeight * g.filterWidth * g.groupInputChannels * g.outputChannels)
    g.forEachTerm(images: g.imageCount) { i, tap, o in dw[tap].add(Double(x[i]) * Double(dy[o])) }
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
