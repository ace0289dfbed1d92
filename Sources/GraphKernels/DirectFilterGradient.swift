import GraphKernelInterface

// conv2d_filter_gradient_direct: the gradient of a convolution with respect to its filter, of any stride,
// dilation and number of groups.
//
// Formula        dw[ky, kx, i, o] = Σ over n, r, c of x'[n, r·s + ky·d − pt, c·s + kx·d − pl, g·I + i] · dy[n, r, c, o],
//                x' = prologue(x) inside the image and 0 outside; g is o's group, I the input channels of each.
// Operands       input 0: x, f32 or, with a prologue that says so, u8; input 1: dy f32; then the
//                prologue's operands. Geometry: ConvolutionGeometry of the forward convolution, with
//                imageCount; shuffleBlock is not read.
// Layout         output [kh, kw, in, out] f32: row t is tap t. firstRow and endRow choose taps; taps of
//                one filter row in one call share the work of reading.
// Memory         f32 of any alignment; the output overlaps no input. Scratch:
//                `directFilterGradientScratchByteCount`.
// Tails          tiles of 6 or 12 inputs (taps of a filter row and input channels together) by 16 output
//                channels, or of 12 by the last 8; what they compute beyond is dropped.
// Accumulation   in f32: over the pixels of a block of about 192 with multiplyAdd from 0, then the blocks
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
        for tap in taps { zero(result(tap), count: geometry.groupInputChannels * geometry.outputChannels) }
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
        let firstInputRow = firstFilterRow * geometry.dilation
        for inputRow in firstInputRow...((rowCount - 1) * geometry.stride + lastFilterRow * geometry.dilation) {
            strip.load(
                image: image, y: firstRow * geometry.stride + inputRow - geometry.padTop,
                firstPixel: firstPixel * geometry.stride - geometry.padLeft,
                count: (width - 1) * geometry.stride + geometry.reachWidth,
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

    /// Packs the block's output gradient as [group][channel block][pixel][16], a group's last block 8 wide when at most
    /// 8 channels remain.
    private func pack(image: Int, firstRow: Int, rowCount: Int, firstPixel: Int, width: Int) {
        let channels = geometry.outputChannels
        var packed = outputGradient
        for block in channelBlocks {
            let (blockWidth, used) = (block.width, block.lanes)
            for r in 0..<rowCount {
                var source = gradient(image: image, row: firstRow + r, pixel: firstPixel) + block.channel
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
        }
    }

    /// Output channels that are summed together.
    private struct ChannelBlock {
        var group: Int
        /// The first, and how many there are; the others fill it up to `width`, 16 or 8.
        var channel: Int, lanes: Int, width: Int
    }

    private var channelBlocks: some Sequence<ChannelBlock> {
        let outputs = geometry.groupOutputChannels
        let blockCount = outputs.ceilingDivided(by: 16)
        return (0..<geometry.groupCount * blockCount).lazy.map { index in
            let (group, block) = index.quotientAndRemainder(dividingBy: blockCount)
            let lanes = min(16, outputs - 16 * block)
            return ChannelBlock(
                group: group, channel: group * outputs + 16 * block, lanes: lanes, width: lanes > 8 ? 16 : 8)
        }
    }

    /// Adds the block's contribution to some taps of filter row ky.
    private func addFilterRow(_ ky: Int, taps: Range<Int>, rowCount: Int, width: Int) {
        var pixels = PixelBlock(
            input: UnsafePointer(input + ky * geometry.dilation * inputRowStride),
            outputGradient: UnsafePointer(outputGradient), rowCount: rowCount, width: width,
            inputRowStride: geometry.stride * inputRowStride, pixelStride: geometry.stride * geometry.inputChannels)
        for block in channelBlocks {
            if geometry.hasConnectedTaps {
                // The inputs of all taps to one pixel are one run of elements, whatever tap and channel they belong to.
                addRun(
                    pixels, ky, taps.lowerBound, term: taps.lowerBound * geometry.inputChannels,
                    count: taps.count * geometry.inputChannels, block)
            } else {
                for kx in taps {
                    addRun(
                        pixels, ky, kx,
                        term: kx * geometry.dilation * geometry.inputChannels + block.group * geometry.groupInputChannels,
                        count: geometry.groupInputChannels, block)
                }
            }
            pixels.outputGradient += rowCount * width * block.width
        }
    }

    /// Adds the contributions of `count` inputs from `term` on, the first of which is channel 0 of tap ky, kx.
    private func addRun(_ pixels: PixelBlock, _ ky: Int, _ kx: Int, term: Int, count: Int, _ block: ChannelBlock) {
        let tileHeight = block.width == 16 ? sumTileHeight16 : 12
        for first in stride(from: 0, to: count, by: tileHeight) {
            if block.width == 16 {
                sumTiles16(pixels, term + first, count: min(tileHeight, count - first), tile)
            } else {
                sumTile12x8(pixels, term + first, tile)
            }
            addTile(
                ky, kx, terms: first..<min(first + tileHeight, count), channel: block.channel, lanes: block.lanes,
                tileStride: block.width)
        }
    }

    private func addTile(_ ky: Int, _ firstColumn: Int, terms: Range<Int>, channel: Int, lanes: Int, tileStride: Int) {
        var kx = firstColumn + terms.lowerBound / geometry.groupInputChannels
        var i = terms.lowerBound % geometry.groupInputChannels
        var sums = tile
        var result = result(ky * geometry.filterWidth + kx) + (i * geometry.outputChannels + channel)
        for _ in terms {
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
            result += geometry.outputChannels
            i += 1
            if i == geometry.groupInputChannels {
                i = 0
                kx += 1
                if kx < geometry.filterWidth { result = self.result(ky * geometry.filterWidth + kx) + channel }
            }
        }
    }
}
