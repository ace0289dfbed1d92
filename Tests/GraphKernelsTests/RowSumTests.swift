import GraphKernelInterface
import Testing

@Suite struct RowSumTests {
    static func use(
        _ x: Rows, images: Int, height: Int, width: Int, channels: Int, outputChannels: Int, scale: Float,
        prologue: PointwiseProgram? = nil, operands: [Rows] = []
    ) -> KernelUse<RowSumGeometry> {
        let geometry = RowSumGeometry(
            RowGeometry(
                inputHeight: height, inputWidth: width, inputChannels: channels, outputHeight: 1, outputWidth: 1,
                outputChannels: outputChannels, imageCount: images),
            scale: scale)
        return KernelUse(
            name: .sumRows, geometry: geometry, inputs: [x] + operands,
            outputs: [Rows(rowLength: outputChannels, rowCount: 1)], prologue: prologue, prologueInput: 1,
            scratchByteCount: geometry.scratchByteCount(prologue: prologue), rowCount: 1)
    }

    @Test(arguments: Build.runnable, [1, 2, 3, 4, 5, 8, 15, 16, 17, 64, 256])
    func equalsTheSum(_ build: Build, _ channels: Int) {
        for (images, height, width) in [(1, 1, 1), (2, 3, 1), (1, 2, 7), (3, 2, 40), (1, 1, 257)] {
            var numbers = Numbers(1)
            let x = numbers.rows(images * height, width * channels)
            for outputChannels in Set([1, channels]) {
                let scale: Float = 1 / Float(images * height * width)
                let result = Self.use(
                    x, images: images, height: height, width: width, channels: channels,
                    outputChannels: outputChannels, scale: scale
                ).run(build)[0].values
                var exact = [ExactSum](repeating: ExactSum(), count: outputChannels)
                for (index, value) in x.values.enumerated() {
                    exact[index % outputChannels].add(Double(value) * Double(scale))
                }
                expectClose(result, exact, relative: 1e-6)
            }
        }
    }

    /// A row of results for each image, some images of which are asked for.
    @Test(arguments: Build.runnable, [1, 3, 8, 17, 64])
    func sumsEachImage(_ build: Build, _ channels: Int) {
        let (images, height, width) = (3, 5, 7)
        var numbers = Numbers(5)
        let x = numbers.rows(images * height, width * channels)
        var use = Self.use(
            x, images: images, height: height, width: width, channels: channels, outputChannels: channels,
            scale: 1 / Float(height * width))
        use.geometry.rowsPerSum = height
        use.outputs = [Rows(rowLength: channels, rowCount: images)]
        use.rowCount = images
        let result = use.run(build)[0].values
        var exact = [ExactSum](repeating: ExactSum(), count: images * channels)
        for (index, value) in x.values.enumerated() {
            let image = index / (height * width * channels)
            exact[image * channels + index % channels].add(Double(value) / Double(height * width))
        }
        expectClose(result, exact, relative: 1e-6)
    }

    /// The mean of |a − b|, as the L1 loss has it, and a sum of squares.
    @Test(arguments: Build.runnable)
    func sumsTheProloguesResult(_ build: Build) {
        for (width, channels) in [(1, 1), (13, 3), (90, 3), (5, 64)] {
            var numbers = Numbers(2)
            let (x, y) = (numbers.byteRows(6, width * channels), numbers.rows(6, width * channels, scale: 200))
            let program = PointwiseProgram(
                operands: [.init(spread: .full, element: .u8), .init(spread: .full)],
                instructions: [.init(.subtract, left: 0, right: 1), .init(.abs, left: 2)], results: [.init(value: 3)])
            let result = Self.use(
                x, images: 2, height: 3, width: width, channels: channels, outputChannels: 1,
                scale: 1 / Float(6 * width * channels), prologue: program, operands: [y]
            ).run(build)[0].values
            var exact = ExactSum()
            for (a, b) in zip(x.values, y.values) {
                exact.add(Double((a - b).magnitude) / Double(6 * width * channels))
            }
            expectClose(result, [exact], relative: 1e-6)
        }
    }

    @Test(arguments: Build.runnable)
    func biasGradientThroughReLU(_ build: Build) {
        var numbers = Numbers(3)
        let (dy, y) = (numbers.rows(4, 9 * 17), numbers.rows(4, 9 * 17))
        let result = Self.use(
            dy, images: 2, height: 2, width: 9, channels: 17, outputChannels: 17, scale: 1,
            prologue: Programs.gate.program, operands: [y]
        ).run(build)[0].values
        var exact = [ExactSum](repeating: ExactSum(), count: 17)
        for i in dy.values.indices where y.values[i] > 0 { exact[i % 17].add(Double(dy.values[i])) }
        expectClose(result, exact, relative: 1e-6)
    }

    /// An operand with one element for each channel, where blocks begin within a pixel.
    @Test(arguments: Build.runnable)
    func sumsLessTheChannelMean(_ build: Build) {
        var numbers = Numbers(4)
        let (x, mean) = (numbers.rows(3, 300 * 3), numbers.rows(1, 3))
        let program = PointwiseProgram(
            operands: [.init(spread: .full), .init(spread: .channel)],
            instructions: [.init(.subtract, left: 0, right: 1)], results: [.init(value: 2)])
        let result = Self.use(
            x, images: 1, height: 3, width: 300, channels: 3, outputChannels: 3, scale: 1, prologue: program,
            operands: [mean]
        ).run(build)[0].values
        var exact = [ExactSum](repeating: ExactSum(), count: 3)
        for (i, value) in x.values.enumerated() { exact[i % 3].add(Double(value) - Double(mean.values[i % 3])) }
        expectClose(result, exact, relative: 1e-6)
    }
}
