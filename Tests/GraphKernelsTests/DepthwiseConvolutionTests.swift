import GraphKernelInterface
import Testing

@Suite struct DepthwiseConvolutionTests {
    static let shapes: [ConvolutionCase] =
        (1...18).map { ConvolutionCase(width: $0, inputChannels: 9, outputChannels: 9, groups: 9) }
        + ((2...33) + [65, 128, 520]).map {
            ConvolutionCase(images: 2, height: 4, width: 13, inputChannels: $0, outputChannels: $0, groups: $0)
        }
        + [(1, 1), (1, 3), (5, 5), (7, 2)].flatMap { height, width in
            [(1, 1), (2, 1), (3, 1), (1, 2), (1, 9), (2, 3)].map { stride, dilation in
                ConvolutionCase(
                    images: 2, height: 8, width: 53, inputChannels: 5, outputChannels: 5, filterHeight: height,
                    filterWidth: width, stride: stride, dilation: dilation, groups: 5)
            }
        }
        + [
            ConvolutionCase(height: 5, width: 6, inputChannels: 8, outputChannels: 8, groups: 8, padding: 0),
            ConvolutionCase(height: 5, width: 6, inputChannels: 8, outputChannels: 8, stride: 2, groups: 8, sides: [0, 3, 1, 0]),
        ]

    private static func use(
        _ build: Build, _ data: ConvolutionData, epilogue: PointwiseProgram? = nil, operands: [Rows] = []
    ) -> KernelUse<ConvolutionGeometry> {
        let geometry = data.geometry.ofDepthwiseFilter
        let packed = KernelUse(
            name: .packFilter, geometry: geometry, inputs: [data.filter],
            outputs: [Rows(rowLength: geometry.packedFilterByteCount / 4, rowCount: 1)], rowCount: 1
        ).run(build)[0]
        var use = data.use(build, epilogue: epilogue, epilogueOperands: operands)
        use.name = .conv2DDepthwise
        use.inputs[1] = packed
        use.scratchByteCount = data.geometry.depthwiseScratchByteCount(prologue: nil, epilogue: epilogue)
        return use
    }

    @Test(arguments: Build.runnable, shapes)
    func equalsTheSum(_ build: Build, _ shape: ConvolutionCase) {
        let data = ConvolutionData(shape)
        expectClose(
            Self.use(build, data).run(build)[0].values,
            referenceConvolution(x: data.x.values, filter: data.filter.values, data.geometry, images: data.images),
            relative: 2e-6)
    }

    @Test(arguments: Build.runnable, Programs.epilogues)
    func epilogueEqualsTheStep(_ build: Build, _ named: NamedProgram) {
        let shape = ConvolutionCase(images: 2, height: 7, width: 50, inputChannels: 11, outputChannels: 11, groups: 11)
        let data = ConvolutionData(shape)
        let raw = Self.use(build, data).run(build)[0]
        let operands = named.operands(rowCount: raw.rowCount, width: shape.width, channels: 11)
        let step = pointwiseUse(named.program, [raw] + operands, width: shape.width, channels: 11)
        let fused = Self.use(build, data, epilogue: named.program, operands: operands)
        #expect(fused.run(build) == step.run(build), "\(named.name)")
    }

    @Test(arguments: Build.runnable, [1, 2, 3])
    func rowsAreTheSameInRollingBuffers(_ build: Build, _ rowsPerCall: Int) {
        let shape = ConvolutionCase(images: 2, height: 9, width: 21, inputChannels: 16, outputChannels: 16, groups: 16)
        let data = ConvolutionData(shape)
        let use = Self.use(build, data)
        let rolled = use.runRolling(build, rowsPerCall: rowsPerCall) { k, rows in k == 0 ? data.inputRows(rows) : nil }
        #expect(rolled == use.run(build))
    }

    @Test(arguments: Build.runnable, shapes)
    func filterGradientEqualsTheSum(_ build: Build, _ shape: ConvolutionCase) {
        let data = ConvolutionData(shape), geometry = data.geometry
        let layout = DepthwiseGradientLayout(geometry)
        let dy = DirectFilterGradientTests.outputGradient(data)
        let multiply = KernelUse(
            name: .depthwiseGradientProducts, geometry: geometry, inputs: [data.x, dy],
            outputs: [Rows(rowLength: geometry.depthwiseProductCount, rowCount: layout.chunkCount)],
            scratchByteCount: layout.byteCount, rowCount: layout.chunkCount)
        let products = multiply.run(build)
        #expect(multiply.runRolling(build, rowsPerCall: 1) { _, _ in nil } == products)
        let result = KernelUse(
            name: .conv2DFilterGradientDepthwise, geometry: geometry, inputs: products,
            outputs: [Rows(rowLength: data.filter.rowLength, rowCount: data.filter.rowCount)], rowCount: data.filter.rowCount
        ).run(build)[0].values
        let terms = data.images * geometry.outputHeight * geometry.outputWidth
        expectClose(
            result, referenceFilterGradient(x: data.x.values, dy: dy.values, geometry),
            relative: 3e-7 * Double(terms).squareRoot())
    }
}
