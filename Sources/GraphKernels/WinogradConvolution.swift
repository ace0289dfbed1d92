import GraphBasics
import GraphKernelInterface

// conv2d_winograd: 3×3 and 5×5 convolutions of stride 1 by Winograd's F(4×4, 3×3), 2.25 multiplications in place of 9,
// and F(4×4, 5×5), 4 in place of 25.
//
// Formula        Y = epilogue(Aᵀ[Σ (G·g·Gᵀ) ⊙ (Bᵀ·d·B)]A) for each tile of 4 × 4 results, d being its 6 × 6 or 8 × 8
//                inputs, g the filter, and the sum over input channels; the matrices of `WinogradTransforms`
//                and `WinogradTransformsOfEight`.
// Operands       input 0: x f32; input 1: the filter as transform_filter leaves it; then the operands of the
//                epilogue, as for conv2d_direct. Geometry: ConvolutionGeometry; inputChannels is at
//                least 8. No prologue.
// Layout         as conv2d_direct. Tiles are anchored at row 0 and pixel 0 of each image; firstRow and
//                endRow lie where tiles or images end, counted in the convolution's own rows.
// Memory         as conv2d_direct. Scratch: `winogradScratchByteCount`.
// Tails          tiles that reach past the image compute with zeros and store what is inside. Blocks of
//                output channels are 16 wide, the last 8.
// Accumulation   in f32, one multiplyAdd per input channel in order, for each of 36 or 64 products alone; a
//                result depends on its tile's inputs only. Within 1e-6 of the largest sum of its terms'
//                magnitudes, 5e-6 with 5×5 filters.
// Source         Lavin and Gray (CVPR 2016), algorithm 1, in blocks whose planes stay in the L2 cache.
// Chosen         for 3×3 and 5×5 filters of stride 1 on enough channels and pixels; see the kernel table.
// Measured       `graphrun bench Graphs/edsr.graph --workload tile --threads 1 --profile`, AVX-512, against an FMA peak
//                of 118 GFLOP/s, in direct convolution's operations: 64→64 at 128×128 2.8 to 3.1 times the peak,
//                with what else the machine does; by `--algorithm separate` 64→256 3.0 to 3.1 at 128×128 and 3.1 to
//                3.2 at 256×256, 64→3 at 512×512 0.5. With AVX2 a tenth less. A network of nothing but 5×5
//                convolutions 64→64 runs at 2.9 times the peak, where direct convolution is at most once.

@Sendable
func convolveWinograd(_ call: UnsafePointer<KernelCall>) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: ConvolutionGeometry.self).pointee
    WinogradConvolution(call, geometry).compute(
        firstRow: call.firstRow / geometry.shuffleBlock, endRow: call.endRow / geometry.shuffleBlock)
}

private struct WinogradConvolution {
    private let layout: WinogradLayout
    private let call: KernelCall
    private let geometry: ConvolutionGeometry
    private let grid: WinogradTiles
    private let input: WinogradInput
    private let planes: UnsafeMutablePointer<Float>
    private let products: UnsafeMutablePointer<Float>
    /// A block's result before the epilogue, where that does not run on registers.
    private let result: UnsafeMutablePointer<Float>
    private let results: ConvolutionResults
    private let registerEpilogue: RegisterEpilogue?

    init(_ call: KernelCall, _ geometry: ConvolutionGeometry) {
        layout = WinogradLayout(
            geometry, epilogueByteCount: call.epilogue.scratchByteCount(channels: geometry.outputChannels),
            resultCount: call.epilogue.resultCount)
        self.call = call
        self.geometry = geometry
        grid = WinogradTiles(geometry)
        input = WinogradInput(
            call, geometry, zeros: (call.scratch + layout.zerosOffset).floats,
            lineBuffer: (call.scratch + layout.lineBufferOffset).floats)
        planes = (call.scratch + layout.planeOffset).floats
        products = (call.scratch + layout.productOffset).floats
        result = (call.scratch + layout.resultOffset).floats
        results = ConvolutionResults(
            call, geometry, paddedChannels: layout.paddedChannels,
            epilogueScratch: call.scratch + layout.epilogueOffset,
            shuffleScratch: call.scratch + layout.shuffleOffset, shuffleByteCount: layout.shuffleByteCount)
        // Groups of channels must be stored side by side.
        let block = geometry.shuffleBlock
        let isWhole =
            block == 1
            ? geometry.outputChannels % 8 == 0
            : geometry.outputChannels / (block * block) % layout.groupChannels == 0
        registerEpilogue = isWhole ? RegisterEpilogue(call.epilogue, inputs: call.inputs, channels: geometry.outputChannels) : nil
    }

    /// Some of the convolution's own rows, counted over the batch.
    func compute(firstRow: Int, endRow: Int) {
        let firstTile = grid.tileRow(containing: firstRow) * grid.tilesPerRow
        let endTile = (grid.tileRow(containing: endRow - 1) + 1) * grid.tilesPerRow
        let blockCount = (endTile - firstTile).ceilingDivided(by: layout.blockTileCount)
        let blockTileCount = min(
            layout.blockTileCount, (endTile - firstTile).ceilingDivided(by: blockCount))
        var tile = firstTile
        while tile < endTile {
            computeBlock(tile..<min(tile + blockTileCount, endTile))
            tile += blockTileCount
        }
    }

    private func computeBlock(_ tiles: Range<Int>) {
        grid.forEachRun(tiles) { run in
            input.transform(run, to: planes + run.place * geometry.winogradInputChannels, planeStride: layout.planeStride)
        }
        var filter = UnsafeRawPointer(call.inputs[1].row(0)).floats
        for channel in stride(from: 0, to: layout.paddedChannels, by: layout.groupChannels) {
            let channels = min(layout.groupChannels, layout.paddedChannels - channel)
            multiply(filter, channel: channel, channels: channels, tiles: tiles)
            grid.forEachRun(tiles) { run in
                transformOutput(run, channel: channel, channels: channels)
            }
            filter += geometry.winogradPlaneCount * geometry.winogradInputChannels * channels
        }
        guard registerEpilogue == nil else { return }
        grid.forEachRun(tiles) { run in
            for row in 0..<run.rowCount {
                results.store(
                    waitingRow(run, row), row: run.firstRow + row, firstPixel: run.firstPixel, count: run.pixelCount)
            }
        }
    }

    /// products[plane][tile][o] = Σ planes[plane][tile][i] · filter[plane][i][o] for a group of output channels.
    ///
    /// Meanwhile the rows that the output stage reads and writes come into the caches, which it alone would
    /// wait for.
    private func multiply(_ filter: UnsafePointer<Float>, channel firstChannel: Int, channels: Int, tiles: Range<Int>) {
        var filter = filter
        for plane in 0..<geometry.winogradPlaneCount {
            grid.forEachRun(tiles) { run in
                fetchAhead(run, channel: firstChannel, channels: channels, part: plane)
            }
            var row = UnsafePointer(planes + plane * layout.planeStride)
            withUnsafePointer(to: &row) { row in
                var channel = 0
                while channel < channels {
                    let width = tileChannels(remaining: channels - channel)
                    let piece = TermPiece(
                        rows: row, rowCount: 1, firstTerm: 0, termCount: geometry.winogradInputChannels,
                        filter: filter, filterRowStride: 0,
                        filterBlockStride: geometry.winogradInputChannels * 16, pixelStride: geometry.winogradInputChannels,
                        resultStride: layout.productTileStride, isFirst: true)
                    let result = products + (plane * layout.productPlaneStride + channel)
                    multiplyTiles(piece, channels: width, count: tiles.count, result: result)
                    filter += geometry.winogradInputChannels * width
                    channel += width
                }
            }
        }
    }

    /// Brings one of 36 parts of what ``transformOutput`` reads and writes into the caches; there are none after them.
    @inline(__always)
    private func fetchAhead(_ run: WinogradTiles.Run, channel: Int, channels: Int, part: Int) {
        let (row, ninth) = part.quotientAndRemainder(dividingBy: 9)
        guard row < run.rowCount else { return }
        let pixels = run.pixelCount * ninth / 9..<run.pixelCount * (ninth + 1) / 9
        fetchAhead(resultPlace(run, row, channel), pixels, pixelStride: resultPixelStride, channels: channels)
        let epilogue = registerEpilogue ?? RegisterEpilogue()
        if case .mask(let mask) = epilogue.gate {
            fetchAhead(place(in: mask, run, row, channel), pixels, pixelStride: geometry.outputChannels, channels: channels)
        }
        if let addend = epilogue.addend {
            fetchAhead(place(in: addend, run, row, channel), pixels, pixelStride: geometry.outputChannels, channels: channels)
        }
    }

    @inline(__always)
    private func fetchAhead(
        _ row: UnsafeMutablePointer<Float>, _ pixels: Range<Int>, pixelStride: Int, channels: Int
    ) {
        for pixel in pixels {
            for channel in stride(from: 0, to: channels, by: 16) { prefetch(row + (pixel * pixelStride + channel)) }
        }
    }

    /// A group of channels of a run of tiles.
    private func transformOutput(_ run: WinogradTiles.Run, channel: Int, channels: Int) {
        let epilogue = registerEpilogue ?? RegisterEpilogue()
        let operandRows = { (operand: TensorRows) in
            WinogradRows(pixelStride: geometry.outputChannels) { row in place(in: operand, run, row, channel) }
        }
        var masks: WinogradRows?
        if case .mask(let mask) = epilogue.gate { masks = operandRows(mask) }
        WinogradOutput(
            planeStride: layout.productPlaneStride, tileStride: layout.productTileStride,
            channels: channels, bias: epilogue.bias?.from(channel), floor: Vector(repeating: epilogue.floor),
            isBounded: epilogue.isBounded, ceiling: Vector(repeating: epilogue.ceiling),
            isSloped: epilogue.isSloped, slopes: epilogue.slopes?.from(channel), slope: Vector(repeating: epilogue.slope),
            scale: Vector(repeating: epilogue.scale),
            results: WinogradRows(pixelStride: resultPixelStride) { row in resultPlace(run, row, channel) },
            masks: masks, addends: epilogue.addend.map(operandRows),
            sums: (call.scratch + layout.lineBufferOffset).floats
        ).transform(
            UnsafePointer(products + run.place * layout.productTileStride), inputTileSize: geometry.winogradInputTileSize,
            rowCount: run.rowCount, pixelCount: run.pixelCount)
    }

    /// Where row `row` of a run begins in a tensor of the result's shape.
    @inline(__always)
    private func place(
        in tensor: TensorRows, _ run: WinogradTiles.Run, _ row: Int, _ channel: Int
    ) -> UnsafeMutablePointer<Float> {
        tensor.row(run.firstRow + row).floats + (run.firstPixel * geometry.outputChannels + channel)
    }

    /// Where row `row` of a run is stored: in the result, or where it waits for the epilogue.
    @inline(__always)
    private func resultPlace(_ run: WinogradTiles.Run, _ row: Int, _ channel: Int) -> UnsafeMutablePointer<Float> {
        guard registerEpilogue != nil else { return waitingRow(run, row) + channel }
        let block = geometry.shuffleBlock
        let shuffledChannels = geometry.outputChannels / (block * block)
        let (subpixel, k) = channel.quotientAndRemainder(dividingBy: shuffledChannels)
        let (i, j) = subpixel.quotientAndRemainder(dividingBy: block)
        return call.outputs[0].row((run.firstRow + row) * block + i).floats
            + ((run.firstPixel * block + j) * shuffledChannels + k)
    }

    /// Elements from one stored pixel to the next.
    private var resultPixelStride: Int {
        registerEpilogue == nil ? layout.paddedChannels : geometry.outputChannels / geometry.shuffleBlock
    }

    /// Where row `row` of a run waits for the epilogue.
    private func waitingRow(_ run: WinogradTiles.Run, _ row: Int) -> UnsafeMutablePointer<Float> {
        let tileSize = WinogradLayout.tileSize
        return result + tileSize * (tileSize * run.place + row * run.count) * layout.paddedChannels
    }
}
