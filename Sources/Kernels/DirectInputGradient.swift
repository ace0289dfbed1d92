import KernelInterface

// conv2d_input_gradient_direct: the gradient of a convolution with respect to its image, at any stride.
//
// Formula        dx[n, h, w, i] = epilogue(Σ dy'[n, (h + pt − ky)/s, (w + pl − kx)/s, o] · filter[ky, kx, i, o])
//                over ky, kx and o, where the divisions leave no rest; dy' = prologue(dy) inside and 0 outside.
// Operands       input 0: dy, f32 or, with a prologue that says so, u8; input 1: the filter as
//                pack_filter_turned leaves it; then the operands of prologue and epilogue, as for conv2d_direct.
//                Geometry: ConvolutionGeometry: the input is dy and the output dx; stride, padTop and
//                padLeft are the forward convolution's.
// Layout         as conv2d_direct.
// Memory         as conv2d_direct. Scratch: `directInputGradientScratchByteCount`.
// Tails          strips, in which the pixels of each phase (w + pl mod s) are computed in tiles of 6 or 4 by 16
//                channels, or of 8 or 4 by the last 8; what they compute beyond is dropped.
// Accumulation   in f32 from 0, one multiplyAdd per term in the order of dy's rows, pixels and channels, for
//                each element alone: within 3e-7·√terms of the sum of the terms' magnitudes.
// Chosen         for the input gradient of convolutions with a stride; at stride 1 it is a convolution.
// Measured       one thread, AVX2, thread time: 64←64 3×3, stride 2, 128×128: 103 GFLOP/s, 87% of the machine's
//                measured FMA peak of 118; stride 3 100, 5×5 of stride 2 106, 3←64 29.

@Sendable
func convolveInputGradientDirect(_ call: UnsafePointer<KernelCall>) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: ConvolutionGeometry.self).pointee
    let gradient = DirectInputGradient(call, geometry)
    let firstRow = call.firstRow / geometry.shuffleBlock
    let endRow = call.endRow / geometry.shuffleBlock
    var firstPixel = 0
    while firstPixel < geometry.outputWidth {
        gradient.computeStrip(firstPixel: firstPixel, rows: firstRow..<endRow)
        firstPixel += gradient.layout.stripWidth
    }
}

private struct DirectInputGradient {
    let layout: DirectInputGradientLayout
    private let call: KernelCall
    private let geometry: ConvolutionGeometry
    private let strip: InputStrip
    private let results: ConvolutionResults
    private let gradientRows: UnsafeMutablePointer<UnsafePointer<Float>>
    private let result: UnsafeMutablePointer<Float>

    init(_ call: KernelCall, _ geometry: ConvolutionGeometry) {
        layout = DirectInputGradientLayout(
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
        gradientRows = (call.scratch + layout.rowTableOffset).assumingMemoryBound(to: UnsafePointer<Float>.self)
        result = (call.scratch + layout.resultOffset).floats
    }

    /// Computes one strip of some rows of the result. Each row of dy is read once.
    func computeStrip(firstPixel: Int, rows: Range<Int>) {
        let count = min(layout.stripWidth, geometry.outputWidth - firstPixel)
        // The pixel of dy at which the strip's part of it begins.
        let firstGradient = (firstPixel + geometry.padLeft) / geometry.stride - (layout.phaseWidth - 1)
        // Rows of dy are counted with phaseHeight rows before the first: row p lies in the ring at p mod phaseHeight.
        var loadedEnd = 0
        for row in rows {
            let (image, y) = row.quotientAndRemainder(dividingBy: geometry.outputHeight)
            let (last, phase) = (y + geometry.padTop).quotientAndRemainder(dividingBy: geometry.stride)
            let rowCount = geometry.phaseTapCount(phase, of: geometry.filterHeight)
            let end = last + 1 + layout.phaseHeight
            if row == rows.lowerBound || y == 0 { loadedEnd = end - rowCount }
            while loadedEnd < end {
                strip.load(
                    image: image, y: loadedEnd - layout.phaseHeight, firstPixel: firstGradient,
                    count: layout.gradientWidth, to: ringRow(loadedEnd))
                loadedEnd += 1
            }
            for k in 0..<rowCount { gradientRows[k] = UnsafePointer(ringRow(end - rowCount + k)) }
            multiply(rowPhase: phase, rowCount: rowCount, firstPixel: firstPixel, firstGradient, count: count)
            results.store(result, row: row, firstPixel: firstPixel, count: count)
        }
    }

    private func ringRow(_ counted: Int) -> UnsafeMutablePointer<Float> {
        (call.scratch + (layout.ringOffset + counted % layout.phaseHeight * layout.ringRowByteStride)).floats
    }

    /// One row of the strip, the pixels of each phase together.
    private func multiply(rowPhase: Int, rowCount: Int, firstPixel: Int, _ firstGradient: Int, count: Int) {
        let stride = geometry.stride, channels = geometry.inputChannels
        let tapLength = channels * layout.paddedChannels
        var filter = UnsafeRawPointer(call.inputs[1].row(0)).floats
        for phase in 0..<rowPhase {
            filter += geometry.phaseTapCount(phase, of: geometry.filterHeight) * geometry.filterWidth * tapLength
        }
        for phase in 0..<stride {
            let tapCount = geometry.phaseTapCount(phase, of: geometry.filterWidth)
            // The phase's first pixel in the strip, and the last pixel of dy that it meets.
            let place = (phase - (firstPixel + geometry.padLeft) % stride + stride) % stride
            let last = (firstPixel + place + geometry.padLeft) / stride
            if place < count {
                StripProduct(
                    rows: UnsafePointer(gradientRows), rowCount: rowCount,
                    firstTerm: (last - (tapCount - 1) - firstGradient) * channels, termCount: tapCount * channels,
                    filter: filter, paddedChannels: layout.paddedChannels, pixelStride: channels,
                    resultStride: stride * layout.paddedChannels
                ).multiply(
                    count: (count - place + stride - 1) / stride, to: result + place * layout.paddedChannels)
            }
            filter += rowCount * tapCount * tapLength
        }
    }
}
