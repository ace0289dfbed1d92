import GraphKernelInterface
import Testing

/// The kernels for convolutions to few channels: by the columns of the filter, and by dot products.
@Suite struct FewChannelConvolutionTests {
    static let kernels = [ConvolutionKernel.narrow, .dot]

    /// A shape that suits one of them.
    struct Case: CustomTestStringConvertible {
        let kernel: ConvolutionKernel
        var shape: ConvolutionCase

        init(_ kernel: ConvolutionKernel, _ shape: ConvolutionCase) {
            self.kernel = kernel
            self.shape = shape
            if kernel == .dot { self.shape.inputChannels = (shape.inputChannels + 15) / 16 * 16 }
        }

        var testDescription: String { "\(kernel) \(shape.testDescription)" }
    }

    /// Those of the direct convolution, whatever they are chosen for, and wide filters to few channels.
    static let cases: [Case] = kernels.flatMap { kernel in
        (ConvolutionCase.shapes.filter { $0.stride == 1 }
            + [1, 2, 3, 4, 5].flatMap { channels in
                [(9, 9), (5, 5), (1, 7), (3, 2), (1, 1)].map { height, width in
                    ConvolutionCase(
                        images: 2, height: 11, width: 51, inputChannels: 6, outputChannels: channels, filterHeight: height,
                        filterWidth: width)
                }
            }).map { Case(kernel, $0) }
    }

    @Test(arguments: Build.runnable, cases)
    func equalsTheSum(_ build: Build, _ tested: Case) {
        let data = ConvolutionData(tested.shape)
        let result = data.use(build, kernel: tested.kernel).run(build)[0].values
        expectClose(
            result, referenceConvolution(x: data.x.values, filter: data.filter.values, data.geometry, images: data.images),
            relative: 2e-6)
    }

    @Test(arguments: Build.runnable, Programs.epilogues)
    func epilogueEqualsTheStep(_ build: Build, _ named: NamedProgram) {
        for kernel in Self.kernels {
            let shape = Case(kernel, ConvolutionCase(images: 2, height: 3, width: 53, inputChannels: 5, outputChannels: 3)).shape
            let data = ConvolutionData(shape)
            let raw = data.use(build, kernel: kernel).run(build)[0]
            let operands = named.operands(rowCount: raw.rowCount, width: shape.width, channels: 3)
            let step = pointwiseUse(named.program, [raw] + operands, width: shape.width, channels: 3)
            let fused = data.use(build, kernel: kernel, epilogue: named.program, epilogueOperands: operands)
            #expect(fused.run(build) == step.run(build), "\(kernel), \(named.name)")
        }
    }

    @Test(arguments: Build.runnable, Programs.prologues)
    func prologueEqualsTheStep(_ build: Build, _ named: NamedProgram) {
        for kernel in Self.kernels {
            var data = ConvolutionData(Case(kernel, ConvolutionCase(images: 2, height: 3, width: 53, outputChannels: 2)).shape)
            let channels = data.geometry.inputChannels
            if named.program.operands[0].element == .u8 {
                var numbers = Numbers(3)
                data.x = numbers.byteRows(data.x.rowCount, data.x.rowLength)
            }
            let operands = named.operands(rowCount: data.x.rowCount, width: 53, channels: channels)
            let step = pointwiseUse(named.program, [data.x] + operands, width: 53, channels: channels)
            var after = data
            after.x = step.run(build)[0]
            let fused = data.use(build, kernel: kernel, prologue: named.program, prologueOperands: operands)
            #expect(fused.run(build) == after.use(build, kernel: kernel).run(build), "\(kernel), \(named.name)")
        }
    }

    @Test(arguments: Build.runnable, [1, 2, 3])
    func rowsAreTheSameInRollingBuffers(_ build: Build, _ rowsPerCall: Int) {
        let data = ConvolutionData(ConvolutionCase(images: 2, height: 9, width: 21, inputChannels: 16, outputChannels: 3))
        for kernel in Self.kernels {
            let use = data.use(build, kernel: kernel)
            let rolled = use.runRolling(build, rowsPerCall: rowsPerCall) { k, rows in k == 0 ? data.inputRows(rows) : nil }
            #expect(rolled == use.run(build), "\(kernel)")
        }
    }
}
