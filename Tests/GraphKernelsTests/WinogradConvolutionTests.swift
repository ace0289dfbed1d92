import GraphBasics
import GraphKernelInterface
import Testing

@Suite struct WinogradConvolutionTests {
    /// Each with filters of 3 × 3, and of 5 × 5 where these have results.
    static let shapes =
        shapes3x3
        + shapes3x3.map { shape in
            var shape = shape
            (shape.filterHeight, shape.filterWidth) = (5, 5)
            return shape
        }.filter { $0.geometry.outputHeight > 0 && $0.geometry.outputWidth > 0 }

    /// Widths and heights around the tile of 4 and the block of 36 tiles; channels around the vector of 8, the
    /// block of 16 and the group of 64, more in than out and more out than in.
    private static let shapes3x3: [ConvolutionCase] =
        (1...21).flatMap { width in
            [1, 2, 3, 4, 5, 9].map {
                ConvolutionCase(images: 2, height: $0, width: width, inputChannels: 8, outputChannels: 11)
            }
        }
        + [139, 144, 145, 150, 290].map { ConvolutionCase(height: 6, width: $0, inputChannels: 8, outputChannels: 8) }
        + [1, 3, 8, 9, 15, 16, 17, 24, 32, 63, 64, 65, 72, 80, 128, 136].flatMap {
            [
                ConvolutionCase(height: 7, width: 9, inputChannels: 16, outputChannels: $0),
                ConvolutionCase(height: 5, width: 25, inputChannels: 64, outputChannels: $0),
            ]
        }
        + [9, 12, 15, 16, 24, 56, 60, 64, 65, 71, 72, 100, 128, 136, 264].map {
            ConvolutionCase(height: 5, width: 7, inputChannels: $0, outputChannels: 16)
        }
        + [
            ConvolutionCase(height: 9, width: 8, inputChannels: 8, padding: 0),
            ConvolutionCase(height: 3, width: 3, inputChannels: 8, padding: 0),
            ConvolutionCase(height: 4, width: 5, inputChannels: 8, padding: 2),
            ConvolutionCase(height: 3, width: 2, inputChannels: 8, padding: 7),
            ConvolutionCase(images: 2, height: 5, width: 6, inputChannels: 8, sides: [0, 3, 1, 0]),
            ConvolutionCase(images: 16, height: 24, width: 24, inputChannels: 8, outputChannels: 8),
        ]

    @Test(arguments: Build.runnable, shapes)
    func equalsTheSum(_ build: Build, _ shape: ConvolutionCase) {
        let data = ConvolutionData(shape)
        let result = data.use(build, kernel: .winograd).run(build)[0].values
        expectClose(result, Self.bounded(data), relative: shape.filterHeight == 3 ? 2e-6 : 5e-6)
    }

    /// The exact sums; errors go with the largest of them, since a tile's inputs are added and subtracted first.
    private static func bounded(_ data: ConvolutionData) -> [ExactSum] {
        var exact = referenceConvolution(x: data.x.values, filter: data.filter.values, data.geometry, images: data.images)
        let largest = exact.map(\.magnitude).max() ?? 0
        for i in exact.indices { exact[i].magnitude = largest }
        return exact
    }

    /// Epilogues that run on registers and those that do not mean what they mean as a step of their own.
    @Test(arguments: Build.runnable, Programs.epilogues)
    func epilogueEqualsTheStep(_ build: Build, _ named: NamedProgram) {
        for shape in [
            ConvolutionCase(images: 2, height: 7, width: 5, inputChannels: 8, outputChannels: 8),
            ConvolutionCase(images: 2, height: 7, width: 5, inputChannels: 8, outputChannels: 8, filterHeight: 5, filterWidth: 5),
            ConvolutionCase(height: 3, width: 47, inputChannels: 8, outputChannels: 80, filterHeight: 5, filterWidth: 5),
            ConvolutionCase(height: 4, width: 30, inputChannels: 64, outputChannels: 64),
            ConvolutionCase(height: 6, width: 6, inputChannels: 16, outputChannels: 72),
            ConvolutionCase(images: 3, height: 3, width: 150, inputChannels: 8, outputChannels: 3),
        ] {
            let data = ConvolutionData(shape)
            let channels = shape.outputChannels
            let raw = data.use(build, kernel: .winograd).run(build)[0]
            let operands = named.operands(rowCount: raw.rowCount, width: shape.width, channels: channels)
            let step = pointwiseUse(named.program, [raw] + operands, width: shape.width, channels: channels)
            let fused = data.use(build, kernel: .winograd, epilogue: named.program, epilogueOperands: operands)
            #expect(fused.run(build) == step.run(build), "\(named.name)")
        }
    }

    /// A gate of each image's channels and a map of pixels mean what they mean as a step of their own.
    @Test(arguments: Build.runnable, [3, 5])
    func operandsOfImagesAndPixels(_ build: Build, _ filterSize: Int) {
        let shape = ConvolutionCase(
            images: 3, height: 5, width: 9, inputChannels: 8, outputChannels: 8, filterHeight: filterSize, filterWidth: filterSize
        )
        let named = NamedProgram(
            "gate",
            [
                .init(spread: .full), .init(spread: .image, rowsPerImage: 5),
                .init(spread: .repeated, repetition: OperandRepetition(of: [3, 5, 9, 1], over: [3, 5, 9, 8])!),
            ],
            [.init(.multiply, left: 0, right: 1), .init(.add, left: 3, right: 2)], [.init(value: 4)])
        let data = ConvolutionData(shape)
        var numbers = Numbers(12)
        let operands = [numbers.rows(3, 8), numbers.rows(15, 9)]
        let raw = data.use(build, kernel: .winograd).run(build)[0]
        let step = pointwiseUse(named.program, [raw] + operands, width: 9, channels: 8)
        let fused = data.use(build, kernel: .winograd, epilogue: named.program, epilogueOperands: operands)
        #expect(fused.run(build) == step.run(build))
    }

    @Test(arguments: Build.runnable, [2, 3, 4])
    func shufflesPixels(_ build: Build, _ block: Int) {
        for (width, channels) in [(1, 8), (5, 3), (50, 16), (9, 24), (6, 64)] {
            var shape = ConvolutionCase(
                images: 2, height: 6, width: width, inputChannels: 8, outputChannels: channels * block * block)
            let plain = ConvolutionData(shape).use(build, kernel: .winograd).run(build)[0]
            shape.shuffleBlock = block
            let data = ConvolutionData(shape)
            let shuffled = referenceDepthToSpace(plain.values, width: width, channels: channels, block: block)
            #expect(data.use(build, kernel: .winograd).run(build)[0].values == shuffled)
        }
    }

    /// Biases and slopes for the channels that a pixel shuffle leaves.
    @Test(arguments: Build.runnable, [2, 3])
    func operandsBehindAShuffleRepeat(_ build: Build, _ block: Int) {
        for (width, channels) in [(1, 8), (5, 3), (50, 16), (9, 64)] {
            let data = ConvolutionData(
                ConvolutionCase(
                    images: 2, height: 6, width: width, inputChannels: 8, outputChannels: channels * block * block,
                    shuffleBlock: block))
            let named = Programs.behindShuffle(channels: channels)
            let operands = named.operands(rowCount: 0, width: 0, channels: channels)
            let raw = data.use(build, kernel: .winograd).run(build)[0]
            let step = pointwiseUse(named.program, [raw] + operands, width: width * block, channels: channels)
            #expect(
                data.use(build, kernel: .winograd, epilogue: named.program, epilogueOperands: operands).run(build)
                    == step.run(build))
        }
    }

    /// Rows of tiles are the same whatever calls they are computed in, and read only what they need.
    @Test(arguments: Build.runnable, [1, 2, 3])
    func rowsAreTheSameInRollingBuffers(_ build: Build, _ tileRowsPerCall: Int) {
        for (shape, name) in [
            (ConvolutionCase(images: 2, height: 12, width: 50, inputChannels: 8, outputChannels: 19), "bias + relu"),
            (ConvolutionCase(height: 11, width: 21, inputChannels: 16, outputChannels: 16), "scale + residual"),
            (
                ConvolutionCase(height: 11, width: 21, inputChannels: 16, outputChannels: 16, filterHeight: 5, filterWidth: 5),
                "scale + residual"
            ),
            (ConvolutionCase(height: 10, width: 6, inputChannels: 8, outputChannels: 64, shuffleBlock: 2), "bias + relu"),
        ] {
            let data = ConvolutionData(shape)
            let named = Programs.epilogues.first { $0.name == name }!
            let operands = named.operands(
                rowCount: shape.images * shape.height, width: shape.width, channels: shape.outputChannels)
            let use = data.use(build, kernel: .winograd, epilogue: named.program, epilogueOperands: operands)
            let rolled = use.runRolling(build, rowsPerCall: 4 * tileRowsPerCall * shape.shuffleBlock) { k, rows in
                k == 0 ? data.inputRows(rows) : k == 3 ? rows : nil
            }
            #expect(rolled == use.run(build))
        }
    }

    @Test(arguments: Build.runnable)
    func outputMayLieOverTheResidual(_ build: Build) {
        let data = ConvolutionData(ConvolutionCase(height: 5, width: 53, inputChannels: 8, outputChannels: 24))
        let named = Programs.epilogues.first { $0.name == "scale + residual" }!
        let operands = named.operands(rowCount: 5, width: 53, channels: 24)
        var use = data.use(build, kernel: .winograd, epilogue: named.program, epilogueOperands: operands)
        let apart = use.run(build)
        use.inPlace = [0: 3]
        #expect(use.run(build) == apart)
    }

    /// The transformed filter's first plane is the filter's first tap, and its last plane the last tap.
    @Test(arguments: Build.runnable.flatMap { build in [3, 5].map { (build, $0) } }, [1, 8, 9, 24, 64, 72])
    func transformsFilters(_ kind: (build: Build, filterSize: Int), _ outputChannels: Int) {
        let (build, filterSize) = kind
        let shape = ConvolutionCase(
            inputChannels: 8, outputChannels: outputChannels, filterHeight: filterSize, filterWidth: filterSize)
        let planeCount = (filterSize + 3) * (filterSize + 3), lastTap = filterSize * filterSize - 1
        let data = ConvolutionData(shape)
        let filter = data.filter.values
        let transformed = data.packedFilter(build, for: .winograd).values
        var expected: [(place: Int, value: Float)] = []
        for o in 0..<outputChannels.roundedUp(to: 8) {
            let size = outputChannels <= 64 ? 64 : 32
            let group = o / size * size, groupChannels = min(size, outputChannels.roundedUp(to: 8) - group)
            let block = (o - group) / 16 * 16, width = min(16, groupChannels - block)
            for i in 0..<8 {
                let place = planeCount * 8 * group + 8 * block + i * width + o - group - block
                let isUsed = o < outputChannels
                expected.append((place, isUsed ? filter[i * outputChannels + o] : 0))
                let lastPlace = place + (planeCount - 1) * 8 * groupChannels
                expected.append((lastPlace, isUsed ? filter[(lastTap * 8 + i) * outputChannels + o] : 0))
            }
        }
        #expect(transformed.count == planeCount * 8 * outputChannels.roundedUp(to: 8))
        #expect(expected.allSatisfy { transformed[$0.place] == $0.value })
    }
}
