import GraphKernelInterface
import Testing

/// The gradients of two convolutions with a pixel shuffle between, by reference loops and by the composed filters.
private struct ComposedGradients {
    let data: ConvolutionChain
    let convolution: ConvolutionGeometry, next: ConvolutionGeometry
    let block: Int
    /// The gradient of the result, and the same by blocks of pixels.
    let dz: Rows, blocks: Rows

    init(_ chain: ConvolutionChainCase) {
        data = ConvolutionChain(chain)
        block = chain.parts[0].shuffleBlock
        convolution = data.convolution(0, scale: 1)
        next = data.convolution(1, scale: block)
        var numbers = Numbers(9)
        dz = numbers.rows(chain.images * next.outputHeight, next.outputWidth * next.outputChannels)
        blocks = Self.spaceToDepth(dz, width: next.outputWidth, channels: next.outputChannels, block: block)
    }

    private static func spaceToDepth(_ wide: Rows, width: Int, channels: Int, block: Int) -> Rows {
        var deep = [Float](repeating: 0, count: wide.values.count)
        // Where each element of the deep image comes from, by shuffling places instead of values.
        let places = referenceDepthToSpace(deep.indices.map(Float.init), width: width / block, channels: channels, block: block)
        for (value, place) in zip(wide.values, places) { deep[Int(place)] = value }
        return Rows(deep, rowLength: wide.rowLength * block)
    }

    private func expectClose(_ found: Rows, _ exact: [ExactSum], sourceLocation: SourceLocation = #_sourceLocation) {
        let largest = exact.map(\.value.magnitude).max() ?? 0
        #expect(found.values.count == exact.count, sourceLocation: sourceLocation)
        let worst = zip(found.values, exact).map { (Double($0) - $1.value).magnitude }.max() ?? 0
        #expect(worst <= 3e-6 * largest, sourceLocation: sourceLocation)
    }

    /// The gradient of the image between, as of the first convolution's result.
    private var dy: Rows {
        let du = referenceInputGradient(dy: dz.values, filter: data.filters[1].values, next, images: data.chain.images)
        return Self.spaceToDepth(
            Rows(du.map { Float($0.value) }, rowLength: next.inputWidth * next.inputChannels), width: next.inputWidth,
            channels: next.inputChannels, block: block)
    }

    func checkInputGradient(_ build: Build) {
        // The bias of a convolution is no part of its input gradient.
        var geometry = data.geometry
        swap(&geometry.inputChannels, &geometry.outputChannels)
        geometry.shuffleBlock = 1
        let composition = data.composition(0)
        let rotated = KernelUse(
            name: .rotateComposedFilters, geometry: composition, inputs: [data.composedFilters(build)],
            outputs: [Rows(rowLength: composition.rotatedRowElementCount, rowCount: ImageBorders.setCount)],
            rowCount: ImageBorders.setCount
        ).run(build)[0]
        let rowCount = data.chain.images * geometry.outputHeight
        let found = KernelUse(
            name: .conv2DComposed, geometry: geometry, inputs: [blocks, rotated],
            outputs: [Rows(rowLength: geometry.outputWidth * geometry.outputChannels, rowCount: rowCount)],
            scratchByteCount: geometry.composedScratchByteCount(epilogue: nil), rowCount: rowCount
        ).run(build)[0]
        expectClose(
            found, referenceInputGradient(dy: dy.values, filter: data.filters[0].values, convolution, images: data.chain.images))
    }

    private func sumsUse() -> KernelUse<ConvolutionGeometry> {
        KernelUse(
            name: .composedGradientSums, geometry: data.geometry, inputs: [data.x, blocks],
            outputs: [Rows(rowLength: data.geometry.composedSumRowElementCount, rowCount: data.geometry.composedSumRowCount)],
            scratchByteCount: data.geometry.composedSumScratchByteCount, rowCount: data.geometry.composedSumRowCount)
    }

    func checkFilterGradients(_ build: Build) {
        let sums = sumsUse().run(build)
        #expect(sumsUse().runRolling(build, rowsPerCall: 7) { _, _ in nil } == sums, "rows are the same in any call")
        let bias = data.biases[0]
        let found = KernelUse(
            name: .conv2DFilterGradientsComposed, geometry: data.composition(0),
            inputs: sums + data.filters + [bias].compactMap { $0 },
            outputs: [data.filters[1], data.filters[0], bias].compactMap { $0 }.map {
                Rows(rowLength: $0.rowLength, rowCount: $0.rowCount)
            },
            scratchByteCount: data.composition(0).gradientScratchByteCount, rowCount: data.filters[1].rowCount
        ).run(build)
        let between = referenceConvolution(
            x: data.x.values, filter: data.filters[0].values, convolution, images: data.chain.images)
        let biased = between.enumerated().map {
            Float($0.element.value) + (bias?.values[$0.offset % convolution.outputChannels] ?? 0)
        }
        let u = referenceDepthToSpace(biased, width: convolution.outputWidth, channels: next.inputChannels, block: block)
        expectClose(found[0], referenceFilterGradient(x: u, dy: dz.values, next))
        expectClose(found[1], referenceFilterGradient(x: data.x.values, dy: dy.values, convolution))
        if bias != nil {
            var sums = [ExactSum](repeating: ExactSum(), count: convolution.outputChannels)
            for (place, value) in dy.values.enumerated() { sums[place % sums.count].add(Double(value)) }
            expectClose(found[2], sums)
        }
    }
}

@Suite struct ComposedGradientTests {
    typealias Part = ConvolutionChainCase.Part

    static let cases: [ConvolutionChainCase] =
        [(3, 3), (3, 4), (4, 3), (5, 7), (3, 49), (4, 97), (98, 3)].map { height, width in
            ConvolutionChainCase(height: height, width: width, parts: ConvolutionChainCase.twice(between: 8))
        }
        + [1, 2, 3, 4, 5].map { channels in
            ConvolutionChainCase(
                images: 2, height: 4, width: 5, parts: ConvolutionChainCase.twice(between: 8), channels: channels)
        }
        + [
            ConvolutionChainCase(
                height: 4, width: 6, parts: [Part(inputChannels: 12, shuffleBlock: 3), Part(inputChannels: 8, shuffleBlock: 1)]),
            ConvolutionChainCase(
                height: 5, width: 4,
                parts: [Part(inputChannels: 20, shuffleBlock: 2, hasBias: false), Part(inputChannels: 16, shuffleBlock: 1)]),
            ConvolutionChainCase(
                height: 4, width: 5,
                parts: [Part(filterSize: 1, inputChannels: 4, shuffleBlock: 2), Part(inputChannels: 8, shuffleBlock: 1)]),
            ConvolutionChainCase(
                height: 4, width: 5,
                parts: [Part(inputChannels: 4, shuffleBlock: 2), Part(filterSize: 1, inputChannels: 8, shuffleBlock: 1)]),
            ConvolutionChainCase(
                height: 4, width: 5,
                parts: [Part(inputChannels: 4, shuffleBlock: 2), Part(filterSize: 5, inputChannels: 8, shuffleBlock: 1)]),
        ]

    @Test(arguments: Build.runnable, cases)
    func inputGradientIsThatOfTheConvolutions(_ build: Build, _ chain: ConvolutionChainCase) {
        ComposedGradients(chain).checkInputGradient(build)
    }

    @Test(arguments: Build.runnable, cases)
    func filterGradientsAreThoseOfTheConvolutions(_ build: Build, _ chain: ConvolutionChainCase) {
        ComposedGradients(chain).checkFilterGradients(build)
    }
}

extension ConvolutionChainCase {
    fileprivate static func twice(between: Int) -> [Part] {
        [Part(inputChannels: 8, shuffleBlock: 2), Part(inputChannels: between, shuffleBlock: 1, hasBias: false)]
    }
}
