import GraphKernelInterface

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
    DirectFilterGradient(
        call, geometry, region: geometry.wholeImage, taps: call.firstRow..<call.endRow, firstTapRow: 0
    ).sum()
}

/// The gradient of some taps, summed over one region of the images.
struct DirectFilterGradient {
    private let layout: DirectFilterGradientLayout
    private let call: KernelCall
    /// The convolution that makes the region alone.
    private let geometry: ConvolutionGeometry
    private let region: ImageRegion
    /// Rows of a whole image of the output's gradient.
    private let gradientHeight: Int
    private let taps: Range<Int>
    private let firstTapRow: Int
    private let strip: InputStrip
    private let input: UnsafeMutablePointer<Float>
    private let inputRowStride: Int
    private let outputGradient: UnsafeMutablePointer<Float>
    private let tile: UnsafeMutablePointer<Float>

    /// - Parameter firstTapRow: the output's row for tap 0.
    init(
        _ call: KernelCall, _ geometry: ConvolutionGeometry, region: ImageRegion, taps: Range<Int>, firstTapRow: Int
    ) {
        self.call = call
        self.geometry = geometry.restricted(to: region)
        self.region = region
        gradientHeight = geometry.outputHeight
        self.taps = taps
        self.firstTapRow = firstTapRow
        layout = DirectFilterGradientLayout(
            self.geometry, prologueByteCount: call.prologue.scratchByteCount(channels: geometry.inputChannels))
        strip = InputStrip(call, geometry, scratch: call.scratch + layout.prologueOffset)
        input = call.scratch.floats
        inputRowStride = layout.inputRowByteStride / 4
        outputGradient = (call.scratch + layout.gradientOffset).floats
        tile = (call.scratch + layout.tileOffset).floats
    }

    func sum() {
        for tap in taps { zero(result(tap), count: geometry.inputChannels * geometry.outputChannels) }
        guard !taps.isEmpty else { return }
        for image in 0..<geometry.imageCount {
            var firstRow = 0
            while firstRow < geometry.outputHeight {
                var firstPixel = 0
                while firstPixel < geometry.outputWidth {
                    addBlock(image: image, firstRow: firstRow, firstPixel: firstPixel)
                    firstPixel += layout.blockWidth
                }
                firstRow += layout.blockRows
            }
        }
    }

    private func result(_ tap: Int) -> UnsafeMutablePointer<Float> { call.outputs[0].row(firstTapRow + tap).floats }

    /// The output's gradient at a pixel of the region.
    private func gradient(image: Int, row: Int, pixel: Int) -> UnsafeMutablePointer<Float> {
        call.inputs[1].row(image * gradientHeight + region.rows.lowerBound + row).floats
            + (region.columns.lowerBound + pixel) * geometry.outputChannels
    }

    /// Adds what one block of output pixels contributes to the taps.
    private func addBlock(image: Int, firstRow: Int, firstPixel: Int) {
        let rowCount = min(layout.blockRows, geometry.outputHeight - firstRow)
        let width = min(layout.blockWidth, geometry.outputWidth - firstPixel)
        pack(image: image, firstRow: firstRow, rowCount: rowCount, firstPixel: firstPixel, width: width)

        let firstFilterRow = taps.lowerBound / geometry.filterWidth
        let lastFilterRow = (taps.upperBound - 1) / geometry.filterWidth
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
                ky, taps: max(0, taps.lowerBound - firstTap)..<min(geometry.filterWidth, taps.upperBound - firstTap),
                rowCount: rowCount, width: width)
        }
    }

    /// The sum of the output's gradient over the region, row by row, then the rows.
    func sumGradient(to sums: UnsafeMutablePointer<Float>) {
        let channels = geometry.outputChannels
        zero(sums, count: channels)
        for image in 0..<geometry.imageCount {
            for row in 0..<geometry.outputHeight {
                zero(outputGradient, count: channels)
                var source = gradient(image: image, row: row, pixel: 0)
                for _ in 0..<geometry.outputWidth {
                    for o in 0..<channels { outputGradient[o] += source[o] }
                    source += channels
                }
                for o in 0..<channels { sums[o] += outputGradient[o] }
            }
        }
    }

    /// Packs the block's output gradient as [channel block][pixel][16], the last block 8 wide when at most
    /// 8 channels remain.
    private func pack(image: Int, firstRow: Int, rowCount: Int, firstPixel: Int, width: Int) {
        let channels = geometry.outputChannels
        var packed = outputGradient
        var channel = 0
        while channel < layout.paddedChannels {
            let blockWidth = layout.paddedChannels - channel == 8 ? 8 : 16
            let used = min(blockWidth, channels - channel)
            for r in 0..<rowCount {
                var source = gradient(image: image, row: firstRow + r, pixel: firstPixel) + channel
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
            let result = result(ky * geometry.filterWidth + kx) + (i * geometry.outputChannels + channel)
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
