import KernelInterface
import Testing

@Suite struct RowCopyTests {
    @Test(arguments: Build.runnable, [2, 3, 4])
    func shufflesThereAndBack(_ build: Build, _ block: Int) {
        for (width, channels) in [(1, 1), (5, 3), (7, 16)] {
            var numbers = Numbers(1)
            let depth = channels * block * block
            let small = numbers.rows(4, width * depth)
            let there = KernelUse(
                name: "depth_to_space",
                geometry: RowGeometry(
                    inputHeight: 2, inputWidth: width, inputChannels: depth, outputHeight: 2 * block,
                    outputWidth: width * block, outputChannels: channels, imageCount: 2, parameter: block),
                inputs: [small], outputs: [Rows(rowLength: width * block * channels, rowCount: 4 * block)],
                rowCount: 4 * block)
            let big = there.run(build)[0]
            #expect(big.values == plainDepthToSpace(small.values, width: width, channels: channels, block: block))
            for rowsPerCall in [1, 3, 7] {
                let rolled = there.runRolling(build, rowsPerCall: rowsPerCall) { _, rows in
                    rows.lowerBound / block..<(rows.upperBound - 1) / block + 1
                }
                #expect(rolled == [big])
            }

            let back = KernelUse(
                name: "space_to_depth",
                geometry: RowGeometry(
                    inputHeight: 2 * block, inputWidth: width * block, inputChannels: channels, outputHeight: 2,
                    outputWidth: width, outputChannels: depth, imageCount: 2, parameter: block),
                inputs: [big], outputs: [Rows(rowLength: width * depth, rowCount: 4)], rowCount: 4)
            #expect(back.run(build) == [small])
            for rowsPerCall in [1, 3] {
                let rolled = back.runRolling(build, rowsPerCall: rowsPerCall) { _, rows in
                    rows.lowerBound * block..<rows.upperBound * block
                }
                #expect(rolled == [small])
            }
        }
    }

    @Test(arguments: Build.runnable, [[1], [3, 5], [16, 1, 2], [1, 2, 3, 4, 5, 6, 7, 8]])
    func concatenatesAndSlices(_ build: Build, _ partChannels: [Int]) {
        var numbers = Numbers(2)
        let (width, total) = (5, partChannels.reduce(0, +))
        let parts = partChannels.map { numbers.rows(7, width * $0) }
        let concat = KernelUse(
            name: "concat_channels", geometry: ConcatGeometry(width: width, partChannels: partChannels),
            inputs: parts, outputs: [Rows(rowLength: width * total, rowCount: 7)], rowCount: 7)
        let whole = concat.run(build)[0]
        for rowsPerCall in [1, 3] {
            #expect(concat.runRolling(build, rowsPerCall: rowsPerCall) { _, rows in rows } == [whole])
        }
        var expected: [Float] = []
        for pixel in 0..<7 * width {
            for (part, channels) in zip(parts, partChannels) {
                expected += part.values[pixel * channels..<(pixel + 1) * channels]
            }
        }
        #expect(whole.values == expected)

        var first = 0
        for (part, channels) in zip(parts, partChannels) {
            let slice = KernelUse(
                name: "slice_channels",
                geometry: RowGeometry(
                    inputHeight: 7, inputWidth: width, inputChannels: total, outputHeight: 7, outputWidth: width,
                    outputChannels: channels, imageCount: 1, parameter: first),
                inputs: [whole], outputs: [Rows(rowLength: width * channels, rowCount: 7)], rowCount: 7)
            #expect(slice.run(build) == [part])
            #expect(slice.runRolling(build, rowsPerCall: 3) { _, rows in rows } == [part])
            first += channels
        }
    }

    @Test(arguments: Build.runnable)
    func copiesRowsOfFloatsAndBytes(_ build: Build) {
        var numbers = Numbers(3)
        for (rows, byteCount) in [(numbers.rows(5, 21), 4), (numbers.byteRows(5, 21), 1)] {
            let use = KernelUse(
                name: "copy_rows",
                geometry: RowGeometry(
                    inputHeight: 5, inputWidth: 7, inputChannels: 3, outputHeight: 5, outputWidth: 7,
                    outputChannels: 3, imageCount: 1, parameter: byteCount),
                inputs: [rows], outputs: [Rows(rowLength: 21, element: rows.element, rowCount: 5)], rowCount: 5)
            #expect(use.run(build) == [rows])
            #expect(use.runRolling(build, rowsPerCall: 3) { _, range in range } == [rows])
        }
    }
}
