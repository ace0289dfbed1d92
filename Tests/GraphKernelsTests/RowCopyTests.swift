import GraphKernelInterface
import Testing

@Suite struct RowCopyTests {
    @Test(arguments: Build.runnable, [2, 3, 4])
    func shufflesThereAndBack(_ build: Build, _ block: Int) {
        for (width, channels) in [(1, 1), (5, 3), (7, 16)] {
            var numbers = Numbers(1)
            let depth = channels * block * block
            let small = numbers.rows(4, width * depth)
            let there = KernelUse(
                name: .depthToSpace,
                geometry: PixelShuffleGeometry(
                    RowGeometry(
                        inputHeight: 2, inputWidth: width, inputChannels: depth, outputHeight: 2 * block,
                        outputWidth: width * block, outputChannels: channels, imageCount: 2), block: block),
                inputs: [small], outputs: [Rows(rowLength: width * block * channels, rowCount: 4 * block)],
                rowCount: 4 * block)
            let big = there.run(build)[0]
            #expect(big.values == referenceDepthToSpace(small.values, width: width, channels: channels, block: block))
            for rowsPerCall in [1, 3, 7] {
                let rolled = there.runRolling(build, rowsPerCall: rowsPerCall) { _, rows in
                    rows.lowerBound / block..<(rows.upperBound - 1) / block + 1
                }
                #expect(rolled == [big])
            }

            let back = KernelUse(
                name: .spaceToDepth,
                geometry: PixelShuffleGeometry(
                    RowGeometry(
                        inputHeight: 2 * block, inputWidth: width * block, inputChannels: channels, outputHeight: 2,
                        outputWidth: width, outputChannels: depth, imageCount: 2), block: block),
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
    func concatenatesAndSlices(_ build: Build, _ partChannels: [Int]) throws {
        var numbers = Numbers(2)
        let (width, total) = (5, partChannels.reduce(0, +))
        let parts = partChannels.map { numbers.rows(7, width * $0) }
        let concat = KernelUse(
            name: .concatChannels,
            geometry: ChannelConcatenationGeometry(
                width: width, pieces: ChannelPieces(whole: try #require(PartSizes(partChannels)))),
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
                name: .sliceChannels,
                geometry: SliceGeometry(
                    RowGeometry(
                        inputHeight: 7, inputWidth: width, inputChannels: total, outputHeight: 7, outputWidth: width,
                        outputChannels: channels, imageCount: 1), start: first),
                inputs: [whole], outputs: [Rows(rowLength: width * channels, rowCount: 7)], rowCount: 7)
            #expect(slice.run(build) == [part])
            #expect(slice.runRolling(build, rowsPerCall: 3) { _, rows in rows } == [part])
            first += channels
        }
    }

    /// Pieces of images: of vectors, of less, of one channel and of more than are copied by vectors.
    @Test(
        arguments: Build.runnable,
        [[(0, 8, 8)], [(3, 5, 16), (0, 16, 48), (15, 1, 16)], [(2, 130, 140), (0, 3, 3), (1, 24, 33)]])
    func concatenatesPieces(_ build: Build, _ pieces: [(first: Int, channels: Int, of: Int)]) throws {
        var numbers = Numbers(12)
        let width = 5, total = pieces.reduce(0) { $0 + $1.channels }
        let images = pieces.map { numbers.rows(7, width * $0.of) }
        let concat = KernelUse(
            name: .concatChannels,
            geometry: ChannelConcatenationGeometry(
                width: width,
                pieces: ChannelPieces(
                    channels: try #require(PartSizes(pieces.map(\.channels))),
                    firstChannels: try #require(PartSizes(pieces.map(\.first))),
                    imageChannels: try #require(PartSizes(pieces.map(\.of))), firstInput: 1)),
            inputs: images, outputs: [Rows(rowLength: width * total, rowCount: 7)], rowCount: 7)
        var expected: [Float] = []
        for pixel in 0..<7 * width {
            for (image, piece) in zip(images, pieces) {
                expected += image.values[pixel * piece.of + piece.first..<pixel * piece.of + piece.first + piece.channels]
            }
        }
        #expect(concat.run(build)[0].values == expected)
    }

    @Test(arguments: Build.runnable, [(0, 0), (1, 0), (0, 2), (3, 9)])
    func padsChannels(_ build: Build, _ padding: (before: Int, after: Int)) {
        var numbers = Numbers(4)
        let (width, channels) = (5, 3)
        let padded = padding.before + channels + padding.after
        let x = numbers.rows(4, width * channels)
        let use = KernelUse(
            name: .sliceChannels,
            geometry: SliceGeometry(
                RowGeometry(
                    inputHeight: 4, inputWidth: width, inputChannels: channels, outputHeight: 4, outputWidth: width,
                    outputChannels: padded, imageCount: 1), start: -padding.before),
            inputs: [x], outputs: [Rows(rowLength: width * padded, rowCount: 4)], rowCount: 4)
        var expected = [Float](repeating: 0, count: 4 * width * padded)
        for i in x.values.indices { expected[i / channels * padded + padding.before + i % channels] = x.values[i] }
        #expect(use.run(build)[0].values == expected)
    }

    /// Rows of a slice, and those around a padding.
    @Test(arguments: Build.runnable, [(0, 5), (2, 3), (1, 1), (-1, 5), (-2, 9), (-3, 8)])
    func slicesAndPadsRows(_ build: Build, _ slice: (first: Int, count: Int)) {
        var numbers = Numbers(5)
        let x = numbers.rows(10, 6)
        let use = KernelUse(
            name: .sliceRows,
            geometry: SliceGeometry(
                RowGeometry(
                    inputHeight: 5, inputWidth: 2, inputChannels: 3, outputHeight: slice.count, outputWidth: 2,
                    outputChannels: 3, imageCount: 2), start: slice.first),
            inputs: [x], outputs: [Rows(rowLength: 6, rowCount: 2 * slice.count)], rowCount: 2 * slice.count)
        let source = { (row: Int) -> Int? in
            let y = row % slice.count + slice.first
            return 0..<5 ~= y ? row / slice.count * 5 + y : nil
        }
        let expected = (0..<2 * slice.count).flatMap { row -> [Float] in
            guard let source = source(row) else { return Array(repeating: 0, count: 6) }
            return Array(x.values[source * 6..<source * 6 + 6])
        }
        let whole = use.run(build)
        #expect(whole[0].values == expected)
        for rowsPerCall in [1, 3] {
            let rolled = use.runRolling(build, rowsPerCall: rowsPerCall) { _, rows in
                let needed = rows.compactMap(source)
                return needed.isEmpty ? 0..<0 : needed.min()!..<needed.max()! + 1
            }
            #expect(rolled == whole)
        }
    }

    @Test(arguments: Build.runnable, [[3], [1, 4], [2, 1, 5]])
    func concatenatesRows(_ build: Build, _ heights: [Int]) throws {
        var numbers = Numbers(6)
        let total = heights.reduce(0, +)
        let parts = heights.map { numbers.rows(2 * $0, 6) }
        let use = KernelUse(
            name: .concatRows,
            geometry: RowConcatenationGeometry(rowLength: 6, heights: try #require(PartSizes(heights))), inputs: parts,
            outputs: [Rows(rowLength: 6, rowCount: 2 * total)], rowCount: 2 * total)
        var expected: [Float] = []
        for n in 0..<2 {
            for (part, height) in zip(parts, heights) {
                expected += part.values[n * height * 6..<(n + 1) * height * 6]
            }
        }
        let whole = use.run(build)
        #expect(whole[0].values == expected)
        let rolled = use.runRolling(build, rowsPerCall: 1) { part, rows in
            let first = heights[..<part].reduce(0, +)
            let (image, y) = rows.lowerBound.quotientAndRemainder(dividingBy: total)
            guard first..<first + heights[part] ~= y else { return 0..<0 }
            let row = image * heights[part] + y - first
            return row..<row + 1
        }
        #expect(rolled == whole)
    }

    @Test func partsAreFewAndNoneIsTooLarge() {
        #expect(PartSizes(Array(repeating: 1, count: PartSizes.maximumCount))?.sum == PartSizes.maximumCount)
        #expect(PartSizes(Array(repeating: 1, count: PartSizes.maximumCount + 1)) == nil)
        #expect(PartSizes([1 << 31]) == nil)
    }
}
