import KernelInterface

// conv2d_filter_gradient_direct: the gradient of a convolution with respect to its filter.
//
// Formula        dw[ky, kx, i, o] = Σ over n, r, c of x'[n, r·s + ky − pt, c·s + kx − pl, i] · dy[n, r, c, o],
//                x' = prologue(x) inside the image and 0 outside.
// Operands       input 0: x, f32 or, with a prologue that says so, u8; input 1: dy f32; then the
//                prologue's operands. Geometry: ConvolutionGeometry of the forward convolution, with
//                imageCount; shuffleBlock is not read.
// Layout         output [kh, kw, in, out] f32: row t is tap t. firstRow and endRow choose taps; taps of
//                one filter row in one call share the work of reading.
// Memory         f32 of any alignment; the output overlaps no input. Scratch:
//                `directFilterGradientScratchByteCount`.
// Tails          tiles of 6 inputs (taps of a filter row and input channels together) by 16 output
//                channels, or of 12 by the last 8; what they compute beyond is dropped.
// Accumulation   in f32: over the pixels of a block of about 96 with multiplyAdd from 0, then the blocks
//                are added to the result from 0, in the order of images, rows, columns. Within
//                3e-7·√pixels of the sum of the terms' magnitudes.
// Chosen         for the filter gradient of every convolution no faster kernel fits.
// Measured       one thread, AVX2, 64→64 3×3, 16 patches of 24×24, all taps: 99 GFLOP/s, 84% of the
//                machine's measured FMA peak of 118; one tap at a time 90, 64→3 25.

@Sendable
func convolveFilterGradientDirect(_ call: UnsafePointer<KernelCall>) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: ConvolutionGeometry.self).pointee
    let filterLength = geometry.inputChannels * geometry.outputChannels
    for tap in call.firstRow..<call.endRow { zero(call.outputs[0].row(tap).floats, count: filterLength) }
    guard call.firstRow < call.endRow else { return }
    let gradient = DirectFilterGradient(call, geometry)
    for image in 0..<geometry.imageCount {
        var firstRow = 0
        while firstRow < geometry.outputHeight {
            var firstPixel = 0
            while firstPixel < geometry.outputWidth {
                gradient.addBlock(image: image, firstRow: firstRow, firstPixel: firstPixel)
                firstPixel += gradient.layout.blockWidth
            }
            firstRow += gradient.layout.blockRows
        }
    }
}

private struct DirectFilterGradient {
    let layout: DirectFilterGradientLayout
    private let call: KernelCall
    private let geometry: ConvolutionGeometry
    private let strip: InputStrip
    private let input: UnsafeMutablePointer<Float>
    private let inputRowStride: Int
    private let outputGradient: UnsafeMutablePointer<Float>
    private let tile: UnsafeMutablePointer<Float>

    init(_ call: KernelCall, _ geometry: ConvolutionGeometry) {
        layout = DirectFilterGradientLayout(
            geometry, prologueByteCount: call.prologue.scratchByteCount(channels: geometry.inputChannels))
        self.call = call
        self.geometry = geometry
        strip = InputStrip(call, geometry, scratch: call.scratch + layout.prologueOffset)
        input = call.scratch.floats
        inputRowStride = layout.inputRowByteStride / 4
        outputGradient = (call.scratch + layout.gradientOffset).floats
        tile = (call.scratch + layout.tileOffset).floats
    }

    /// Adds what one block of output pixels contributes to the call's taps.
    func addBlock(image: Int, firstRow: Int, firstPixel: Int) {
        let rowCount = min(layout.blockRows, geometry.outputHeight - firstRow)
        let width = min(layout.blockWidth, geometry.outputWidth - firstPixel)
        pack(row: image * geometry.outputHeight + firstRow, rowCount: rowCount, firstPixel: firstPixel, width: width)

        let firstFilterRow = call.firstRow / geometry.filterWidth
        let lastFilterRow = (call.endRow - 1) / geometry.filterWidth
        for inputRow in firstFilterRow...((rowCount - 1) * geometry.stride + lastFilterRow) {
            strip.load(
                image: image, y: firstRow * geometry.stride + inputRow - geometry.padTop,
                firstPixel: firstPixel * geometry.stride - geometry.padLeft,
                count: (width - 1) * geometry.stride + geometry.filterWidth,
                to: input + inputRow * inputRowStride)
        }
        for ky in firstFilterRow...lastFilterRow {
            let firstTap = ky * geometry.filterWidth
            addFilterRow(
                ky, taps: max(0, call.firstRow - firstTap)..<min(geometry.filterWidth, call.endRow - firstTap),
                rowCount: rowCount, width: width)
        }
    }

    /// Packs the block's output gradient as [channel block][pixel][16], the last block 8 wide when at most
    /// 8 channels remain.
    private func pack(row: Int, rowCount: Int, firstPixel: Int, width: Int) {
        let channels = geometry.outputChannels
        var packed = outputGradient
        var channel = 0
        while channel < layout.paddedChannels {
            let blockWidth = layout.paddedChannels - channel == 8 ? 8 : 16
            let used = min(blockWidth, channels - channel)
            for r in 0..<rowCount {
                var source = call.inputs[1].row(row + r).floats + (firstPixel * channels + channel)
                for _ in 0..<width {
                    if used == 16 {
                        packed.store(source.vector(0), 0)
                        packed.store(source.vector(8), 8)
                    } else {
                        for lane in 0..<used { packed[lane] = source[lane] }
                        for lane in used..<blockWidth { packed[lane] = 0 }
                    }
                    packed += blockWidth
                    source += channels
                }
            }
            channel += blockWidth
        }
    }

    /// Adds the block's contribution to some taps of filter row ky. Those taps' inputs to one pixel are
    /// one run of elements, whatever tap and channel they belong to.
    private func addFilterRow(_ ky: Int, taps: Range<Int>, rowCount: Int, width: Int) {
        let first = taps.lowerBound * geometry.inputChannels
        let end = taps.upperBound * geometry.inputChannels
        var block = PixelBlock(
            input: UnsafePointer(input + ky * inputRowStride), outputGradient: UnsafePointer(outputGradient),
            rowCount: rowCount, width: width, inputRowStride: geometry.stride * inputRowStride,
            pixelStride: geometry.stride * geometry.inputChannels)
        var channel = 0
        while channel < layout.paddedChannels {
            let blockWidth = layout.paddedChannels - channel == 8 ? 8 : 16
            let lanes = min(blockWidth, geometry.outputChannels - channel)
            let tileHeight = blockWidth == 16 ? 6 : 12
            var term = first
            while term < end {
                if blockWidth == 16 {
                    sumTile6x16(block, term, tile)
                } else {
                    sumTile12x8(block, term, tile)
                }
                addTile(
                    ky, terms: term..<min(term + tileHeight, end), channel: channel, lanes: lanes,
                    tileStride: blockWidth)
                term += tileHeight
            }
            block.outputGradient += rowCount * width * blockWidth
            channel += blockWidth
        }
    }

    private func addTile(_ ky: Int, terms: Range<Int>, channel: Int, lanes: Int, tileStride: Int) {
        var kx = terms.lowerBound / geometry.inputChannels
        var i = terms.lowerBound % geometry.inputChannels
        var sums = tile
        for _ in terms {
            let result =
                call.outputs[0].row(ky * geometry.filterWidth + kx).floats
                + (i * geometry.outputChannels + channel)
            var lane = 0
            while lane + 8 <= lanes {
                result.store(result.vector(lane) + sums.vector(lane), lane)
                lane += 8
            }
            while lane < lanes {
                result[lane] += sums[lane]
                lane += 1
            }
            sums += tileStride
            i += 1
            if i == geometry.inputChannels {
                i = 0
                kx += 1
            }
        }
    }
}
