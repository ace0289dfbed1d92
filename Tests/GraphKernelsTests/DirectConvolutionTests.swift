import GraphKernelInterface
import Testing

/// One convolution: shapes in elements.
struct ConvolutionCase: CustomTestStringConvertible {
    var images = 1
    var height = 3, width = 7
    var inputChannels = 3, outputChannels = 5
    var filterHeight = 3, filterWidth = 3
    var stride = 1, dilation = 1, groups = 1
    /// Zero rows and columns on each side.
    var padding: Int?
    var shuffleBlock = 1
    /// Zero rows at the top and bottom, zero columns on the left and right.
    var sides: [Int]?

    var testDescription: String {
        "\(images)×\(height)×\(width)×\(inputChannels)→\(outputChannels) filter \(filterHeight)×\(filterWidth) "
            + "stride \(stride) dilation \(dilation) groups \(groups) padding \(sides.map { "\($0)" } ?? padding.map(String.init) ?? "same") shuffle \(shuffleBlock)"
    }

    private var reach: (height: Int, width: Int) {
        ((filterHeight - 1) * dilation + 1, (filterWidth - 1) * dilation + 1)
    }

    var geometry: ConvolutionGeometry {
        let sides =
            sides ?? [
                padding ?? (reach.height - 1) / 2, padding ?? reach.height / 2,
                padding ?? (reach.width - 1) / 2, padding ?? reach.width / 2,
            ]
        let padded = (height + sides[0] + sides[1], width + sides[2] + sides[3])
        return ConvolutionGeometry(
            inputHeight: height, inputWidth: width, inputChannels: inputChannels,
            outputHeight: (padded.0 - reach.height) / stride + 1, outputWidth: (padded.1 - reach.width) / stride + 1,
            outputChannels: outputChannels, filterHeight: filterHeight, filterWidth: filterWidth, stride: stride,
            padTop: sides[0], padLeft: sides[2], dilation: dilation, groupCount: groups, shuffleBlock: shuffleBlock,
            imageCount: images)
    }

    /// Groups of few and of many channels, dilations beyond the image, and both.
    static let grouped: [ConvolutionCase] =
        (1...33).map {
            ConvolutionCase(height: 3, width: 14, inputChannels: 2 * $0, outputChannels: 2 * (34 - $0), groups: 2)
        }
        + [(2, 3, 4), (3, 1, 8), (1, 3, 9), (8, 16, 3), (20, 12, 2), (300, 2, 2)].map { inputs, outputs, groups in
            ConvolutionCase(
                images: 2, height: 4, width: 9, inputChannels: inputs * groups, outputChannels: outputs * groups, groups: groups)
        }
        + [1, 2, 3, 7].flatMap { dilation in
            [(1, 1), (3, 3), (5, 1), (2, 4)].flatMap { filter in
                [(1, 1, 1), (11, 13, 1), (5, 53, 2)].map { height, width, stride in
                    ConvolutionCase(
                        images: 2, height: height, width: width, inputChannels: 6, outputChannels: 4, filterHeight: filter.0,
                        filterWidth: filter.1, stride: stride, dilation: dilation, groups: dilation == 3 ? 2 : 1)
                }
            }
        }
        + [
            ConvolutionCase(
                images: 2, height: 9, width: 8, inputChannels: 4, outputChannels: 8, dilation: 2, groups: 4, padding: 0),
            ConvolutionCase(height: 5, width: 6, inputChannels: 4, outputChannels: 6, stride: 2, groups: 2, sides: [0, 3, 1, 0]),
        ]

    static let shapes: [ConvolutionCase] =
        (1...40).map { ConvolutionCase(width: $0, outputChannels: 17) }
        + [(1, 1), (5, 1), (1, 9), (2, 48), (2, 49), (1, 97), (1, 150)].map {
            ConvolutionCase(height: $0.0, width: $0.1, inputChannels: 2, outputChannels: 8)
        }
        + [1, 2, 3, 5, 8, 15, 16, 17, 32, 64, 256].flatMap {
            [
                ConvolutionCase(height: 2, width: 5, inputChannels: $0, outputChannels: 6),
                ConvolutionCase(height: 2, width: 5, inputChannels: 4, outputChannels: $0),
            ]
        }
        + [(1, 1), (2, 2), (3, 3), (5, 5), (9, 9), (1, 3), (3, 1), (4, 3)].flatMap { filter in
            (1...3).map {
                ConvolutionCase(
                    height: 11, width: 13, inputChannels: 2, filterHeight: filter.0, filterWidth: filter.1, stride: $0)
            }
        }
        + [
            ConvolutionCase(height: 4, width: 13, inputChannels: 64, outputChannels: 64),
            ConvolutionCase(height: 2, width: 30, inputChannels: 300, outputChannels: 3),
            ConvolutionCase(images: 3, height: 4, width: 6), ConvolutionCase(images: 2, height: 1, width: 1),
            ConvolutionCase(height: 5, width: 6, padding: 0), ConvolutionCase(height: 3, width: 3, padding: 0),
            ConvolutionCase(height: 4, width: 4, padding: 2), ConvolutionCase(height: 1, width: 1, padding: 5),
            ConvolutionCase(height: 9, width: 9, filterHeight: 1, filterWidth: 1, stride: 3, padding: 0),
            ConvolutionCase(height: 5, width: 6, stride: 2, sides: [0, 3, 1, 0]),
            ConvolutionCase(height: 2, width: 3, filterHeight: 5, filterWidth: 1, sides: [4, 0, 2, 7]),
        ]
}

enum ConvolutionKernel {
    case direct, narrow, dot, winograd

    var name: KernelName {
        switch self {
        case .direct: .conv2DDirect
        case .narrow: .conv2DNarrow
        case .dot: .conv2DDot
        case .winograd: .conv2DWinograd
        }
    }

    var packing: KernelName {
        switch self {
        case .direct: .packFilter
        case .narrow: .packFilterColumns
        case .dot: .packFilterOutputs
        case .winograd: .transformFilter
        }
    }

    func filterByteCount(_ geometry: ConvolutionGeometry) -> Int {
        switch self {
        case .direct: geometry.packedFilterByteCount
        case .narrow: geometry.columnFilterByteCount
        case .dot: geometry.outputFilterByteCount
        case .winograd: geometry.transformedFilterByteCount
        }
    }

    func scratchByteCount(
        _ geometry: ConvolutionGeometry, prologue: PointwiseProgram?, epilogue: PointwiseProgram?
    ) -> Int {
        switch self {
        case .direct: geometry.directScratchByteCount(prologue: prologue, epilogue: epilogue)
        case .narrow: geometry.narrowScratchByteCount(prologue: prologue, epilogue: epilogue)
        case .dot: geometry.dotScratchByteCount(prologue: prologue, epilogue: epilogue)
        case .winograd: geometry.winogradScratchByteCount(epilogue: epilogue)
        }
    }
}

/// The convolution's inputs, and its uses.
struct ConvolutionData {
    let geometry: ConvolutionGeometry
    let images: Int
    var x: Rows
    var filter: Rows

    init(_ shape: ConvolutionCase) {
        geometry = shape.geometry
        images = shape.images
        var numbers = Numbers(7)
        x = numbers.rows(images * shape.height, shape.width * shape.inputChannels)
        filter = numbers.rows(shape.filterHeight * shape.filterWidth, shape.inputChannels / shape.groups * shape.outputChannels)
    }

    func packedFilter(_ build: Build, for kernel: ConvolutionKernel = .direct) -> Rows {
        KernelUse(
            name: kernel.packing, geometry: geometry, inputs: [filter],
            outputs: [Rows(rowLength: kernel.filterByteCount(geometry) / 4, rowCount: 1)], rowCount: 1
        ).run(build)[0]
    }

    /// Its use with operands of prologue and epilogue after x and the filter.
    func use(
        _ build: Build, kernel: ConvolutionKernel = .direct, prologue: PointwiseProgram? = nil,
        prologueOperands: [Rows] = [],
        epilogue: PointwiseProgram? = nil, epilogueOperands: [Rows] = []
    ) -> KernelUse<ConvolutionGeometry> {
        let block = geometry.shuffleBlock
        let rowCount = images * geometry.outputHeight * block
        let results = epilogue?.results ?? [PointwiseResult(value: 0)]
        return KernelUse(
            name: kernel.name, geometry: geometry,
            inputs: [x, packedFilter(build, for: kernel)] + prologueOperands + epilogueOperands,
            outputs: results.map {
                Rows(
                    rowLength: geometry.outputWidth * geometry.outputChannels / block, element: $0.element,
                    rowCount: rowCount)
            },
            prologue: prologue, prologueInput: 2, epilogue: epilogue, epilogueInput: 2 + prologueOperands.count,
            scratchByteCount: kernel.scratchByteCount(geometry, prologue: prologue, epilogue: epilogue),
            rowCount: rowCount)
    }

    /// The rows of x, and of operands with its shape, that some rows of the output need.
    func inputRows(_ rows: Range<Int>) -> Range<Int> {
        let block = geometry.shuffleBlock
        let needed = (rows.lowerBound / block..<rows.upperBound / block).flatMap { row in
            (0..<geometry.filterHeight).compactMap { ky -> Int? in
                let y = row % geometry.outputHeight * geometry.stride + ky * geometry.dilation - geometry.padTop
                return 0..<geometry.inputHeight ~= y ? row / geometry.outputHeight * geometry.inputHeight + y : nil
            }
        }
        return needed.isEmpty ? 0..<0 : needed.min()!..<needed.max()! + 1
    }
}

@Suite struct DirectConvolutionTests {
    @Test(arguments: Build.runnable, ConvolutionCase.shapes + ConvolutionCase.grouped)
    func equalsTheSum(_ build: Build, _ shape: ConvolutionCase) {
        let data = ConvolutionData(shape)
        let result = data.use(build).run(build)[0].values
        let exact = referenceConvolution(x: data.x.values, filter: data.filter.values, data.geometry, images: data.images)
        let terms = shape.filterHeight * shape.filterWidth * shape.inputChannels / shape.groups
        expectClose(result, exact, relative: 3e-7 * Double(terms).squareRoot())
    }

    @Test(arguments: Build.runnable, [2, 3, 4])
    func shufflesPixels(_ build: Build, _ block: Int) {
        for (width, channels) in [(1, 1), (5, 3), (50, 2), (3, 16)] {
            var shape = ConvolutionCase(images: 2, height: 2, width: width, outputChannels: channels * block * block)
            let plain = ConvolutionData(shape).use(build).run(build)[0]
            shape.shuffleBlock = block
            let data = ConvolutionData(shape)
            let shuffled = referenceDepthToSpace(plain.values, width: width, channels: channels, block: block)
            #expect(data.use(build).run(build)[0].values == shuffled)

            let toBytes = Programs.scaleToBytes
            let bytes = data.use(build, epilogue: toBytes).run(build)[0]
            shape.shuffleBlock = 1
            let plainBytes = ConvolutionData(shape).use(build, epilogue: toBytes).run(build)[0]
            #expect(
                bytes.values
                    == referenceDepthToSpace(plainBytes.values, width: width, channels: channels, block: block))
        }
    }

    /// A fused program means what the same program means as a step of its own.
    @Test(arguments: Build.runnable, Programs.epilogues)
    func epilogueEqualsTheStep(_ build: Build, _ named: NamedProgram) {
        for shape in [
            ConvolutionCase(images: 2, height: 3, width: 5, outputChannels: 7),
            ConvolutionCase(height: 2, width: 101, inputChannels: 1, outputChannels: 3),
            ConvolutionCase(height: 1, width: 1, outputChannels: 64),
        ] {
            let data = ConvolutionData(shape)
            let channels = shape.outputChannels
            let raw = data.use(build).run(build)[0]
            let operands = named.operands(rowCount: raw.rowCount, width: shape.width, channels: channels)
            let step = pointwiseUse(named.program, [raw] + operands, width: shape.width, channels: channels)
            let fused = data.use(build, epilogue: named.program, epilogueOperands: operands)
            #expect(fused.run(build) == step.run(build))
        }
    }

    @Test(arguments: Build.runnable, Programs.prologues)
    func prologueEqualsTheStep(_ build: Build, _ named: NamedProgram) {
        for shape in [
            ConvolutionCase(images: 2, height: 3, width: 5), ConvolutionCase(height: 2, width: 101, outputChannels: 2),
            ConvolutionCase(height: 5, width: 4, stride: 2),
        ] {
            var data = ConvolutionData(shape)
            let channels = shape.inputChannels
            if named.program.operands[0].element == .u8 {
                var numbers = Numbers(3)
                data.x = numbers.byteRows(data.x.rowCount, data.x.rowLength)
            }
            let operands = named.operands(rowCount: data.x.rowCount, width: shape.width, channels: channels)
            let step = pointwiseUse(named.program, [data.x] + operands, width: shape.width, channels: channels)
            var after = data
            after.x = step.run(build)[0]
            let fused = data.use(build, prologue: named.program, prologueOperands: operands)
            #expect(fused.run(build) == after.use(build).run(build))
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
            let raw = data.use(build).run(build)[0]
            let step = pointwiseUse(named.program, [raw] + operands, width: width * block, channels: channels)
            #expect(data.use(build, epilogue: named.program, epilogueOperands: operands).run(build) == step.run(build))
        }
    }

    /// Channels that lie in several images give what they give in one.
    @Test(arguments: Build.runnable, [ConvolutionKernel.direct, .narrow, .dot, .winograd])
    func readsPiecesWhereTheyLie(_ build: Build, _ kernel: ConvolutionKernel) {
        for filterSize in [3, 5] {
            let shape = ConvolutionCase(
                images: 2, height: 5, width: 53, inputChannels: 48, outputChannels: 8, filterHeight: filterSize,
                filterWidth: filterSize)
            let data = ConvolutionData(shape)
            let whole = data.use(build, kernel: kernel)
            // 16 channels of an image of 24, all 24 of another, and the last 8 of the first.
            let pixels = data.x.rowCount * shape.width
            let x = data.x.values
            var first: [Float] = [], second: [Float] = []
            for pixel in 0..<pixels {
                let channels = Array(x[pixel * 48..<pixel * 48 + 48])
                first += channels[..<16] + channels[40...]
                second += channels[16..<40]
            }
            var use = whole
            use.inputs[0] = Rows(first, rowLength: shape.width * 24)
            use.inputs += [Rows(second, rowLength: shape.width * 24), use.inputs[0]]
            use.geometry.pieces = ChannelPieces(
                channels: PartSizes([16, 24, 8])!, firstChannels: PartSizes([0, 0, 16])!,
                imageChannels: PartSizes([24, 24, 24])!, firstInput: 2)
            #expect(use.run(build) == whole.run(build))
        }
    }

    /// Bias, ReLU and residual against sums in double precision, end to end.
    @Test(arguments: Build.runnable)
    func fusedChainEqualsTheSum(_ build: Build) {
        let data = ConvolutionData(ConvolutionCase(height: 4, width: 9, outputChannels: 12))
        let named = Programs.epilogues.first { $0.name == "scale + residual" }!
        let operands = named.operands(rowCount: 4, width: 9, channels: 12)
        let result = data.use(build, epilogue: named.program, epilogueOperands: operands).run(build)[0].values
        var exact = referenceConvolution(x: data.x.values, filter: data.filter.values, data.geometry, images: 1)
        let (bias, residual) = (operands[0].values, operands[1].values)
        for i in exact.indices {
            exact[i].value = (exact[i].value + Double(bias[i % 12])) * Double(Float(0.1)) + Double(residual[i])
            exact[i].magnitude += 3
        }
        expectClose(result, exact, relative: 1e-6)
    }

    @Test(arguments: Build.runnable, [1, 3, 7])
    func rowsAreTheSameInRollingBuffers(_ build: Build, _ rowsPerCall: Int) {
        for shape in [
            ConvolutionCase(images: 2, height: 11, width: 50, outputChannels: 19),
            ConvolutionCase(images: 2, height: 9, width: 6, filterHeight: 5, filterWidth: 5, stride: 2),
            ConvolutionCase(height: 10, width: 6, filterHeight: 1, filterWidth: 1, stride: 3, padding: 0),
            ConvolutionCase(images: 2, height: 5, width: 6, outputChannels: 18, shuffleBlock: 3),
        ] {
            let data = ConvolutionData(shape)
            let bias = Programs.epilogues.first { $0.name == "bias + relu" }!
            let operands = bias.operands(rowCount: 0, width: 0, channels: shape.outputChannels)
            let use = data.use(
                build, prologue: Programs.gate.program, prologueOperands: [data.x], epilogue: bias.program,
                epilogueOperands: operands)
            let rolled = use.runRolling(build, rowsPerCall: rowsPerCall * shape.shuffleBlock) { k, rows in
                k == 0 || k == 2 ? data.inputRows(rows) : nil
            }
            #expect(rolled == use.run(build))
        }
    }

    /// The residual's rows roll with the output's.
    @Test(arguments: Build.runnable, [1, 3, 7])
    func residualRowsRoll(_ build: Build, _ rowsPerCall: Int) {
        let data = ConvolutionData(ConvolutionCase(images: 2, height: 8, width: 21, outputChannels: 16))
        let named = Programs.epilogues.first { $0.name == "scale + residual" }!
        let operands = named.operands(rowCount: 16, width: 21, channels: 16)
        let use = data.use(build, epilogue: named.program, epilogueOperands: operands)
        let rolled = use.runRolling(build, rowsPerCall: rowsPerCall) { k, rows in
            k == 0 ? data.inputRows(rows) : k == 3 ? rows : nil
        }
        #expect(rolled == use.run(build))
    }

    /// The residual may be overwritten: each element is read before its place is stored.
    @Test(arguments: Build.runnable)
    func outputMayLieOverTheResidual(_ build: Build) {
        let data = ConvolutionData(ConvolutionCase(height: 5, width: 53, outputChannels: 5))
        let named = Programs.epilogues.first { $0.name == "scale + residual" }!
        let operands = named.operands(rowCount: 5, width: 53, channels: 5)
        var use = data.use(build, epilogue: named.program, epilogueOperands: operands)
        let apart = use.run(build)
        use.inPlace = [0: 3]
        #expect(use.run(build) == apart)
    }
}
