import GraphKernelInterface
import Testing

/// Resizing and borders: against plain loops, in the smallest rolling buffers, and at the ends of memory.
@Suite struct ImageKernelTests {
    static let modes: [AxisResampling.Mode] = [.nearest, .centres, .corners]

    @Test(arguments: Build.runnable, modes)
    func resizesThereAndBack(_ build: Build, _ mode: AxisResampling.Mode) {
        for (from, to, channels) in [
            ([1, 1], [1, 1], 1), ([1, 1], [3, 2], 9), ([2, 3], [4, 6], 3), ([5, 4], [7, 9], 8), ([7, 6], [3, 1], 17),
        ] {
            let geometry = ResamplingGeometry(
                vertical: AxisResampling(from[0], to: to[0], mode), horizontal: AxisResampling(from[1], to: to[1], mode),
                channels: channels)
            var numbers = Numbers(6)
            let x = numbers.rows(2 * from[0], from[1] * channels), dy = numbers.rows(2 * to[0], to[1] * channels)
            var y = [ExactSum](repeating: ExactSum(), count: dy.values.count)
            var dx = [ExactSum](repeating: ExactSum(), count: x.values.count)
            for n in 0..<2 {
                for (i, sourceRow, rowWeight) in geometry.vertical.taps {
                    for (j, sourceColumn, weight) in geometry.horizontal.taps {
                        for c in 0..<channels {
                            let small = ((n * from[0] + sourceRow) * from[1] + sourceColumn) * channels + c
                            let large = ((n * to[0] + i) * to[1] + j) * channels + c
                            y[large].add(rowWeight * weight * Double(x.values[small]))
                            dx[small].add(rowWeight * weight * Double(dy.values[large]))
                        }
                    }
                }
            }
            let there = KernelUse(
                name: .resize, geometry: geometry, inputs: [x], outputs: [Rows(rowLength: to[1] * channels, rowCount: 2 * to[0])],
                scratchByteCount: geometry.scratchByteCount, rowCount: 2 * to[0])
            let resized = there.run(build)[0]
            expectClose(resized.values, y, relative: 1e-6)
            let rolled = there.runRolling(build, rowsPerCall: 2) { _, rows in
                let needed = rows.flatMap { row in
                    let i = row % to[0], first = row / to[0] * from[0]
                    return [first + geometry.vertical.first(i), first + geometry.vertical.second(i)]
                }
                return needed.min()!..<needed.max()! + 1
            }
            #expect(rolled == [resized])

            let back = KernelUse(
                name: .resizeGradient, geometry: geometry, inputs: [dy],
                outputs: [Rows(rowLength: from[1] * channels, rowCount: 2 * from[0])],
                scratchByteCount: geometry.scratchByteCount, rowCount: 2 * from[0])
            let gradient = back.run(build)[0]
            expectClose(gradient.values, dx, relative: 2e-6)
            #expect(
                back.runRolling(build, rowsPerCall: 1) { _, rows in
                    let first = rows.lowerBound / from[0] * to[0]
                    let needed = geometry.vertical.outputs(of: rows.lowerBound % from[0])
                    return first + needed.lowerBound..<first + needed.upperBound
                } == [gradient])
        }
    }

    @Test func pixelsGoWhereTheyComeFrom() {
        for mode in Self.modes {
            for inputCount in 1...9 {
                for outputCount in 1...20 {
                    let axis = AxisResampling(inputCount, to: outputCount, mode)
                    for output in 0..<outputCount {
                        #expect(axis.outputs(of: axis.first(output)).contains(output))
                        #expect(axis.weight(output) == 0 || axis.outputs(of: axis.second(output)).contains(output))
                    }
                }
            }
        }
    }

    @Test(arguments: Build.runnable, BorderMode.allCases)
    func bordersShowPixels(_ build: Build, _ mode: BorderMode) {
        for (height, width, channels, sides) in [
            (1, 1, 1, [0, 0, 0, 0]), (3, 4, 3, [2, 1, 0, 3]), (5, 5, 8, [0, 4, 4, 0]), (4, 3, 17, [1, 1, 2, 2]),
        ] {
            let g = BorderGeometry(
                height: height, width: width, outerHeight: height + sides[0] + sides[1], outerWidth: width + sides[2] + sides[3],
                channels: channels, top: sides[0], left: sides[2], mode: mode, value: 0.25)
            var numbers = Numbers(7)
            let x = numbers.rows(2 * height, width * channels), dy = numbers.rows(2 * g.outerHeight, g.outerWidth * channels)
            var y = [Float](repeating: 0.25, count: dy.values.count)
            var dx = [ExactSum](repeating: ExactSum(), count: x.values.count)
            for n in 0..<2 {
                for i in 0..<g.outerHeight {
                    guard let row = mode.source(of: i, before: sides[0], size: height) else { continue }
                    for j in 0..<g.outerWidth {
                        guard let column = mode.source(of: j, before: sides[2], size: width) else { continue }
                        for c in 0..<channels {
                            let inner = ((n * height + row) * width + column) * channels + c
                            let outer = ((n * g.outerHeight + i) * g.outerWidth + j) * channels + c
                            y[outer] = x.values[inner]
                            dx[inner].add(Double(dy.values[outer]))
                        }
                    }
                }
            }
            let pad = KernelUse(
                name: .pad, geometry: g, inputs: [x],
                outputs: [Rows(rowLength: g.outerWidth * channels, rowCount: 2 * g.outerHeight)], rowCount: 2 * g.outerHeight)
            #expect(pad.run(build)[0].values == y)
            let gradient = KernelUse(
                name: .padGradient, geometry: g, inputs: [dy],
                outputs: [Rows(rowLength: width * channels, rowCount: 2 * height)], rowCount: 2 * height)
            expectClose(gradient.run(build)[0].values, dx, relative: 1e-6)
        }
    }
}

extension AxisResampling {
    /// Pixels of the result, those of the image in them, and their weights.
    fileprivate var taps: [(output: Int, source: Int, weight: Double)] {
        (0..<outputCount).flatMap { output in
            let weight = Double(self.weight(output))
            return [(output, first(output), 1 - weight), (output, second(output), weight)].filter { $0.2 != 0 }
        }
    }
}
