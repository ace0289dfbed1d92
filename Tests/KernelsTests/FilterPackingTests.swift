import KernelInterface
import Testing

@Suite struct FilterPackingTests {
    @Test(arguments: Build.runnable, [1, 3, 8, 9, 16, 17, 24, 25, 40])
    func laysOutBlocksOf16(_ build: Build, _ outputChannels: Int) {
        let shape = ConvolutionCase(inputChannels: 3, outputChannels: outputChannels, filterHeight: 2, filterWidth: 3)
        let data = ConvolutionData(shape)
        let filter = data.filter.values
        var expected: [Float] = []
        var first = 0
        while first < outputChannels {
            let width = outputChannels - first <= 8 ? 8 : 16
            for tap in 0..<6 {
                for i in 0..<3 {
                    for o in first..<first + width {
                        expected.append(o < outputChannels ? filter[(tap * 3 + i) * outputChannels + o] : 0)
                    }
                }
            }
            first += width
        }
        #expect(data.packedFilter(build).values == expected)
    }

    /// The input gradient by definition against a convolution of dy with the turned filter.
    @Test(arguments: Build.runnable)
    func turnedFilterMakesTheInputGradient(_ build: Build) {
        for (filterHeight, filterWidth, padding) in [(3, 3, 1), (5, 3, 0), (1, 1, 0), (2, 4, 1)] {
            let forward = ConvolutionData(
                ConvolutionCase(
                    images: 2, height: 6, width: 7, inputChannels: 5, outputChannels: 11,
                    filterHeight: filterHeight, filterWidth: filterWidth, padding: padding))
            let g = forward.geometry
            let dy = DirectFilterGradientTests.outputGradient(forward)
            let backward = ConvolutionGeometry(
                inputHeight: g.outputHeight, inputWidth: g.outputWidth, inputChannels: g.outputChannels,
                outputHeight: g.inputHeight, outputWidth: g.inputWidth, outputChannels: g.inputChannels,
                filterHeight: filterHeight, filterWidth: filterWidth, stride: 1,
                padTop: filterHeight - 1 - padding, padLeft: filterWidth - 1 - padding, imageCount: 2)
            let packed = KernelUse(
                name: "pack_filter_turned", geometry: backward, inputs: [forward.filter],
                outputs: [Rows(rowLength: backward.packedFilterByteCount / 4, rowCount: 1)], rowCount: 1
            ).run(build)[0]
            let dx = KernelUse(
                name: "conv2d_direct", geometry: backward, inputs: [dy, packed],
                outputs: [Rows(rowLength: g.inputWidth * g.inputChannels, rowCount: 2 * g.inputHeight)],
                scratchByteCount: backward.directScratchByteCount(prologue: nil, epilogue: nil),
                rowCount: 2 * g.inputHeight
            ).run(build)[0].values

            // dx[n, y, x, i] = Σ over the results that x[n, y, x, i] goes into.
            var exact = [ExactSum](repeating: ExactSum(), count: dx.count)
            let (filter, gradient) = (forward.filter.values, dy.values)
            for n in 0..<2 {
                for r in 0..<g.outputHeight {
                    for c in 0..<g.outputWidth {
                        for tap in 0..<filterHeight * filterWidth {
                            let y = r + tap / filterWidth - padding, x = c + tap % filterWidth - padding
                            guard 0..<g.inputHeight ~= y, 0..<g.inputWidth ~= x else { continue }
                            for i in 0..<5 {
                                for o in 0..<11 {
                                    exact[((n * g.inputHeight + y) * g.inputWidth + x) * 5 + i].add(
                                        Double(gradient[((n * g.outputHeight + r) * g.outputWidth + c) * 11 + o])
                                            * Double(filter[(tap * 5 + i) * 11 + o]))
                                }
                            }
                        }
                    }
                }
            }
            expectClose(dx, exact, relative: 3e-6)
        }
    }
}
