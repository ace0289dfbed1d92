import GraphKernelInterface
import Testing

@Suite struct DirectFilterGradientTests {
    static let shapes: [ConvolutionCase] =
        (1...40).map { ConvolutionCase(width: $0, inputChannels: 2, outputChannels: 3) }
        + [(1, 1), (7, 1), (1, 9), (9, 13), (2, 96), (2, 97), (1, 200)].map {
            ConvolutionCase(images: 2, height: $0.0, width: $0.1, inputChannels: 2, outputChannels: 4)
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
                    height: 11, width: 13, inputChannels: 2, outputChannels: 3, filterHeight: filter.0,
                    filterWidth: filter.1, stride: $0)
            }
        }
        + [
            ConvolutionCase(images: 2, height: 4, width: 13, inputChannels: 20, outputChannels: 40),
            ConvolutionCase(height: 5, width: 6, padding: 0), ConvolutionCase(height: 4, width: 4, padding: 2),
            ConvolutionCase(images: 2, height: 5, width: 6, stride: 2, sides: [0, 3, 1, 0]),
            ConvolutionCase(height: 2, width: 3, filterHeight: 5, filterWidth: 1, sides: [4, 0, 2, 7]),
            ConvolutionCase(height: 1, width: 1, filterHeight: 1, filterWidth: 1, sides: [5, 5, 5, 5]),
        ]

    static func use(
        _ data: ConvolutionData, dy: Rows, prologue: PointwiseProgram? = nil, operands: [Rows] = []
    ) -> KernelUse<ConvolutionGeometry> {
        KernelUse(
            name: .conv2DFilterGradientDirect, geometry: data.geometry, inputs: [data.x, dy] + operands,
            outputs: [Rows(rowLength: data.filter.rowLength, rowCount: data.filter.rowCount)],
            prologue: prologue, prologueInput: 2,
            scratchByteCount: data.geometry.directFilterGradientScratchByteCount(prologue: prologue),
            rowCount: data.filter.rowCount)
    }

    static func outputGradient(_ data: ConvolutionData) -> Rows {
        var numbers = Numbers(5)
        return numbers.rows(
            data.images * data.geometry.outputHeight, data.geometry.outputWidth * data.geometry.outputChannels)
    }

    @Test(arguments: Build.runnable, shapes + ConvolutionCase.grouped)
    func equalsTheSum(_ build: Build, _ shape: ConvolutionCase) {
        let data = ConvolutionData(shape)
        let dy = Self.outputGradient(data)
        let result = Self.use(data, dy: dy).run(build)[0].values
        let exact = referenceFilterGradient(x: data.x.values, dy: dy.values, data.geometry)
        let terms = data.images * data.geometry.outputHeight * data.geometry.outputWidth
        expectClose(result, exact, relative: 3e-7 * Double(terms).squareRoot())
    }

    /// The gradient by way of that of the convolution in which input and output's gradient have changed places.
    @Test(
        arguments: Build.runnable,
        [
            ConvolutionCase(
                images: 2, height: 7, width: 9, inputChannels: 20, outputChannels: 3, filterHeight: 9, filterWidth: 9),
            ConvolutionCase(height: 6, width: 5, inputChannels: 17, outputChannels: 1, filterHeight: 1, filterWidth: 1),
            ConvolutionCase(
                height: 8, width: 11, inputChannels: 9, outputChannels: 2, filterHeight: 4, filterWidth: 3, dilation: 2),
            ConvolutionCase(
                height: 5, width: 6, inputChannels: 16, outputChannels: 4, filterHeight: 5, filterWidth: 5, padding: 0),
            ConvolutionCase(
                height: 5, width: 6, inputChannels: 16, outputChannels: 4, filterHeight: 3, filterWidth: 5, sides: [2, 0, 1, 3]),
        ])
    func exchangedEqualsTheSum(_ build: Build, _ shape: ConvolutionCase) {
        let data = ConvolutionData(shape)
        let dy = Self.outputGradient(data), exchanged = data.geometry.exchanged
        let taps = data.filter.rowCount
        let sums = KernelUse(
            name: .conv2DFilterGradientDirect, geometry: exchanged, inputs: [dy, data.x],
            outputs: [Rows(rowLength: data.filter.rowLength, rowCount: taps)],
            scratchByteCount: exchanged.directFilterGradientScratchByteCount(prologue: nil), rowCount: taps
        ).run(build)
        let result = KernelUse(
            name: .conv2DFilterGradientExchanged, geometry: data.geometry, inputs: sums,
            outputs: [Rows(rowLength: data.filter.rowLength, rowCount: taps)], rowCount: taps
        ).run(build)[0].values
        let exact = referenceFilterGradient(x: data.x.values, dy: dy.values, data.geometry)
        let terms = data.images * data.geometry.inputHeight * data.geometry.inputWidth
        expectClose(result, exact, relative: 3e-7 * Double(terms).squareRoot())
    }

    /// A tap has the same bytes whatever other taps its call computes.
    @Test(arguments: Build.runnable, [1, 2, 3, 7])
    func tapsAreTheSameInAnyCall(_ build: Build, _ tapsPerCall: Int) {
        for shape in [
            ConvolutionCase(height: 4, width: 9, inputChannels: 6, outputChannels: 12, dilation: 2, groups: 2),
            ConvolutionCase(images: 3, height: 5, width: 24, inputChannels: 7, outputChannels: 21),
            ConvolutionCase(height: 9, width: 11, filterHeight: 5, filterWidth: 5, stride: 2),
        ] {
            let data = ConvolutionData(shape)
            let use = Self.use(data, dy: Self.outputGradient(data))
            let whole = use.run(build)
            #expect(use.runRolling(build, rowsPerCall: tapsPerCall) { _, _ in nil } == whole)
        }
    }

    @Test(arguments: Build.runnable, Programs.prologues)
    func prologueEqualsTheStep(_ build: Build, _ named: NamedProgram) {
        let shape = ConvolutionCase(images: 2, height: 3, width: 5)
        var data = ConvolutionData(shape)
        if named.program.operands[0].element == .u8 {
            var numbers = Numbers(3)
            data.x = numbers.byteRows(data.x.rowCount, data.x.rowLength)
        }
        let dy = Self.outputGradient(data)
        let operands = named.operands(rowCount: data.x.rowCount, width: 5, channels: 3)
        var after = data
        after.x = pointwiseUse(named.program, [data.x] + operands, width: 5, channels: 3).run(build)[0]
        let fused = Self.use(data, dy: dy, prologue: named.program, operands: operands)
        #expect(fused.run(build) == Self.use(after, dy: dy).run(build))
    }
}
