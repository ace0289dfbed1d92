import KernelInterface

// conv2d_direct: convolution of any filter, stride and padding.
//
// Formula        y[n, r, c, o] = epilogue(Σ x'[n, r·s + ky − pt, c·s + kx − pl, i] · filter[ky, kx, i, o]),
//                x' = prologue(x) inside the image and 0 outside.
// Operands       input 0: x, f32 or, with a prologue that says so, u8; input 1: the filter as pack_filter
//                leaves it; then the operands of prologue and epilogue. Prologue operands have the shape
//                of x; epilogue operands that of the convolution's result, before any pixel shuffle.
//                Each result of the epilogue is an output. Geometry: ConvolutionGeometry.
// Layout         [N, H, W, C] rows. With shuffleBlock b > 1, row r, pixel c, channel (i·b + j)·C' + k is
//                stored at row r·b + i, pixel c·b + j, channel k, and firstRow and endRow, which count rows
//                of the output, are multiples of b.
// Memory         any alignment of the element. Without a shuffle an output may be an epilogue operand
//                with one element for each element, at the same place. Scratch: `directScratchByteCount`.
// Tails          strips of at most 48 pixels, tiles of 6 or 4 pixels by 16 channels, or of 8 or 4 pixels
//                by the last 8; what they compute beyond the row or the last channel is dropped.
// Accumulation   in f32 from 0, one multiplyAdd per term in the order ky, kx, i, for each element
//                alone: within 3e-7·√terms of the sum of the terms' magnitudes.
// Chosen         for every convolution no faster kernel fits.
// Measured       one thread, AVX2, 64→64 3×3, 128×128, bias and ReLU: 105 GFLOP/s, 89% of the machine's
//                measured FMA peak of 118; 24×24 patches 109, 256→256 110, 64→3 30.

@Sendable
func convolveDirect(_ call: UnsafePointer<KernelCall>) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: ConvolutionGeometry.self).pointee
    let convolution = DirectConvolution(call, geometry)
    let firstRow = call.firstRow / geometry.shuffleBlock
    let endRow = call.endRow / geometry.shuffleBlock
    var firstPixel = 0
    while firstPixel < geometry.outputWidth {
        convolution.computeStrip(firstPixel: firstPixel, rows: firstRow..<endRow)
        firstPixel += convolution.layout.stripWidth
    }
}

private struct DirectConvolution {
    let layout: DirectConvolutionLayout
    private let call: KernelCall
    private let geometry: ConvolutionGeometry
    private let strip: InputStrip
    private let results: ConvolutionResults
    private let filterRows: UnsafeMutablePointer<UnsafePointer<Float>>
    private let result: UnsafeMutablePointer<Float>

    init(_ call: KernelCall, _ geometry: ConvolutionGeometry) {
        layout = DirectConvolutionLayout(
            geometry, prologueByteCount: call.prologue.scratchByteCount(channels: geometry.inputChannels),
            epilogueByteCount: call.epilogue.scratchByteCount(channels: geometry.outputChannels),
            resultCount: call.epilogue.resultCount)
        self.call = call
        self.geometry = geometry
        strip = InputStrip(call, geometry, scratch: call.scratch + layout.prologueOffset)
        results = ConvolutionResults(
            call, geometry, paddedChannels: layout.paddedChannels,
            epilogueScratch: call.scratch + layout.epilogueOffset,
            shuffleScratch: call.scratch + layout.shuffleOffset, shuffleByteCount: layout.shuffleByteCount)
        filterRows = (call.scratch + layout.rowTableOffset).assumingMemoryBound(to: UnsafePointer<Float>.self)
        result = (call.scratch + layout.resultOffset).floats
    }

    /// Computes one strip of some of the convolution's own rows. Each input row is read once.
    func computeStrip(firstPixel: Int, rows: Range<Int>) {
        let count = min(layout.stripWidth, geometry.outputWidth - firstPixel)
        let computed = count.roundedUp(to: DirectConvolutionLayout.tileWidth)
        let inputCount = (computed - 1) * geometry.stride + geometry.filterWidth
        // Rows are counted from the first row of padding: row p of the image lies in the ring at
        // p mod filterHeight.
        var loadedEnd = 0
        var row = rows.lowerBound
        while row < rows.upperBound {
            let image = row / geometry.outputHeight
            let top = row % geometry.outputHeight * geometry.stride
            if row == rows.lowerBound || top == 0 { loadedEnd = top }
            var padded = max(loadedEnd, top)
            while padded < top + geometry.filterHeight {
                strip.load(
                    image: image, y: padded - geometry.padTop,
                    firstPixel: firstPixel * geometry.stride - geometry.padLeft, count: inputCount,
                    to: ringRow(padded))
                padded += 1
            }
            loadedEnd = padded
            for ky in 0..<geometry.filterHeight { filterRows[ky] = UnsafePointer(ringRow(top + ky)) }
            StripProduct(
                rows: UnsafePointer(filterRows), rowCount: geometry.filterHeight, firstTerm: 0,
                termCount: geometry.filterWidth * geometry.inputChannels,
                filter: UnsafeRawPointer(call.inputs[1].row(0)).floats, paddedChannels: layout.paddedChannels,
                pixelStride: geometry.stride * geometry.inputChannels, resultStride: layout.paddedChannels
            ).multiply(count: count, to: result)
            results.store(result, row: row, firstPixel: firstPixel, count: count)
            row += 1
        }
    }

    private func ringRow(_ padded: Int) -> UnsafeMutablePointer<Float> {
        (call.scratch + (layout.ringOffset + padded % geometry.filterHeight * layout.ringRowByteStride)).floats
    }
}
