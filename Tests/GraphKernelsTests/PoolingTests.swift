import GraphKernelInterface
import Testing

@Suite struct PoolingTests {
    /// Sizes of images, windows, strides and paddings at the top and left.
    static let cases: [(image: [Int], window: [Int], stride: [Int], pad: [Int], pooled: [Int])] = [
        ([1, 1], [1, 1], [1, 1], [0, 0], [1, 1]), ([4, 6], [2, 2], [2, 2], [0, 0], [2, 3]),
        ([5, 7], [2, 2], [2, 2], [0, 0], [2, 3]), ([5, 7], [3, 3], [2, 2], [1, 1], [3, 4]),
        ([6, 4], [3, 2], [1, 3], [1, 0], [5, 2]), ([7, 5], [2, 2], [3, 3], [0, 0], [2, 2]),
        ([1, 5], [3, 3], [1, 1], [1, 1], [1, 5]), ([9, 9], [9, 9], [1, 1], [0, 0], [1, 1]),
    ]

    static func geometry(_ index: Int, channels: Int, countsPadding: Bool) -> PoolingGeometry {
        let use = cases[index]
        return PoolingGeometry(
            height: use.image[0], width: use.image[1], pooledHeight: use.pooled[0], pooledWidth: use.pooled[1],
            channels: channels, windowHeight: use.window[0], windowWidth: use.window[1], strideHeight: use.stride[0],
            strideWidth: use.stride[1], top: use.pad[0], left: use.pad[1], countsPadding: countsPadding)
    }

    @Test(arguments: Build.runnable, cases.indices)
    func poolsWindows(_ build: Build, _ index: Int) {
        for (channels, countsPadding) in [(1, true), (3, false), (8, false), (13, true), (16, true)] {
            let g = Self.geometry(index, channels: channels, countsPadding: countsPadding)
            var numbers = Numbers(3)
            let images = 2
            var x = numbers.rows(images * g.height, g.width * channels)
            for isMax in [true, false] {
                let use = KernelUse(
                    name: isMax ? .maxPool : .averagePool, geometry: g, inputs: [x],
                    outputs: [Rows(rowLength: g.pooledWidth * channels, rowCount: images * g.pooledHeight)],
                    scratchByteCount: g.scratchByteCount, rowCount: images * g.pooledHeight)
                let result = use.run(build)[0]
                var largest: [Float] = [], means: [ExactSum] = []
                g.forEachWindow(images) { _, pixels in
                    for c in 0..<channels {
                        largest.append(pixels.map { x.values[$0 + c] }.max()!)
                        let count = Double(countsPadding ? g.windowHeight * g.windowWidth : pixels.count)
                        var mean = ExactSum()
                        for pixel in pixels { mean.add(Double(x.values[pixel + c]) / count) }
                        means.append(mean)
                    }
                }
                if isMax { #expect(result.values == largest) } else { expectClose(result.values, means, relative: 1e-6) }
                for rowsPerCall in [1, 3] {
                    let rolled = use.runRolling(build, rowsPerCall: rowsPerCall) { _, rows in
                        let needed = rows.flatMap { row in
                            g.rows(ofPooled: row % g.pooledHeight).map { row / g.pooledHeight * g.height + $0 }
                        }
                        return needed.min()!..<needed.max()! + 1
                    }
                    #expect(rolled == [result])
                }
            }
            x = Rows(x.values.map { _ in .nan }, rowLength: x.rowLength)
            let use = KernelUse(
                name: .maxPool, geometry: g, inputs: [x],
                outputs: [Rows(rowLength: g.pooledWidth * channels, rowCount: images * g.pooledHeight)],
                scratchByteCount: g.scratchByteCount, rowCount: images * g.pooledHeight)
            #expect(use.run(build)[0].values.allSatisfy { $0.isNaN })
        }
    }

    /// Of few numbers, so that some pixels are as large as others.
    @Test(arguments: Build.runnable, cases.indices)
    func gradientsAreTheTransposedSums(_ build: Build, _ index: Int) {
        for (channels, countsPadding) in [(1, true), (3, false), (8, false), (13, true)] {
            let g = Self.geometry(index, channels: channels, countsPadding: countsPadding)
            var numbers = Numbers(4)
            let images = 2
            let dy = numbers.rows(images * g.pooledHeight, g.pooledWidth * channels)
            let x = Rows(
                numbers.rows(images * g.height, g.width * channels, scale: 2).values.map { $0.rounded() },
                rowLength: g.width * channels)
            var y: [Float] = []
            var toLargest = [ExactSum](repeating: ExactSum(), count: x.values.count), shared = toLargest
            g.forEachWindow(images) { pooled, pixels in
                let count = Double(countsPadding ? g.windowHeight * g.windowWidth : pixels.count)
                for c in 0..<channels {
                    let largest = pixels.map { x.values[$0 + c] }.max()!
                    y.append(largest)
                    toLargest[pixels.first { x.values[$0 + c] == largest }! + c].add(Double(dy.values[pooled + c]))
                    for pixel in pixels { shared[pixel + c].add(Double(dy.values[pooled + c]) / count) }
                }
            }
            for isMax in [true, false] {
                let pooled = Rows(y, rowLength: g.pooledWidth * channels)
                let use = KernelUse(
                    name: isMax ? .maxPoolGradient : .averagePoolGradient, geometry: g,
                    inputs: isMax ? [dy, x, pooled] : [dy],
                    outputs: [Rows(rowLength: g.width * channels, rowCount: images * g.height)],
                    scratchByteCount: g.scratchByteCount, rowCount: images * g.height)
                let result = use.run(build)[0]
                expectClose(result.values, isMax ? toLargest : shared, relative: 1e-6)
                for row in 0..<images * g.height {
                    let rows = g.pooledRows(of: row % g.height)
                    for pooledRow in 0..<g.pooledHeight {
                        #expect(rows.contains(pooledRow) == g.rows(ofPooled: pooledRow).contains(row % g.height))
                    }
                }
            }
        }
    }
}

extension PoolingGeometry {
    /// Where each pooled pixel begins, and where the pixels of its window do.
    fileprivate func forEachWindow(_ images: Int, _ body: (Int, [Int]) -> Void) {
        for n in 0..<images {
            for oh in 0..<pooledHeight {
                for ow in 0..<pooledWidth {
                    let pixels = rows(ofPooled: oh).flatMap { h in
                        columns(ofPooled: ow).map { ((n * height + h) * width + $0) * channels }
                    }
                    body(((n * pooledHeight + oh) * pooledWidth + ow) * channels, pixels)
                }
            }
        }
    }
}
