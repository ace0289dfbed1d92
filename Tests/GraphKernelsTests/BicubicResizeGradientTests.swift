import GraphKernelInterface
import Testing

@Suite struct BicubicResizeGradientTests {
    @Test(arguments: Build.runnable, [1, 2, 3, 4, 8])
    func equalsTheTransposedSum(_ build: Build, _ factor: Int) {
        for (height, width, channels) in [(1, 1, 1), (1, 2, 3), (2, 1, 3), (3, 3, 3), (5, 7, 1), (4, 11, 9)] {
            var numbers = Numbers(1)
            let images = 2
            let dy = numbers.rows(images * factor * height, factor * width * channels)
            let geometry = ResizeGeometry(
                RowGeometry(
                    inputHeight: factor * height, inputWidth: factor * width, inputChannels: channels,
                    outputHeight: height, outputWidth: width, outputChannels: channels, imageCount: images),
                factor: factor)
            let use = KernelUse(
                name: .resizeBicubicGradient, geometry: geometry, inputs: [dy],
                outputs: [Rows(rowLength: width * channels, rowCount: images * height)],
                scratchByteCount: geometry.gradientScratchByteCount, rowCount: images * height)
            let result = use.run(build)[0]

            var exact = [ExactSum](repeating: ExactSum(), count: images * height * width * channels)
            for n in 0..<images {
                for y in 0..<factor * height {
                    for x in 0..<factor * width {
                        for c in 0..<channels {
                            let value = dy.values[((n * factor * height + y) * factor * width + x) * channels + c]
                            for (row, rowWeight) in bicubicTaps(y, factor, height) {
                                for (column, weight) in bicubicTaps(x, factor, width) {
                                    exact[((n * height + row) * width + column) * channels + c]
                                        .add(rowWeight * weight * Double(value))
                                }
                            }
                        }
                    }
                }
            }
            for i in exact.indices { exact[i].magnitude = Double(factor * factor) }
            expectClose(result.values, exact, relative: 1e-6)

            for rowsPerCall in [1, 3] {
                let rolled = use.runRolling(build, rowsPerCall: rowsPerCall) { _, rows in
                    let needed = rows.flatMap { row in
                        (0..<factor * height).filter { y in
                            bicubicTaps(y, factor, height).contains { $0 == row % height && $1 != 0 }
                        }.map { row / height * factor * height + $0 }
                    }
                    return needed.min()!..<needed.max()! + 1
                }
                #expect(rolled == [result])
            }
        }
    }
}
