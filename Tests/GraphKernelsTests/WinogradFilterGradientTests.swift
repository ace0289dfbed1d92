import GraphKernelInterface
import Testing

@Suite struct WinogradFilterGradientTests {
    /// Around the tile of 4, the block of 36 tiles and the chunk of 144; channels around the vector, the block of
    /// 16 and the groups of 32 and 64.
    static let shapes: [ConvolutionCase] =
        (1...17).flatMap { width in
            [1, 3, 4, 6].map {
                ConvolutionCase(images: 2, height: $0, width: width, inputChannels: 8, outputChannels: 11)
            }
        }
        + [1, 3, 8, 9, 16, 17, 24, 32, 40, 64, 65, 72, 128, 136].map {
            ConvolutionCase(images: 3, height: 5, width: 9, inputChannels: 16, outputChannels: $0)
        }
        + [8, 24, 56, 64, 72, 136].map {
            ConvolutionCase(height: 6, width: 7, inputChannels: $0, outputChannels: 24)
        }
        + [
            ConvolutionCase(images: 16, height: 24, width: 24, inputChannels: 8, outputChannels: 8),
            ConvolutionCase(images: 5, height: 23, width: 26, inputChannels: 8, outputChannels: 3),
            ConvolutionCase(height: 2, width: 600, inputChannels: 8, outputChannels: 8),
            ConvolutionCase(height: 9, width: 8, inputChannels: 8, padding: 0),
            ConvolutionCase(height: 4, width: 5, inputChannels: 8, padding: 2),
        ]
        + [9, 11, 60, 65, 68, 79].map { ConvolutionCase(height: 5, width: 6, inputChannels: $0, outputChannels: 9) }
        + [(1, 1), (4, 5), (7, 9), (12, 17)].flatMap { height, width in
            [(8, 3), (13, 20), (64, 48), (70, 65)].map {
                ConvolutionCase(
                    images: 2, height: height, width: width, inputChannels: $0.0, outputChannels: $0.1, filterHeight: 5,
                    filterWidth: 5)
            }
        }

    @Test(arguments: Build.runnable, shapes)
    func equalsTheSum(_ build: Build, _ shape: ConvolutionCase) {
        let data = ConvolutionData(shape)
        let dy = DirectFilterGradientTests.outputGradient(data)
        var exact = referenceFilterGradient(x: data.x.values, dy: dy.values, data.geometry)
        // Errors go with the largest sum, since a tile's inputs are added and subtracted first.
        let largest = exact.map(\.magnitude).max() ?? 0
        for i in exact.indices { exact[i].magnitude = largest }
        let (filter, bias) = Self.gradients(build, data, dy, rowsPerCall: .max)
        expectClose(filter, exact, relative: shape.filterHeight == 3 ? 3e-6 : 1.2e-5)
        var sums = [ExactSum](repeating: ExactSum(), count: shape.outputChannels)
        for (place, value) in dy.values.enumerated() { sums[place % shape.outputChannels].add(Double(value)) }
        expectClose(bias, sums, relative: 3e-7)
    }

    /// Rows of products are the same whatever calls they are computed in.
    @Test(arguments: Build.runnable)
    func rowsAreTheSameInAnyCall(_ build: Build) {
        let data = ConvolutionData(
            ConvolutionCase(images: 16, height: 24, width: 24, inputChannels: 8, outputChannels: 40))
        let dy = DirectFilterGradientTests.outputGradient(data)
        #expect(WinogradGradientLayout(data.geometry).productRowCount == 4)
        let whole = Self.gradients(build, data, dy, rowsPerCall: .max)
        #expect(Self.gradients(build, data, dy, rowsPerCall: 1) == whole)
        #expect(Self.gradients(build, data, dy, rowsPerCall: 3) == whole)
    }

    /// The gradients by way of their products.
    private static func gradients(
        _ build: Build, _ data: ConvolutionData, _ dy: Rows, rowsPerCall: Int
    ) -> (filter: [Float], bias: [Float]) {
        let layout = WinogradGradientLayout(data.geometry)
        let multiply = KernelUse(
            name: .winogradGradientProducts, geometry: data.geometry, inputs: [data.x, dy],
            outputs: [Rows(rowLength: layout.productRowElementCount, rowCount: layout.productRowCount)],
            scratchByteCount: layout.byteCount, rowCount: layout.productRowCount)
        let products =
            rowsPerCall == .max
            ? multiply.run(build)
            : multiply.runRolling(build, rowsPerCall: rowsPerCall) { _, _ in 0..<data.x.rowCount }
        let filter = Rows(rowLength: data.filter.rowLength, rowCount: data.filter.rowCount)
        let both = KernelUse(
            name: .conv2DFilterAndBiasGradientWinograd, geometry: data.geometry, inputs: products,
            outputs: [filter, Rows(rowLength: data.geometry.outputChannels, rowCount: 1)], rowCount: data.filter.rowCount
        ).run(build)
        let alone = KernelUse(
            name: .conv2DFilterGradientWinograd, geometry: data.geometry, inputs: products, outputs: [filter],
            rowCount: data.filter.rowCount
        ).run(build)
        #expect(alone[0] == both[0])
        return (both[0].values, both[1].values)
    }
}
