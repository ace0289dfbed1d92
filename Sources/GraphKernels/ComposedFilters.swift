import GraphBasics
import GraphKernelInterface

// compose_filters: the filters of a convolution, a pixel shuffle and what follows as one convolution.
//
// Formula        for pixel (a, b) of a shuffled block: composed[δ + t][i][…] = Σ filter[t, i, m] · next[k][m][…] over all
//                taps t of the filter and k of what follows, and all channels m, where k reads a pixel of the image
//                between that the shuffle takes from δ pixels beside its own; taps that read beside that image are left
//                out. bias[…] = next's bias + Σ bias[m] · next[k][m][…] likewise.
// Operands       input 0: the filter f32; input 1: what follows, f32: rows of this kernel's, or one of pack_filter's;
//                then the bias of the first convolution and that of the next, where there are such. Geometry:
//                ComposedFilterGeometry.
// Layout         row `borders` of the output holds the filter for pixels at those borders (ImageBorders), packed, and
//                its biases; rows for borders that no pixel lies at are left as they are.
// Memory         f32 of any alignment; the output overlaps no input. inputChannels is a multiple of 4. Scratch:
//                `ComposedFilterGeometry.scratchByteCount`.
// Tails          lanes past the last channel are zero.
// Accumulation   in f32: taps with multiplyAdd from 0, in the order k, t, m; biases from next's, in the order k, m.
// Chosen         for conv2d_composed: where weights stay, in the prepare section.
// Measured       `graphrun bench Graphs/edsr.graph --workload step --profile`, one thread, AVX2: all nine filters of the last
//                two convolutions in 2.4 ms, 3.7 ms with each filter summed by itself.

@Sendable
func composeFilters(_ call: UnsafePointer<KernelCall>) {
    Composition(call.pointee).compute()
}

private struct Composition {
    private let call: KernelCall
    private let geometry: ComposedFilterGeometry
    /// Taps `[row][column][in][16]` of one pixel of the block, for 16 channels of what follows or its last 8.
    private let taps: UnsafeMutablePointer<Float>
    private let biases: UnsafeMutablePointer<Float>
    /// Room for the address of a filter's row.
    private let row: UnsafeMutablePointer<UnsafePointer<Float>>

    init(_ call: KernelCall) {
        self.call = call
        geometry = call.geometry.assumingMemoryBound(to: ComposedFilterGeometry.self).pointee
        taps = call.scratch.floats
        biases = taps + geometry.composedFilterSize * geometry.composedFilterSize * geometry.inputChannels * 16
        row = UnsafeMutableRawPointer(biases + 16).assumingMemoryBound(to: UnsafePointer<Float>.self)
    }

    func compute() {
        for borders in call.firstRow..<call.endRow where hasPixel(at: borders) {
            zero(call.outputs[0].row(borders).floats, count: geometry.rowElementCount)
        }
        for a in 0..<geometry.shuffleBlock {
            for b in 0..<geometry.shuffleBlock {
                for first in stride(from: 0, to: geometry.nextOutputChannels.roundedUp(to: 8), by: 16) {
                    for felt in 0..<ImageBorders.setCount { compose(a, b, first, felt) }
                }
            }
        }
    }

    /// Whether a pixel of the image lies at these borders, and at no others.
    private func hasPixel(at borders: Int) -> Bool {
        ImageBorders.region(borders, inHeight: geometry.height, width: geometry.width) != nil
    }

    /// Sums the taps of pixel (a, b) of the block once for all sets of borders of which it feels the same.
    private func compose(_ a: Int, _ b: Int, _ first: Int, _ felt: Int) {
        var isSummed = false
        for borders in call.firstRow..<call.endRow where hasPixel(at: borders) && feltBorders(borders, a, b) == felt {
            if !isSummed { sum(a, b, first, felt) }
            isSummed = true
            store(a, b, first, to: call.outputs[0].row(borders).floats)
        }
    }

    /// Those of the borders that pixel (a, b) of the block depends on: what follows reads beyond them, or has a filter of its
    /// own for them.
    private func feltBorders(_ borders: Int, _ a: Int, _ b: Int) -> Int {
        let reach = max(geometry.nextFilterSize / 2, geometry.nextIsComposed ? 1 : 0), end = geometry.shuffleBlock - reach
        let near =
            (a < reach ? ImageBorders.top : 0) + (a >= end ? ImageBorders.bottom : 0)
            + (b < reach ? ImageBorders.left : 0) + (b >= end ? ImageBorders.right : 0)
        return borders & near
    }

    /// Where tap k of what follows reads; nil beside the image.
    private func place(_ k: Int, _ phase: Int, isFirst: Bool, isLast: Bool) -> (shift: Int, phase: Int)? {
        let place = geometry.nextPlace(k, phase)
        return place.shift < 0 && isFirst || place.shift > 0 && isLast ? nil : place
    }

    private func sum(_ a: Int, _ b: Int, _ first: Int, _ felt: Int) {
        let width = geometry.nextOutputChannels.roundedUp(to: 8) - first == 8 ? 8 : 16
        let size = geometry.composedFilterSize, nextSize = geometry.nextFilterSize
        let next = call.inputs[1].row(geometry.nextIsComposed ? nextBorders(felt, a, b) : 0).floats
        zero(taps, count: size * size * geometry.inputChannels * width)
        for lane in 0..<width { biases[lane] = nextBias(next, first + lane) }
        var nextTap = UnsafePointer(next) + first * nextSize * nextSize * geometry.nextInputChannels
        for ky in 0..<nextSize {
            let row = place(ky, a, isFirst: felt & ImageBorders.top != 0, isLast: felt & ImageBorders.bottom != 0)
            for kx in 0..<nextSize {
                let column = place(
                    kx, b, isFirst: felt & ImageBorders.left != 0, isLast: felt & ImageBorders.right != 0)
                if let row, let column {
                    let channel = (row.phase * geometry.shuffleBlock + column.phase) * geometry.nextInputChannels
                    addBias(nextTap, channel, width)
                    multiply(
                        nextTap, channel, width,
                        firstTap: (geometry.nextReach + row.shift) * size + geometry.nextReach + column.shift)
                }
                nextTap += geometry.nextInputChannels * width
            }
        }
    }

    /// The borders of the image between that pixel (a, b) of the block lies at.
    private func nextBorders(_ borders: Int, _ a: Int, _ b: Int) -> Int {
        let last = geometry.shuffleBlock - 1
        return (a == 0 ? borders & ImageBorders.top : 0) + (a == last ? borders & ImageBorders.bottom : 0)
            + (b == 0 ? borders & ImageBorders.left : 0) + (b == last ? borders & ImageBorders.right : 0)
    }

    private func nextBias(_ next: UnsafeMutablePointer<Float>, _ channel: Int) -> Float {
        guard channel < geometry.nextOutputChannels else { return 0 }
        if geometry.nextIsComposed { return next[geometry.nextFilterElementCount + channel] }
        return geometry.nextHasBias ? call.inputs[geometry.hasBias ? 3 : 2].row(0).floats[channel] : 0
    }

    /// biases[lane] += Σ bias[channel + m] · next[m][lane]
    private func addBias(_ next: UnsafePointer<Float>, _ channel: Int, _ width: Int) {
        guard geometry.hasBias else { return }
        let bias = call.inputs[2].row(0).floats + channel
        for m in 0..<geometry.nextInputChannels {
            for lane in 0..<width { biases[lane] += bias[m] * next[m * width + lane] }
        }
    }

    /// taps[firstTap + t][i][lane] += Σ filter[t, i, channel + m] · next[m][lane], for all taps t of the filter.
    private func multiply(_ next: UnsafePointer<Float>, _ channel: Int, _ width: Int, firstTap: Int) {
        let size = geometry.filterSize
        let channels = geometry.shuffleBlock * geometry.shuffleBlock * geometry.nextInputChannels
        for t in 0..<size * size {
            row.pointee = UnsafePointer(call.inputs[0].row(t).floats) + channel
            let tap = firstTap + t / size * geometry.composedFilterSize + t % size
            // What pixels and terms are to a convolution are input channels and channels between here.
            let piece = TermPiece(
                rows: row, rowCount: 1, firstTerm: 0, termCount: geometry.nextInputChannels, filter: next,
                filterRowStride: 0, filterBlockStride: 0, pixelStride: channels, resultStride: width, isFirst: false)
            let result = taps + tap * geometry.inputChannels * width
            multiplyTiles(piece, channels: width, count: geometry.inputChannels, result: result)
        }
    }

    /// Puts the taps of pixel (a, b) where a packed filter has its channels.
    private func store(_ a: Int, _ b: Int, _ first: Int, to composed: UnsafeMutablePointer<Float>) {
        let padded = geometry.outputChannels.roundedUp(to: 8), nextBlock = geometry.nextShuffleBlock
        let width = geometry.nextOutputChannels.roundedUp(to: 8) - first == 8 ? 8 : 16
        let termCount = geometry.composedFilterSize * geometry.composedFilterSize * geometry.inputChannels
        // The results of one pixel of the image between that come to lie side by side.
        let runLength = nextBlock * geometry.channels
        for lane in 0..<min(width, geometry.nextOutputChannels - first) {
            let (row, place) = (first + lane).quotientAndRemainder(dividingBy: runLength)
            let channel = ((a * nextBlock + row) * geometry.shuffleBlock + b) * runLength + place
            composed[geometry.filterElementCount + channel] = biases[lane]
            let block = channel / 16 * 16, blockWidth = padded - block == 8 ? 8 : 16
            let destination = composed + (block * termCount + channel - block)
            for term in 0..<termCount { destination[term * blockWidth] = taps[term * width + lane] }
        }
    }
}
