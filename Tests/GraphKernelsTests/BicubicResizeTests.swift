import GraphKernelInterface
import Testing

@Suite struct BicubicResizeTests {
    @Test(arguments: Build.runnable, [1, 2, 3, 4, 8])
    func equalsTheWeightedSum(_ build: Build, _ factor: Int) {
        for (height, width, channels) in [(1, 1, 1), (1, 2, 3), (2, 1, 3), (3, 3, 3), (5, 7, 1), (4, 11, 8)] {
            var numbers = Numbers(1)
            let images = 2
            let x = numbers.rows(images * height, width * channels)
            let geometry = ResizeGeometry(
                RowGeometry(
                    inputHeight: height, inputWidth: width, inputChannels: channels, outputHeight: factor * height,
                    outputWidth: factor * width, outputChannels: channels, imageCount: images),
                factor: factor)
            let use = KernelUse(
                name: .resizeBicubic, geometry: geometry, inputs: [x],
                outputs: [Rows(rowLength: factor * width * channels, rowCount: images * factor * height)],
                scratchByteCount: geometry.scratchByteCount, rowCount: images * factor * height)
            let result = use.run(build)[0]

            var exact: [ExactSum] = []
            for n in 0..<images {
                for y in 0..<factor * height {
                    for pixel in 0..<factor * width {
                        for c in 0..<channels {
                            var sum = ExactSum()
                            for (row, rowWeight) in bicubicTaps(y, factor, height) {
                                for (column, weight) in bicubicTaps(pixel, factor, width) {
                                    let index = ((n * height + row) * width + column) * channels + c
                                    sum.add(rowWeight * weight * Double(x.values[index]))
                                }
                            }
                            sum.magnitude = 1
                            exact.append(sum)
                        }
                    }
                }
            }
            expectClose(result.values, exact, relative: 1e-6)

            for rowsPerCall in [1, 3, 7] {
                let rolled = use.runRolling(build, rowsPerCall: rowsPerCall) { _, rows in
                    let needed = rows.flatMap { row in
                        bicubicTaps(row % (factor * height), factor, height).map { row / (factor * height) * height + $0.0 }
                    }
                    return needed.min()!..<needed.max()! + 1
                }
                #expect(rolled == [result])
            }
        }
    }
}

/// The source pixels of one pixel of an enlarged image, with their weights, by the definition.
func bicubicTaps(_ index: Int, _ factor: Int, _ size: Int) -> [(Int, Double)] {
    let centre = (Double(index) + 0.5) / Double(factor) - 0.5
    let nearest = Int(centre.rounded(.down))
    return (nearest - 1...nearest + 2).map { tap in
        var place = tap
        while !(0..<size ~= place) { place = place < 0 ? -1 - place : 2 * size - 1 - place }
        let d = (centre - Double(tap)).magnitude
        let weight =
            d <= 1 ? 1.5 * d * d * d - 2.5 * d * d + 1 : d < 2 ? -0.5 * d * d * d + 2.5 * d * d - 4 * d + 2 : 0
        return (place, weight)
    }
}
