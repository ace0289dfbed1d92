import GraphKernelInterface
import Testing

/// The three ways to an input gradient, each against the definition.
@Suite struct InputGradientTests {
    enum Way {
        /// At stride 1: convolutions of dy with the rotated filter.
        case direct, depthwise, winograd
        case byPhase

        var kernel: KernelName {
            switch self {
            case .direct: .conv2DDirect
            case .depthwise: .conv2DDepthwise
            case .winograd: .conv2DWinograd
            case .byPhase: .conv2DInputGradientDirect
            }
        }
    }

    /// A forward convolution, the gradient by its result, and uses that lead back.
    struct Gradient {
        var forward: ConvolutionData
        var dy: Rows

        init(_ shape: ConvolutionCase) {
            forward = ConvolutionData(shape)
            dy = DirectFilterGradientTests.outputGradient(forward)
        }

        func geometry(_ way: Way, shuffleBlock: Int = 1) -> ConvolutionGeometry {
            let g = forward.geometry
            let isRotated = way != .byPhase
            return ConvolutionGeometry(
                inputHeight: g.outputHeight, inputWidth: g.outputWidth, inputChannels: g.outputChannels,
                outputHeight: g.inputHeight, outputWidth: g.inputWidth, outputChannels: g.inputChannels,
                filterHeight: g.filterHeight, filterWidth: g.filterWidth, stride: g.stride,
                padTop: isRotated ? g.reachHeight - 1 - g.padTop : g.padTop,
                padLeft: isRotated ? g.reachWidth - 1 - g.padLeft : g.padLeft, dilation: g.dilation, groupCount: g.groupCount,
                shuffleBlock: shuffleBlock, imageCount: forward.images)
        }

        /// The filter as the kernel of a way reads it.
        private func packedFilter(_ build: Build, _ way: Way, _ geometry: ConvolutionGeometry) -> Rows {
            let packing = geometry.isDepthwise ? geometry.ofDepthwiseFilter : geometry
            let byteCount = way == .winograd ? packing.transformedFilterByteCount : packing.packedFilterByteCount
            return KernelUse(
                name: way == .winograd ? .transformFilterRotated : .packFilterRotated, geometry: packing,
                inputs: [forward.filter], outputs: [Rows(rowLength: byteCount / 4, rowCount: 1)],
                scratchByteCount: way == .winograd ? packing.rotatedFilterScratchByteCount : 0, rowCount: 1
            ).run(build)[0]
        }

        func use(
            _ build: Build, _ way: Way, prologue: PointwiseProgram? = nil, prologueOperands: [Rows] = [],
            epilogue: PointwiseProgram? = nil, epilogueOperands: [Rows] = [], shuffleBlock block: Int = 1
        ) -> KernelUse<ConvolutionGeometry> {
            let geometry = geometry(way, shuffleBlock: block)
            let filter = packedFilter(build, way, geometry)
            let rowCount = forward.images * geometry.outputHeight * block
            let scratchByteCount =
                switch way {
                case .direct: geometry.directScratchByteCount(prologue: prologue, epilogue: epilogue)
                case .depthwise: geometry.depthwiseScratchByteCount(prologue: prologue, epilogue: epilogue)
                case .winograd: geometry.winogradScratchByteCount(epilogue: epilogue)
                case .byPhase: geometry.directInputGradientScratchByteCount(prologue: prologue, epilogue: epilogue)
                }
            return KernelUse(
                name: way.kernel, geometry: geometry,
                inputs: [dy, filter] + prologueOperands + epilogueOperands,
                outputs: (epilogue?.results ?? [PointwiseResult(value: 0)]).map {
                    Rows(
                        rowLength: geometry.outputWidth * geometry.outputChannels / block, element: $0.element,
                        rowCount: rowCount)
                },
                prologue: prologue, prologueInput: 2, epilogue: epilogue,
                epilogueInput: 2 + prologueOperands.count, scratchByteCount: scratchByteCount, rowCount: rowCount)
        }

        /// dx[n, y, x, i] = Σ over the results that x[n, y, x, i] goes into.
        var exact: [ExactSum] {
            referenceInputGradient(dy: dy.values, filter: forward.filter.values, forward.geometry, images: forward.images)
        }
    }

    private static let filters = [(1, 1), (3, 3), (5, 5), (9, 9), (1, 7), (5, 3), (2, 4)]

    static let strided: [ConvolutionCase] =
        filters.flatMap { filter in
            (1...4).flatMap { stride in
                [nil, [0, 0, 0, 0], [2, 1, 0, 3], [5, 5, 5, 5]].map { sides in
                    ConvolutionCase(
                        images: 2, height: 11, width: 13, inputChannels: 3, outputChannels: 5, filterHeight: filter.0,
                        filterWidth: filter.1, stride: stride, sides: sides)
                }
            }
        }
        + (1...40).map { ConvolutionCase(height: 3, width: $0, inputChannels: 17, outputChannels: 2, stride: 2) }
        + [97, 98, 193, 300].map { ConvolutionCase(height: 2, width: $0, inputChannels: 8, stride: 2) }
        + [1, 2, 8, 9, 15, 16, 17, 64, 256].flatMap {
            [
                ConvolutionCase(height: 4, width: 9, inputChannels: $0, outputChannels: 6, stride: 2),
                ConvolutionCase(height: 4, width: 9, inputChannels: 4, outputChannels: $0, stride: 3),
            ]
        }
        + ConvolutionCase.grouped.filter { $0.dilation == 1 }
        + [1, 3, 7, 8, 9, 16, 33].flatMap { channels in
            (1...3).map {
                ConvolutionCase(
                    images: 2, height: 5, width: 11 + $0, inputChannels: 2 * channels, outputChannels: 2 * channels, stride: $0,
                    groups: 2 * channels)
            }
        }
        + [
            ConvolutionCase(height: 1, width: 1, stride: 2), ConvolutionCase(height: 2, width: 1, stride: 64),
            ConvolutionCase(height: 70, width: 150, inputChannels: 2, stride: 64),
        ]

    @Test(arguments: Build.runnable, strided)
    func byPhaseEqualsTheSum(_ build: Build, _ shape: ConvolutionCase) {
        let gradient = Gradient(shape)
        let terms = shape.filterHeight * shape.filterWidth * shape.outputChannels / shape.groups
        expectClose(
            gradient.use(build, .byPhase).run(build)[0].values, gradient.exact,
            relative: 3e-7 * Double(terms).squareRoot())
    }

    @Test(arguments: Build.runnable)
    func convolutionWithTheRotatedFilterEqualsTheSum(_ build: Build) {
        for filter in Self.filters {
            for sides in [nil, [0, 0, 0, 0], [1, 1, 1, 1], [2, 1, 0, 3], [5, 5, 5, 5]] {
                let gradient = Gradient(
                    ConvolutionCase(
                        images: 2, height: 9, width: 10, inputChannels: 5, outputChannels: 11,
                        filterHeight: filter.0, filterWidth: filter.1, sides: sides))
                expectClose(gradient.use(build, .direct).run(build)[0].values, gradient.exact, relative: 4e-6)
            }
        }
    }

    @Test(arguments: Build.runnable)
    func groupsByTheRotatedFilterEqualTheSum(_ build: Build) {
        for shape in ConvolutionCase.grouped where shape.stride == 1 {
            let gradient = Gradient(shape)
            expectClose(gradient.use(build, .direct).run(build)[0].values, gradient.exact, relative: 8e-6)
        }
        for channels in [2, 7, 9, 16, 33] {
            for dilation in [1, 2, 5] {
                let gradient = Gradient(
                    ConvolutionCase(
                        images: 2, height: 7, width: 13, inputChannels: channels, outputChannels: channels, dilation: dilation,
                        groups: channels, sides: [0, 9, 8, 1]))
                expectClose(gradient.use(build, .depthwise).run(build)[0].values, gradient.exact, relative: 1e-6)
            }
        }
    }

    /// With a stride and a dilation, by a filter with zeros between its taps.
    @Test(arguments: Build.runnable, [(2, 2), (2, 3), (3, 2)])
    func dilatedFilterEqualsTheSum(_ build: Build, _ steps: (stride: Int, dilation: Int)) {
        for groups in [1, 2] {
            var shape = ConvolutionCase(
                images: 2, height: 12, width: 13, inputChannels: 4, outputChannels: 6, filterHeight: 3, filterWidth: 2,
                stride: steps.stride, dilation: steps.dilation, groups: groups)
            let exact = Gradient(shape)
            let geometry = exact.geometry(.byPhase), dilated = geometry.withDilatedFilter
            let filter = KernelUse(
                name: .dilateFilter, geometry: geometry, inputs: [exact.forward.filter],
                outputs: [Rows(rowLength: 24 / groups, rowCount: dilated.filterHeight * dilated.filterWidth)],
                rowCount: dilated.filterHeight * dilated.filterWidth
            ).run(build)[0]
            (shape.filterHeight, shape.filterWidth, shape.dilation) = (dilated.filterHeight, dilated.filterWidth, 1)
            var gradient = Gradient(shape)
            gradient.dy = exact.dy
            gradient.forward.filter = filter
            expectClose(gradient.use(build, .byPhase).run(build)[0].values, exact.exact, relative: 2e-6)
        }
    }

    /// The result's channels around the vector, the block and the group; dy's channels in vectors that are whole, and in
    /// those whose last shares some with the one before.
    @Test(arguments: Build.runnable, [1, 3, 8, 9, 17, 64, 72])
    func winogradWithTheRotatedFilterEqualsTheSum(_ build: Build, _ channels: Int) {
        for (height, width, gradientChannels) in [
            (1, 1, 8), (6, 7, 16), (9, 5, 64), (4, 30, 72), (5, 6, 9), (3, 9, 12), (7, 4, 23),
        ] {
            for sides in [nil, [0, 0, 0, 0], [0, 2, 1, 0], [2, 2, 2, 2]] {
                guard height + (sides?[0] ?? 1) + (sides?[1] ?? 1) >= 3, width + (sides?[2] ?? 1) + (sides?[3] ?? 1) >= 3
                else { continue }
                let gradient = Gradient(
                    ConvolutionCase(
                        images: 2, height: height, width: width, inputChannels: channels,
                        outputChannels: gradientChannels, sides: sides))
                expectWinograd(gradient, build, relative: 2e-6)
            }
        }
    }

    @Test(arguments: Build.runnable, [(8, 8), (9, 17), (23, 12)])
    func winogradWithTheRotatedFilterOfFiveTapsEqualsTheSum(_ build: Build, channels: (Int, Int)) {
        let shape = ConvolutionCase(
            images: 2, height: 7, width: 9, inputChannels: channels.0, outputChannels: channels.1, filterHeight: 5,
            filterWidth: 5)
        expectWinograd(Gradient(shape), build, relative: 5e-6)
    }

    /// A tile's inputs are added and subtracted first, so that errors go with the largest sum.
    private func expectWinograd(_ gradient: Gradient, _ build: Build, relative: Double) {
        var exact = gradient.exact
        let largest = exact.map(\.magnitude).max() ?? 0
        for i in exact.indices { exact[i].magnitude = largest }
        expectClose(gradient.use(build, .winograd).run(build)[0].values, exact, relative: relative)
    }

    /// Rows are the same whatever calls they are computed in, and read only what they need.
    @Test(arguments: Build.runnable, [1, 2, 3, 7])
    func rowsAreTheSameInRollingBuffers(_ build: Build, _ rowsPerCall: Int) {
        for shape in [
            ConvolutionCase(images: 2, height: 9, width: 15, stride: 2),
            ConvolutionCase(images: 2, height: 10, width: 5, filterHeight: 5, filterWidth: 1, stride: 3, sides: [4, 0, 0, 0]),
            ConvolutionCase(height: 13, width: 60, filterHeight: 3, stride: 4, sides: [0, 2, 0, 2]),
        ] {
            let gradient = Gradient(shape)
            let g = gradient.forward.geometry
            let use = gradient.use(build, .byPhase)
            let rolled = use.runRolling(build, rowsPerCall: rowsPerCall) { k, rows in
                guard k == 0 else { return nil }
                let needed = rows.flatMap { row in
                    (0..<g.filterHeight).compactMap { ky -> Int? in
                        let place = row % g.inputHeight + g.padTop - ky
                        guard place >= 0, place % g.stride == 0, place / g.stride < g.outputHeight else { return nil }
                        return row / g.inputHeight * g.outputHeight + place / g.stride
                    }
                }
                return needed.isEmpty ? 0..<0 : needed.min()!..<needed.max()! + 1
            }
            #expect(rolled == use.run(build))
        }
    }

    @Test(arguments: Build.runnable, Programs.epilogues)
    func epilogueEqualsTheStep(_ build: Build, _ named: NamedProgram) {
        let shape = ConvolutionCase(images: 2, height: 5, width: 53, inputChannels: 3, stride: 2)
        let gradient = Gradient(shape)
        let raw = gradient.use(build, .byPhase).run(build)[0]
        let operands = named.operands(rowCount: raw.rowCount, width: 53, channels: 3)
        let step = pointwiseUse(named.program, [raw] + operands, width: 53, channels: 3)
        let fused = gradient.use(build, .byPhase, epilogue: named.program, epilogueOperands: operands)
        #expect(fused.run(build) == step.run(build))
    }

    @Test(arguments: Build.runnable, Programs.prologues)
    func prologueEqualsTheStep(_ build: Build, _ named: NamedProgram) {
        var gradient = Gradient(ConvolutionCase(images: 2, height: 5, width: 9, inputChannels: 2, outputChannels: 3, stride: 2))
        if named.program.operands[0].element == .u8 {
            var numbers = Numbers(3)
            gradient.dy = numbers.byteRows(gradient.dy.rowCount, gradient.dy.rowLength)
        }
        let operands = named.operands(
            rowCount: gradient.dy.rowCount, width: gradient.forward.geometry.outputWidth, channels: 3)
        var after = gradient
        after.dy =
            pointwiseUse(
                named.program, [gradient.dy] + operands, width: gradient.forward.geometry.outputWidth, channels: 3
            ).run(build)[0]
        let fused = gradient.use(build, .byPhase, prologue: named.program, prologueOperands: operands)
        #expect(fused.run(build) == after.use(build, .byPhase).run(build))
    }

    @Test(arguments: Build.runnable, [2, 3])
    func shufflesPixels(_ build: Build, _ block: Int) {
        let channels = 3 * block * block
        let gradient = Gradient(
            ConvolutionCase(images: 2, height: 4, width: 7, inputChannels: channels, outputChannels: 2, stride: 2))
        let plain = gradient.use(build, .byPhase).run(build)[0].values
        let shuffled = gradient.use(build, .byPhase, shuffleBlock: block).run(build)[0].values
        #expect(shuffled == referenceDepthToSpace(plain, width: 7, channels: 3, block: block))
    }

    /// With a stride, as a convolution with the filter's phases and a pixel shuffle.
    @Test(arguments: Build.runnable, [(2, 2, 0), (3, 2, 1), (3, 2, 0), (4, 2, 1), (5, 2, 2), (9, 4, 4), (9, 3, 4), (2, 4, 0)])
    func equalsTheSumAsShuffledConvolution(_ build: Build, _ filter: (size: Int, stride: Int, pad: Int)) {
        for (height, width, channels) in [(1, 1, 3), (4, 7, 8), (5, 13, 9)] {
            // What stride times as many rows, and as many columns as fit the filter, have as their convolution's result.
            let (rows, columns) = (filter.stride * height, filter.stride * width)
            let after = (height - 1) * filter.stride + filter.size - rows - filter.pad
            let acrossAfter = (width - 1) * filter.stride + filter.size - columns - filter.pad
            guard after >= 0, acrossAfter >= 0 else { continue }
            let gradient = Gradient(
                ConvolutionCase(
                    images: 2, height: rows, width: columns, inputChannels: 5, outputChannels: channels,
                    filterHeight: filter.size, filterWidth: filter.size, stride: filter.stride,
                    sides: [filter.pad, after, filter.pad, acrossAfter]))
            let geometry = gradient.geometry(.byPhase)
            guard var shuffled = geometry.shuffledInputGradient else {
                Issue.record("\(filter) is no convolution and shuffle")
                continue
            }
            shuffled.imageCount = 2
            let taps = shuffled.filterHeight * shuffled.filterWidth
            let phases = KernelUse(
                name: .filterPhases, geometry: geometry, inputs: [gradient.forward.filter],
                outputs: [Rows(rowLength: shuffled.inputChannels * shuffled.outputChannels, rowCount: taps)], rowCount: taps
            ).run(build)[0]
            let packed = KernelUse(
                name: .packFilter, geometry: shuffled, inputs: [phases],
                outputs: [Rows(rowLength: shuffled.packedFilterByteCount / 4, rowCount: 1)], rowCount: 1
            ).run(build)[0]
            let result = KernelUse(
                name: .conv2DDirect, geometry: shuffled, inputs: [gradient.dy, packed],
                outputs: [Rows(rowLength: columns * 5, rowCount: 2 * rows)],
                scratchByteCount: shuffled.directScratchByteCount(prologue: nil, epilogue: nil), rowCount: 2 * rows
            ).run(build)[0].values
            expectClose(result, gradient.exact, relative: 4e-6)
        }
    }
}
