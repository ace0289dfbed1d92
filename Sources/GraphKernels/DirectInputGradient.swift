import GraphBasics
import GraphKernelInterface

// conv2d_input_gradient_direct: the gradient of a convolution with respect to its image, at any stride and number
// of groups.
//
// Formula        dx[n, h, w, i] = epilogue(Σ dy'[n, (h + pt − ky)/s, (w + pl − kx)/s, o] · filter[ky, kx, i, o])
//                over ky, kx and the channels o of i's group, where the divisions leave no rest; dy' = prologue(dy) inside and 0 outside.
// Operands       input 0: dy, f32 or, with a prologue that says so, u8; input 1: the filter as
//                pack_filter_rotated leaves it; then the operands of prologue and epilogue, as for conv2d_direct.
//                Geometry: ConvolutionGeometry: the input is dy and the output dx; stride, padTop and
//                padLeft are the forward convolution's.
// Layout         as conv2d_direct.
// Memory         as conv2d_direct. Scratch: `directInputGradientScratchByteCount`.
// Tails          strips, in which the pixels of each phase (w + pl mod s) are computed in tiles of 8, 6 or 4 by 16
//                channels, or of 8 or 4 by the last 8; what they compute beyond is dropped.
// Accumulation   in f32 from 0, one multiplyAdd per term in the order of dy's rows, pixels and channels, for
//                each element alone: within 3e-7·√terms of the sum of the terms' magnitudes.
// Chosen         for the input gradient of convolutions with a stride, by the depthwise product where groups are channels;
//                at stride 1 it is a convolution.
// Measured       one thread, AVX2, thread time: 64←64 3×3, stride 2, 128×128: 103 GFLOP/s, 87% of the machine's
//                measured FMA peak of 118; stride 3 100, 5×5 of stride 2 106, 3←64 29.

@Sendable
func convolveInputGradientDirect(_ call: UnsafePointer<KernelCall>) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: ConvolutionGeometry.self).pointee
    let layout = DirectInputGradientLayout(geometry, ConvolutionProgramScratch(geometry, call))
    let gradient = DirectInputGradient(
        layout: layout, geometry: geometry, strips: DirectStrips(call, geometry, layout.strips))
    gradient.strips.compute(
        rowsBefore: layout.phaseHeight,
        input: { firstPixel, _ in (gradient.firstGradient(firstPixel), layout.gradientWidth) },
        needed: { y in
            let phase = gradient.rowPhase(y)
            let end = phase.last + 1 + layout.phaseHeight
            return end - phase.rowCount..<end
        },
        multiply: { y, firstPixel, count in gradient.multiply(y, firstPixel: firstPixel, count: count) })
}

private struct DirectInputGradient {
    let layout: DirectInputGradientLayout
    let geometry: ConvolutionGeometry
    let strips: DirectStrips

    /// The phase of row y of the result, the last row of dy that it meets, and how many it meets.
    func rowPhase(_ y: Int) -> (phase: Int, last: Int, rowCount: Int) {
        let (last, phase) = (y + geometry.padTop).quotientAndRemainder(dividingBy: geometry.stride)
        return (phase, last, geometry.phaseTapCount(phase, of: geometry.filterHeight))
    }

    /// The pixel of dy at which a strip's part of it begins.
    func firstGradient(_ firstPixel: Int) -> Int {
        (firstPixel + geometry.padLeft) / geometry.stride - (layout.phaseWidth - 1)
    }

    /// Row y of the strip, the pixels of each phase together.
    func multiply(_ y: Int, firstPixel: Int, count: Int) {
        let stride = geometry.stride, channels = geometry.inputChannels
        let paddedChannels = strips.layout.paddedChannels
        let tapLength = geometry.isDepthwise ? paddedChannels : geometry.packedTapLength
        let (rowPhase, _, rowCount) = rowPhase(y)
        var filter = strips.filter
        for phase in 0..<rowPhase {
            filter += geometry.phaseTapCount(phase, of: geometry.filterHeight) * geometry.filterWidth * tapLength
        }
        for phase in 0..<stride {
            let tapCount = geometry.phaseTapCount(phase, of: geometry.filterWidth)
            // The phase's first pixel in the strip, and the last pixel of dy that it meets.
            let place = (phase - (firstPixel + geometry.padLeft) % stride + stride) % stride
            let last = (firstPixel + place + geometry.padLeft) / stride
            if place < count {
                let firstTerm = (last - (tapCount - 1) - firstGradient(firstPixel)) * channels
                let pixelCount = (count - place).ceilingDivided(by: stride)
                let result = strips.result + place * paddedChannels
                if geometry.groupCount == 1 {
                    StripProduct(
                        rows: strips.inputRows, rowCount: rowCount, firstTerm: firstTerm, termCount: tapCount * channels,
                        filter: filter, paddedChannels: paddedChannels, pixelStride: channels,
                        resultStride: stride * paddedChannels
                    ).multiply(count: pixelCount, to: result)
                } else {
                    let taps = strips.taps(
                        rowCount: rowCount, rowStep: 1, columnCount: tapCount, first: firstTerm, columnStep: channels)
                    multiplyGroups(
                        taps, rowCount * tapCount, filter, count: pixelCount, resultStride: stride * paddedChannels, to: result)
                }
            }
            filter += rowCount * tapCount * tapLength
        }
    }

    private func multiplyGroups(
        _ taps: UnsafePointer<UnsafePointer<Float>>, _ tapCount: Int, _ filter: UnsafePointer<Float>, count: Int,
        resultStride: Int, to result: UnsafeMutablePointer<Float>
    ) {
        if geometry.isDepthwise {
            DepthwiseProduct(
                taps: taps, tapCount: tapCount, paddedChannels: strips.layout.paddedChannels,
                pixelStride: geometry.inputChannels, resultStride: resultStride
            ).multiply(filter, count: count, to: result)
        } else {
            GroupedProduct(
                taps: taps, tapCount: tapCount, geometry: geometry, pixelStride: geometry.inputChannels,
                resultStride: resultStride
            ).multiply(filter, count: count, to: result)
        }
    }
}
