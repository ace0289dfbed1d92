import GraphKernelInterface
import Testing

/// Convolutions one after the other on one image, each with a pixel shuffle behind it.
struct ConvolutionChainCase: CustomTestStringConvertible {
    struct Part {
        var filterSize = 3
        /// Before the pixel shuffle, `shuffleBlock`² times the next part's.
        var inputChannels: Int
        var shuffleBlock: Int
        var hasBias = true
    }

    var images = 1
    var height: Int, width: Int
    var parts: [Part]
    /// Channels of the last image.
    var channels = 3

    var testDescription: String {
        "\(images)×\(height)×\(width) "
            + parts.map { "\($0.filterSize)×\($0.filterSize)×\($0.inputChannels)\($0.hasBias ? "+" : "") ×\($0.shuffleBlock)" }
            .joined(separator: " ") + " →\(channels)"
    }

    func outputChannels(_ k: Int) -> Int {
        parts[k].shuffleBlock * parts[k].shuffleBlock * (k + 1 < parts.count ? parts[k + 1].inputChannels : channels)
    }

    static let twice = [Part(inputChannels: 8, shuffleBlock: 2), Part(inputChannels: 4, shuffleBlock: 1)]
    static let fourTimes = [Part(inputChannels: 4, shuffleBlock: 2)] + twice

    static let all: [ConvolutionChainCase] =
        [(1, 1), (1, 2), (2, 1), (2, 2), (3, 3), (1, 7), (5, 4), (3, 49), (2, 97)].flatMap { height, width in
            [twice, fourTimes].map { ConvolutionChainCase(height: height, width: width, parts: $0) }
        }
        + [
            ConvolutionChainCase(images: 3, height: 3, width: 5, parts: fourTimes),
            // Three channels and nine, 27 results for each pixel: two blocks of channels.
            ConvolutionChainCase(
                height: 4, width: 6, parts: [Part(inputChannels: 12, shuffleBlock: 3), Part(inputChannels: 8, shuffleBlock: 1)]),
            // What follows has more than 16 results, and a shuffle of its own at the end.
            ConvolutionChainCase(
                height: 3, width: 4, parts: [Part(inputChannels: 4, shuffleBlock: 2), Part(inputChannels: 4, shuffleBlock: 3)],
                channels: 2),
            ConvolutionChainCase(
                height: 4, width: 5, parts: [Part(filterSize: 1, inputChannels: 4, shuffleBlock: 2), twice[0], twice[1]]),
            ConvolutionChainCase(
                height: 4, width: 5, parts: [twice[0], Part(filterSize: 1, inputChannels: 4, shuffleBlock: 1)]),
            ConvolutionChainCase(
                height: 4, width: 5,
                parts: [
                    Part(filterSize: 5, inputChannels: 4, shuffleBlock: 2),
                    Part(filterSize: 5, inputChannels: 4, shuffleBlock: 1),
                ]),
            // Without a shuffle the image between is as large as the first.
            ConvolutionChainCase(
                height: 4, width: 5, parts: [Part(inputChannels: 4, shuffleBlock: 1), Part(inputChannels: 4, shuffleBlock: 1)],
                channels: 8),
        ]
        + [(false, false), (true, false), (false, true)].map { first, last in
            ConvolutionChainCase(
                height: 3, width: 4,
                parts: [
                    Part(inputChannels: 8, shuffleBlock: 2, hasBias: first),
                    Part(inputChannels: 4, shuffleBlock: 1, hasBias: last),
                ])
        }
}

/// The chain's tensors, its reference implementation and its composed convolution.
struct ConvolutionChain {
    let chain: ConvolutionChainCase
    let x: Rows
    let filters: [Rows]
    let biases: [Rows?]

    init(_ chain: ConvolutionChainCase) {
        var numbers = Numbers(5)
        self.chain = chain
        x = numbers.rows(chain.images * chain.height, chain.width * chain.parts[0].inputChannels)
        filters = chain.parts.indices.map { k in
            let part = chain.parts[k]
            return numbers.rows(part.filterSize * part.filterSize, part.inputChannels * chain.outputChannels(k))
        }
        biases = chain.parts.indices.map { chain.parts[$0].hasBias ? numbers.rows(1, chain.outputChannels($0)) : nil }
    }

    func convolution(_ k: Int, scale: Int) -> ConvolutionGeometry {
        let part = chain.parts[k]
        return ConvolutionCase(
            images: chain.images, height: chain.height * scale, width: chain.width * scale,
            inputChannels: part.inputChannels, outputChannels: chain.outputChannels(k), filterHeight: part.filterSize,
            filterWidth: part.filterSize
        ).geometry
    }

    /// One convolution after the other.
    func reference() -> [Float] {
        var values = x.values
        var scale = 1
        for k in chain.parts.indices {
            let geometry = convolution(k, scale: scale), block = chain.parts[k].shuffleBlock
            let sums = referenceConvolution(x: values, filter: filters[k].values, geometry, images: chain.images)
            let bias = biases[k]?.values
            values = sums.enumerated().map { Float($0.element.value) + (bias?[$0.offset % geometry.outputChannels] ?? 0) }
            values = referenceDepthToSpace(
                values, width: geometry.outputWidth, channels: geometry.outputChannels / (block * block), block: block)
            scale *= block
        }
        return values
    }

    /// Part k and all behind it.
    func composition(_ k: Int) -> ComposedFilterGeometry {
        let last = chain.parts.count - 1, part = chain.parts[k], isInner = k + 1 < last
        let scale = chain.parts[..<k].reduce(1) { $0 * $1.shuffleBlock }
        return ComposedFilterGeometry(
            height: chain.height * scale, width: chain.width * scale, filterSize: part.filterSize,
            inputChannels: part.inputChannels, shuffleBlock: part.shuffleBlock,
            nextFilterSize: isInner ? composition(k + 1).composedFilterSize : chain.parts[last].filterSize,
            nextInputChannels: chain.parts[k + 1].inputChannels,
            nextShuffleBlock: chain.parts[(k + 1)...].reduce(1) { $0 * $1.shuffleBlock }, nextIsComposed: isInner,
            channels: chain.channels, hasBias: biases[k] != nil, nextHasBias: !isInner && biases[last] != nil)
    }

    /// Of part `first` and all behind it.
    func composedFilters(_ build: Build, from first: Int = 0) -> Rows {
        let last = chain.parts.count - 1
        var composed = KernelUse(
            name: .packFilter, geometry: convolution(last, scale: 1), inputs: [filters[last]],
            outputs: [Rows(rowLength: convolution(last, scale: 1).packedFilterByteCount / 4, rowCount: 1)], rowCount: 1
        ).run(build)[0]
        for k in (first..<last).reversed() { composed = compositionUse(k, then: composed).run(build)[0] }
        return composed
    }

    /// Of part k with the filters of what is behind it.
    func compositionUse(_ k: Int, then next: Rows) -> KernelUse<ComposedFilterGeometry> {
        let last = chain.parts.count - 1, geometry = composition(k)
        return KernelUse(
            name: .composeFilters, geometry: geometry,
            inputs: [filters[k], next] + [biases[k], k + 1 < last ? nil : biases[last]].compactMap { $0 },
            outputs: [Rows(rowLength: geometry.rowElementCount, rowCount: ImageBorders.setCount)],
            scratchByteCount: geometry.scratchByteCount, rowCount: ImageBorders.setCount)
    }

    /// Of the whole chain as one convolution.
    var geometry: ConvolutionGeometry {
        let composition = composition(0)
        var geometry = ConvolutionCase(
            images: chain.images, height: chain.height, width: chain.width, inputChannels: chain.parts[0].inputChannels,
            outputChannels: composition.outputChannels, filterHeight: composition.composedFilterSize,
            filterWidth: composition.composedFilterSize
        ).geometry
        geometry.shuffleBlock = composition.composedShuffleBlock
        return geometry
    }

    func use(
        _ build: Build, epilogue: PointwiseProgram? = nil, epilogueOperands: [Rows] = []
    ) -> KernelUse<ConvolutionGeometry> {
        let geometry = geometry, block = geometry.shuffleBlock
        return KernelUse(
            name: .conv2DComposed, geometry: geometry, inputs: [x, composedFilters(build)] + epilogueOperands,
            outputs: [
                Rows(
                    rowLength: chain.width * block * chain.channels, element: epilogue?.results[0].element ?? .f32,
                    rowCount: chain.images * chain.height * block)
            ], epilogue: epilogue, epilogueInput: 2, scratchByteCount: geometry.composedScratchByteCount(epilogue: epilogue),
            rowCount: chain.images * chain.height * block)
    }
}

@Suite struct ComposedConvolutionTests {
    @Test(arguments: Build.runnable, ConvolutionChainCase.all)
    func equalsTheConvolutionsOneByOne(_ build: Build, _ chain: ConvolutionChainCase) {
        let data = ConvolutionChain(chain)
        let expected = data.reference(), found = data.use(build).run(build)[0].values
        let largest = expected.map(\.magnitude).max() ?? 0
        #expect(found.count == expected.count)
        #expect(zip(found, expected).allSatisfy { ($0 - $1).magnitude <= 2e-6 * largest })
    }

    /// Rows of filters share sums within a call.
    @Test(arguments: Build.runnable, ConvolutionChainCase.all)
    func filtersAreTheSameInAnyCalls(_ build: Build, _ chain: ConvolutionChainCase) {
        let data = ConvolutionChain(chain)
        let use = data.compositionUse(0, then: data.composedFilters(build, from: 1))
        let whole = use.run(build)[0]
        for rowsPerCall in [1, 3, 4] {
            let parts = use.runRolling(build, rowsPerCall: rowsPerCall) { _, _ in nil }[0]
            for borders in 0..<ImageBorders.setCount
            where ImageBorders.region(borders, inHeight: chain.height, width: chain.width) != nil {
                let places = borders * whole.rowLength..<(borders + 1) * whole.rowLength
                #expect(parts.values[places] == whole.values[places], "borders \(borders) in calls of \(rowsPerCall)")
            }
        }
    }

    @Test(
        arguments: Build.runnable,
        [ConvolutionChainCase.all[5], .init(images: 2, height: 5, width: 9, parts: ConvolutionChainCase.fourTimes)])
    func rowsAreTheSameInRollingBuffers(_ build: Build, _ chain: ConvolutionChainCase) {
        let use = ConvolutionChain(chain).use(build)
        let geometry = use.geometry, block = geometry.shuffleBlock
        let whole = use.run(build)
        for pixelRows in 1...3 {
            let rolling = use.runRolling(build, rowsPerCall: pixelRows * block) { input, rows in
                guard input == 0 else { return nil }
                let needed = (rows.lowerBound / block..<rows.upperBound / block).map { row -> Range<Int> in
                    let (image, y) = row.quotientAndRemainder(dividingBy: geometry.inputHeight)
                    let first = image * geometry.inputHeight
                    return first + max(0, y - geometry.padTop)..<first
                        + min(geometry.inputHeight, y - geometry.padTop + geometry.filterHeight)
                }
                return needed.map(\.lowerBound).min()!..<needed.map(\.upperBound).max()!
            }
            #expect(rolling == whole)
        }
    }

    @Test(arguments: Build.runnable)
    func epilogueEqualsTheStep(_ build: Build) {
        let data = ConvolutionChain(ConvolutionChainCase(height: 3, width: 5, parts: ConvolutionChainCase.fourTimes))
        let raw = data.use(build).run(build)[0]
        let step = pointwiseUse(Programs.scaleToBytes, [raw], width: 20, channels: 3)
        #expect(data.use(build, epilogue: Programs.scaleToBytes).run(build) == step.run(build))
    }

    /// Biases and slopes for each channel of the last image.
    @Test(arguments: Build.runnable)
    func operandsOfTheEpilogueRepeat(_ build: Build) {
        let data = ConvolutionChain(ConvolutionChainCase(height: 3, width: 5, parts: ConvolutionChainCase.fourTimes))
        let raw = data.use(build).run(build)[0]
        let named = Programs.behindShuffle(channels: 3)
        let operands = named.operands(rowCount: 0, width: 0, channels: 3)
        let step = pointwiseUse(named.program, [raw] + operands, width: 20, channels: 3)
        #expect(data.use(build, epilogue: named.program, epilogueOperands: operands).run(build) == step.run(build))
    }
}
