import GraphKernelInterface

// winograd_gradient_products: what the filter gradient of a 3×3 or 5×5 convolution of stride 1 sums over tiles.
//
// Formula        products[a, b][i, o] = Σ over a chunk's tiles of (Bᵀ·d·B)[a, b][i] · (A·dy·Aᵀ)[a, b][o], d being
//                a tile's 6 × 6 or 8 × 8 inputs, dy its 4 × 4 output gradients, 0 outside the image; and Σ dy[o].
// Operands       input 0: x f32; input 1: dy f32. Geometry: ConvolutionGeometry of the forward convolution,
//                with imageCount; inputChannels are at least 8.
// Layout         a row of the output for each chunk of tiles and pair of channel groups, as
//                `WinogradGradientLayout` says.
// Memory         f32 of any alignment; the output overlaps no input. Scratch: `WinogradGradientLayout`.
// Tails          tiles that reach past the image compute with zeros; so do lanes past the last channel. Input
//                channels are those of `winogradInputChannels`: some may be there twice.
// Accumulation   in f32 with multiplyAdd from 0, tile after tile.
// Source         Lavin and Gray (CVPR 2016), section 4.3, transposed.
// Chosen         for the filter gradient of 3×3 and 5×5 convolutions of stride 1 on enough channels and pixels.
// Measured       `graphrun bench Graphs/edsr.graph --workload step --profile`, one thread, AVX2: 64→64 on 16 patches
//                of 24×24 in 2.3 ms, 290 GFLOP/s in direct convolution's operations, 2.5 times the FMA peak of 118.

@Sendable
func multiplyWinogradGradient(_ call: UnsafePointer<KernelCall>) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: ConvolutionGeometry.self).pointee
    let products = WinogradGradientProducts(call, geometry)
    for row in call.firstRow..<call.endRow { products.compute(row: row) }
}

private struct WinogradGradientProducts {
    private let call: KernelCall
    private let geometry: ConvolutionGeometry
    private let layout: WinogradGradientLayout
    private let grid: WinogradTiles
    private let input: WinogradInput
    private let inputPlanes: UnsafeMutablePointer<Float>
    private let gradientPlanes: UnsafeMutablePointer<Float>
    /// Room for 24 or 32 vectors: the line buffer, which the input's transform has done with.
    private let columns: UnsafeMutablePointer<Float>

    init(_ call: KernelCall, _ geometry: ConvolutionGeometry) {
        self.call = call
        self.geometry = geometry
        layout = WinogradGradientLayout(geometry)
        grid = WinogradTiles(geometry)
        columns = (call.scratch + layout.lineBufferOffset).floats
        input = WinogradInput(call, geometry, zeros: (call.scratch + layout.zerosOffset).floats, lineBuffer: columns)
        inputPlanes = (call.scratch + layout.inputOffset).floats
        gradientPlanes = (call.scratch + layout.gradientOffset).floats
    }

    func compute(row: Int) {
        let (chunk, pair) = row.quotientAndRemainder(dividingBy: layout.inputGroupCount * layout.outputGroupCount)
        let (inputGroup, outputGroup) = pair.quotientAndRemainder(dividingBy: layout.outputGroupCount)
        let firstInput = inputGroup * layout.inputGroupChannels
        let inputChannels = min(layout.inputGroupChannels, geometry.winogradInputChannels - firstInput)
        let tileRowCount = geometry.imageCount * grid.tileRowsPerImage
        let tiles =
            tileRowCount * chunk / layout.chunkCount * grid.tilesPerRow..<tileRowCount * (chunk + 1) / layout.chunkCount
            * grid.tilesPerRow
        let products = call.outputs[0].row(row).floats
        var isFirst = true
        for tile in stride(from: tiles.lowerBound, to: tiles.upperBound, by: layout.blockTileCount) {
            let block = tile..<min(tile + layout.blockTileCount, tiles.upperBound)
            grid.forEachRun(block) { run in
                input.transform(
                    run, of: geometry.source(0, of: call), channel: firstInput, channels: inputChannels,
                    to: inputPlanes + run.place * layout.inputGroupChannels, tileStride: layout.inputGroupChannels,
                    planeStride: layout.inputPlaneStride)
            }
            for lane in stride(from: 0, to: groupChannels(outputGroup), by: 8) {
                let sums = products + (layout.sumOffset + lane)
                if isFirst { sums.store(Vector(repeating: 0), 0) }
                grid.forEachRun(block) { run in
                    if geometry.filterHeight == 3 {
                        transformGradient(Six.self, run, outputGroup: outputGroup, lane: lane, sums)
                    } else {
                        transformGradient(Eight.self, run, outputGroup: outputGroup, lane: lane, sums)
                    }
                }
            }
            multiply(tileCount: block.count, inputChannels: inputChannels, outputGroup: outputGroup, products, isFirst)
            isFirst = false
        }
    }

    private func groupChannels(_ outputGroup: Int) -> Int {
        min(layout.outputGroupChannels, layout.paddedOutputChannels - outputGroup * layout.outputGroupChannels)
    }

    /// A·dy·Aᵀ for eight output channels of a run of tiles, laid out as the products read it: for each block of
    /// 16 channels, tile after tile. Adds dy to `sums`.
    private func transformGradient<Numbers: WinogradInputs>(
        _: Numbers.Type, _ run: WinogradTiles.Run, outputGroup: Int, lane: Int, _ sums: UnsafeMutablePointer<Float>
    ) {
        let channels = geometry.outputChannels
        let channel = outputGroup * layout.outputGroupChannels + lane
        let used = min(8, channels - channel)
        let block = WinogradGradientBlock(layout, outputGroup: outputGroup, lane: lane)
        var planes = gradientPlanes + (block.first * layout.blockTileCount + run.place * block.width + lane - block.first)
        let rows = WinogradRows(pixelStride: channels) { row in
            call.inputs[1].row(run.firstRow + row).floats + (run.firstPixel * channels + channel)
        }
        var sum = UnsafePointer(sums).vector(0)
        for pixel in stride(from: 0, to: run.pixelCount, by: 4) {
            // [row of the plane][column][8]
            for column in 0..<4 {
                let isInside = pixel + column < run.pixelCount
                let load = { (row: Int) -> Vector in
                    guard isInside, row < run.rowCount else { return Vector(repeating: 0) }
                    return lanes(rows.place(row, pixel + column, 0), used)
                }
                let gradients = Four(load(0), load(1), load(2), load(3))
                Numbers.gradientTransformed(gradients).store(to: columns + 8 * column, stride: 32)
                sum = sum + ((gradients.v0 + gradients.v1) + (gradients.v2 + gradients.v3))
            }
            for row in 0..<Numbers.count {
                let source = UnsafePointer(columns + 32 * row)
                Numbers.gradientTransformed(Four(source.vector(0), source.vector(8), source.vector(16), source.vector(24)))
                    .store(
                        to: planes + Numbers.count * row * layout.gradientPlaneStride, stride: layout.gradientPlaneStride)
            }
            planes += block.width
        }
        sums.store(sum, 0)
    }

    /// products[plane][block][i][lane] += Σ over tiles of inputPlanes[plane][tile][i] · gradientPlanes[plane][block][tile][lane]
    private func multiply(
        tileCount: Int, inputChannels: Int, outputGroup: Int, _ products: UnsafeMutablePointer<Float>, _ isFirst: Bool
    ) {
        for plane in 0..<layout.planeCount {
            for lane in stride(from: 0, to: groupChannels(outputGroup), by: 16) {
                let block = WinogradGradientBlock(layout, outputGroup: outputGroup, lane: lane)
                let pixels = PixelBlock(
                    input: UnsafePointer(inputPlanes + plane * layout.inputPlaneStride),
                    outputGradient: UnsafePointer(
                        gradientPlanes + (plane * layout.gradientPlaneStride + lane * layout.blockTileCount)),
                    rowCount: 1, width: tileCount, inputRowStride: 0, pixelStride: layout.inputGroupChannels,
                    isFirst: isFirst)
                let sums = products + (plane * block.planeStride + block.offset)
                if block.width == 16 {
                    sumTiles16(pixels, 0, count: inputChannels, sums)
                } else {
                    for i in stride(from: 0, to: inputChannels, by: 12) { sumTile12x8(pixels, i, sums + 8 * i) }
                }
            }
        }
    }
}

/// Where the products of a block of 16 output channels, or of the last 8, lie in a row.
struct WinogradGradientBlock {
    /// The block's first channel in its group.
    var first: Int
    var width: Int
    /// Elements from the row's begin to the products of lane `lane` with the group's first input channel.
    var offset: Int
    /// Elements from one plane to the next.
    var planeStride: Int

    init(_ layout: WinogradGradientLayout, outputGroup: Int, lane: Int) {
        let groupChannels = min(
            layout.outputGroupChannels, layout.paddedOutputChannels - outputGroup * layout.outputGroupChannels)
        first = lane / 16 * 16
        width = groupChannels - first == 8 ? 8 : 16
        offset = first * layout.matrixRowCount + lane - first
        planeStride = layout.matrixRowCount * layout.outputGroupChannels
    }
}

/// The first `used` of eight channels, and zeros.
@inline(__always)
private func lanes(_ source: UnsafePointer<Float>, _ used: Int) -> Vector {
    if used == 8 { return source.vector(0) }
    var lanes = Vector(repeating: 0)
    for lane in 0..<used { lanes[lane] = source[lane] }
    return lanes
}
