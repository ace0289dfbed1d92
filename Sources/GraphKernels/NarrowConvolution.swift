import GraphBasics
import GraphKernelInterface

// conv2d_narrow: convolution of stride 1 to fewer channels than fill a vector.
//
// Formula        z[n, r, c, kx·O + o] = Σ x'[n, r + ky − pt, c − pl, i] · filter[ky, kx, i, o] over ky and i,
//                y[n, r, c, o] = epilogue(Σ z[n, r, c + kx, kx·O + o] over kx); x' = prologue(x) inside the image and 0
//                outside. The columns of the filter fill the vectors that the output channels do not.
// Operands       as conv2d_direct; input 1: the filter as pack_filter_columns leaves it.
// Layout         as conv2d_direct.
// Memory         as conv2d_direct. Scratch: `narrowScratchByteCount`.
// Tails          strips of at most 48 pixels, and as many sums more as the filter is wide; tiles as conv2d_direct.
// Accumulation   in f32 from 0, one multiplyAdd per term in the order ky, i for each column of the filter, then the
//                columns in order: within 3e-7·√terms of the sum of the terms' magnitudes.
// Chosen         for filters whose columns of output channels take at most two thirds of the vectors that the output
//                channels alone would take.

@Sendable
func convolveNarrow(_ call: UnsafePointer<KernelCall>) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: ConvolutionGeometry.self).pointee
    let layout = NarrowConvolutionLayout(geometry, ConvolutionProgramScratch(geometry, call))
    let strips = DirectStrips(call, geometry, layout.strips)
    let sums = strips.result + layout.strips.stripWidth * layout.strips.paddedChannels
    strips.compute(
        rowsBefore: geometry.padTop,
        input: { firstPixel, count in
            (firstPixel - geometry.padLeft, (count + geometry.filterWidth - 1).roundedUp(to: DirectStripLayout.tileWidth))
        },
        needed: { y in y..<y + geometry.filterHeight },
        multiply: { _, _, count in
            StripProduct(
                rows: strips.inputRows, rowCount: geometry.filterHeight, firstTerm: 0, termCount: geometry.inputChannels,
                filter: strips.filter, paddedChannels: layout.sumCount, pixelStride: geometry.inputChannels,
                resultStride: layout.sumCount
            ).multiply(count: count + geometry.filterWidth - 1, to: sums)
            for pixel in 0..<count {
                let result = strips.result + pixel * layout.strips.paddedChannels
                for o in 0..<geometry.outputChannels {
                    var sum: Float = 0
                    var place = sums + (pixel * layout.sumCount + o)
                    for _ in 0..<geometry.filterWidth {
                        sum += place.pointee
                        place += layout.sumCount + geometry.outputChannels
                    }
                    result[o] = sum
                }
            }
        })
}

// pack_filter_columns: the filter in the order in which the narrow convolution reads it.
//
// Formula        packed[block][ky][i][lane] = filter[ky, kx, i, o], 16·block + lane = kx·O + o
// Operands       input 0: filter f32, kh·kw rows. Geometry: the ConvolutionGeometry of the convolution.
// Layout         blocks of 16 sums, the last of 8 when at most 8 remain; zeros past the last sum. One row of
//                `ConvolutionGeometry.columnFilterByteCount` bytes.
// Memory         f32 of any alignment; the output overlaps no input. Scratch: none.
// Accumulation   none: exact.
// Chosen         in a program's prepare section, for every filter that conv2d_narrow uses.

@Sendable
func packFilterColumns(_ call: UnsafePointer<KernelCall>) {
    let geometry = call.pointee.geometry.assumingMemoryBound(to: ConvolutionGeometry.self).pointee
    let filter = call.pointee.inputs[0]
    let sumCount = geometry.filterWidth * geometry.outputChannels
    var packed = call.pointee.outputs[0].row(0).floats
    var first = 0
    while first < sumCount {
        let blockWidth = sumCount - first <= 8 ? 8 : 16
        for ky in 0..<geometry.filterHeight {
            for i in 0..<geometry.inputChannels {
                for lane in 0..<blockWidth {
                    let (kx, o) = (first + lane).quotientAndRemainder(dividingBy: geometry.outputChannels)
                    packed[lane] =
                        kx < geometry.filterWidth
                        ? filter.row(ky * geometry.filterWidth + kx).floats[i * geometry.outputChannels + o] : 0
                }
                packed += blockWidth
            }
        }
        first += blockWidth
    }
}
