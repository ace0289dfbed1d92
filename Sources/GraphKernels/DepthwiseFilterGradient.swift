import GraphBasics
import GraphKernelInterface

// conv2d_filter_gradient_depthwise, depthwise_gradient_products: the gradient of a convolution of each channel by itself
// with respect to its filter.
//
// Formula        dw[ky, kx, 0, c] = Σ over n, r, q of x[n, r·s + ky·d − pt, q·s + kx·d − pl, c] · dy[n, r, q, c]
// Operands       products: input 0: x f32; input 1: dy f32. The gradient: input 0: the products f32. Geometry:
//                ConvolutionGeometry of the forward convolution, with imageCount, all channels being groups.
// Layout         products: row k holds the sums over chunk k of dy's rows, [tap][channel]; firstRow and endRow choose
//                chunks. The gradient [kh, kw, 1, C]: row t is tap t; firstRow and endRow choose taps.
// Memory         f32 of any alignment; the output overlaps no input. Scratch of the products:
//                `DepthwiseGradientLayout.byteCount`.
// Tails          blocks of pixels and vectors of channels are filled up with zeros; nine taps are summed at a time, those
//                beyond the last are dropped.
// Accumulation   in f32: over the pixels of a block of at most 128 with multiplyAdd from 0, then the blocks of a chunk from
//                0, then the chunks. Within 3e-7·√pixels of the sum of the terms' magnitudes.
// Chosen         for the filter gradients of convolutions whose groups are their channels.

@Sendable
func multiplyDepthwiseGradient(_ call: UnsafePointer<KernelCall>) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: ConvolutionGeometry.self).pointee
    for chunk in call.firstRow..<call.endRow { DepthwiseFilterGradient(call, geometry).sum(chunk: chunk) }
}

@Sendable
func sumDepthwiseFilterGradient(_ call: UnsafePointer<KernelCall>) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: ConvolutionGeometry.self).pointee
    let channels = geometry.inputChannels
    for tap in call.firstRow..<call.endRow {
        let result = call.outputs[0].row(tap).floats
        zero(result, count: channels)
        for chunk in 0..<DepthwiseGradientLayout(geometry).chunkCount {
            let products = call.inputs[0].row(chunk).floats + tap * channels
            for c in 0..<channels { result[c] += products[c] }
        }
    }
}

#if AVX512
    private typealias LaneVector = WideVector
#else
    private typealias LaneVector = Vector
#endif

private struct DepthwiseFilterGradient {
    private let call: KernelCall
    private let geometry: ConvolutionGeometry
    private let layout: DepthwiseGradientLayout
    /// Where the taps meet the block's first pixel.
    private let taps: UnsafeMutablePointer<UnsafePointer<Float>>
    private let tapCount: Int
    private let input: UnsafeMutablePointer<Float>
    private let gradient: UnsafeMutablePointer<Float>

    private static let laneCount = LaneVector.scalarCount

    init(_ call: KernelCall, _ geometry: ConvolutionGeometry) {
        self.call = call
        self.geometry = geometry
        layout = DepthwiseGradientLayout(geometry)
        taps = call.scratch.assumingMemoryBound(to: UnsafePointer<Float>.self)
        tapCount = geometry.filterHeight * geometry.filterWidth
        input = (call.scratch + layout.inputOffset).floats
        gradient = (call.scratch + layout.gradientOffset).floats
    }

    func sum(chunk: Int) {
        let sums = call.outputs[0].row(chunk).floats
        zero(sums, count: geometry.depthwiseProductCount)
        let end = min((chunk + 1) * layout.chunkRowCount, geometry.imageCount * geometry.outputHeight)
        var row = chunk * layout.chunkRowCount
        while row < end {
            let (image, y) = row.quotientAndRemainder(dividingBy: geometry.outputHeight)
            let rowCount = min(layout.blockRows, end - row, geometry.outputHeight - y)
            for firstPixel in stride(from: 0, to: geometry.outputWidth, by: layout.blockWidth) {
                let width = min(layout.blockWidth, geometry.outputWidth - firstPixel)
                for channel in stride(from: 0, to: geometry.inputChannels, by: Self.laneCount) {
                    addBlock(image, rows: y..<y + rowCount, pixels: firstPixel..<firstPixel + width, channel, to: sums)
                }
            }
            row += rowCount
        }
    }

    /// Adds the products of some pixels and of the channels from `channel` on.
    private func addBlock(
        _ image: Int, rows: Range<Int>, pixels: Range<Int>, _ channel: Int, to sums: UnsafeMutablePointer<Float>
    ) {
        let lanes = min(Self.laneCount, geometry.inputChannels - channel)
        let inputRows = (rows.count - 1) * geometry.stride + geometry.reachHeight
        let inputWidth = (pixels.count - 1) * geometry.stride + geometry.reachWidth
        let firstColumn = pixels.lowerBound * geometry.stride - geometry.padLeft
        for r in 0..<inputRows {
            load(
                call.inputs[0], image, y: rows.lowerBound * geometry.stride + r - geometry.padTop, geometry.inputHeight,
                firstPixel: firstColumn, count: inputWidth, width: geometry.inputWidth, channel, lanes,
                to: input + r * inputWidth * Self.laneCount)
        }
        for r in 0..<rows.count {
            load(
                call.inputs[1], image, y: rows.lowerBound + r, geometry.outputHeight, firstPixel: pixels.lowerBound,
                count: pixels.count, width: geometry.outputWidth, channel, lanes,
                to: gradient + r * pixels.count * Self.laneCount)
        }
        for ky in 0..<geometry.filterHeight {
            for kx in 0..<geometry.filterWidth {
                taps[ky * geometry.filterWidth + kx] =
                    UnsafePointer(input) + (ky * inputWidth + kx) * geometry.dilation * Self.laneCount
            }
        }
        for first in stride(from: 0, to: tapCount, by: 9) {
            addNine(
                first, rowCount: rows.count, width: pixels.count,
                inputRowStride: geometry.stride * inputWidth * Self.laneCount,
                to: sums + (first * geometry.inputChannels + channel), lanes)
        }
    }

    /// Loads a vector of channels of some pixels, zeros for what lies outside of the image.
    private func load(
        _ images: TensorRows, _ image: Int, y: Int, _ height: Int, firstPixel: Int, count: Int, width: Int, _ channel: Int,
        _ lanes: Int, to destination: UnsafeMutablePointer<Float>
    ) {
        let begin = min(max(firstPixel, 0), width), end = max(begin, min(firstPixel + count, width))
        guard y >= 0, y < height, begin < end else { return zero(destination, count: count * Self.laneCount) }
        let before = begin - firstPixel
        zero(destination, count: before * Self.laneCount)
        zero(destination + (end - firstPixel) * Self.laneCount, count: (firstPixel + count - end) * Self.laneCount)
        var place = destination + before * Self.laneCount
        var source = UnsafePointer(images.row(image * height + y).floats) + (begin * geometry.inputChannels + channel)
        for _ in begin..<end {
            if lanes == Self.laneCount {
                place.store(source.laneVector(0), 0)
            } else {
                for lane in 0..<lanes { place[lane] = source[lane] }
                for lane in lanes..<Self.laneCount { place[lane] = 0 }
            }
            place += Self.laneCount
            source += geometry.inputChannels
        }
    }

    /// Adds the products of up to nine taps from `first` on.
    private func addNine(
        _ first: Int, rowCount: Int, width: Int, inputRowStride: Int, to sums: UnsafeMutablePointer<Float>, _ lanes: Int
    ) {
        let last = tapCount - 1
        var s0 = LaneVector(repeating: 0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0, s8 = s0
        let step = geometry.stride * Self.laneCount
        var g = UnsafePointer(gradient)
        for row in 0..<rowCount {
            let offset = row * inputRowStride
            let x0 = taps[first] + offset, x1 = taps[min(first + 1, last)] + offset
            let x2 = taps[min(first + 2, last)] + offset, x3 = taps[min(first + 3, last)] + offset
            let x4 = taps[min(first + 4, last)] + offset, x5 = taps[min(first + 5, last)] + offset
            let x6 = taps[min(first + 6, last)] + offset, x7 = taps[min(first + 7, last)] + offset
            let x8 = taps[min(first + 8, last)] + offset
            var place = 0
            for _ in 0..<width {
                let dy = g.laneVector(0)
                s0 = multiplyAdd(x0.laneVector(place), dy, s0)
                s1 = multiplyAdd(x1.laneVector(place), dy, s1)
                s2 = multiplyAdd(x2.laneVector(place), dy, s2)
                s3 = multiplyAdd(x3.laneVector(place), dy, s3)
                s4 = multiplyAdd(x4.laneVector(place), dy, s4)
                s5 = multiplyAdd(x5.laneVector(place), dy, s5)
                s6 = multiplyAdd(x6.laneVector(place), dy, s6)
                s7 = multiplyAdd(x7.laneVector(place), dy, s7)
                s8 = multiplyAdd(x8.laneVector(place), dy, s8)
                place += step
                g += Self.laneCount
            }
        }
        add(s0, 0, first, to: sums, lanes)
        add(s1, 1, first, to: sums, lanes)
        add(s2, 2, first, to: sums, lanes)
        add(s3, 3, first, to: sums, lanes)
        add(s4, 4, first, to: sums, lanes)
        add(s5, 5, first, to: sums, lanes)
        add(s6, 6, first, to: sums, lanes)
        add(s7, 7, first, to: sums, lanes)
        add(s8, 8, first, to: sums, lanes)
    }

    @inline(__always)
    private func add(_ value: LaneVector, _ k: Int, _ first: Int, to sums: UnsafeMutablePointer<Float>, _ lanes: Int) {
        guard first + k < tapCount else { return }
        let place = sums + k * geometry.inputChannels
        for lane in 0..<lanes { place[lane] += value[lane] }
    }
}

extension UnsafePointer<Float> {
    @inline(__always)
    fileprivate func laneVector(_ index: Int) -> LaneVector {
        #if AVX512
            wideVector(index)
        #else
            vector(index)
        #endif
    }
}
