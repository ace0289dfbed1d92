import GraphKernelInterface
import Testing

@Suite struct DepthwiseConvolutionTests {
    static let shapes: [ConvolutionCase] =
        (1...18).map { ConvolutionCase(width: $0, inputChannels: 9, outputChannels: 9) }
        + [1, 2, 7, 8, 9, 15, 16, 17, 24, 32, 65, 128, 520].map {
            ConvolutionCase(images: 2, height: 4, width: 13, inputChannels: $0, outputChannels: $0)
        }
        + [(1, 1), (1, 3), (5, 5), (7, 2)].flatMap { height, width in
            [1, 2, 3].map {
                ConvolutionCase(
                    height: 8, width: 53, inputChannels: 5, outputChannels: 5, filterHeight: height, filterWidth: width,
                    stride: $0)
            }
        }
        + [
            ConvolutionCase(height: 5, width: 6, inputChannels: 8, outputChannels: 8, padding: 0),
            ConvolutionCase(height: 5, width: 6, inputChannels: 8, outputChannels: 8, stride: 2, sides: [0, 3, 1, 0]),
        ]

    /// The convolution of all channels whose filter is 0 where channels differ.
    private static func reference(_ data: ConvolutionData, _ taps: Rows) -> [ExactSum] {
        let channels = data.geometry.inputChannels
        var filter = [Float](repeating: 0, count: taps.rowCount * channels * channels)
        for (place, value) in taps.values.enumerated() {
            let (tap, c) = place.quotientAndRemainder(dividingBy: channels)
            filter[(tap * channels + c) * channels + c] = value
        }
        return referenceConvolution(x: data.x.values, filter: filter, data.geometry, images: data.images)
    }

    private static func use(
        _ build: Build, _ data: ConvolutionData, _ taps: Rows, epilogue: PointwiseProgram? = nil, operands: [Rows] = []
    ) -> KernelUse<ConvolutionGeometry> {
        let geometry = data.geometry.ofDepthwiseFilter
        let packed = KernelUse(
            name: .packFilter, geometry: geometry, inputs: [taps],
            outputs: [Rows(rowLength: geometry.packedFilterByteCount / 4, rowCount: 1)], rowCount: 1
        ).run(build)[0]
        var use = data.use(build, epilogue: epilogue, epilogueOperands: operands)
        use.name = .conv2DDepthwise
        use.inputs[1] = packed
        use.scratchByteCount = data.geometry.depthwiseScratchByteCount(prologue: nil, epilogue: epilogue)
        return use
    }

    private static func taps(_ shape: ConvolutionCase) -> Rows {
        var numbers = Numbers(8)
        return numbers.rows(shape.filterHeight * shape.filterWidth, shape.inputChannels)
    }

    @Test(arguments: Build.runnable, shapes)
    func equalsTheSum(_ build: Build, _ shape: ConvolutionCase) {
        let data = ConvolutionData(shape), taps = Self.taps(shape)
        expectClose(Self.use(build, data, taps).run(build)[0].values, Self.reference(data, taps), relative: 1e-6)
    }

    @Test(arguments: Build.runnable, Programs.epilogues)
    func epilogueEqualsTheStep(_ build: Build, _ named: NamedProgram) {
        let shape = ConvolutionCase(images: 2, height: 7, width: 50, inputChannels: 11, outputChannels: 11)
        let data = ConvolutionData(shape), taps = Self.taps(shape)
        let raw = Self.use(build, data, taps).run(build)[0]
        let operands = named.operands(rowCount: raw.rowCount, width: shape.width, channels: 11)
        let step = pointwiseUse(named.program, [raw] + operands, width: shape.width, channels: 11)
        let fused = Self.use(build, data, taps, epilogue: named.program, operands: operands)
        #expect(fused.run(build) == step.run(build), "\(named.name)")
    }

    @Test(arguments: Build.runnable, [1, 2, 3])
    func rowsAreTheSameInRollingBuffers(_ build: Build, _ rowsPerCall: Int) {
        let shape = ConvolutionCase(images: 2, height: 9, width: 21, inputChannels: 16, outputChannels: 16)
        let data = ConvolutionData(shape), taps = Self.taps(shape)
        let use = Self.use(build, data, taps)
        let rolled = use.runRolling(build, rowsPerCall: rowsPerCall) { k, rows in k == 0 ? data.inputRows(rows) : nil }
        #expect(rolled == use.run(build))
    }
}
