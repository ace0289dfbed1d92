import GraphBasics
import GraphKernelInterface

// rotate_composed_filters: composed filters, rotated, with which their input gradient is a composed convolution.
//
// Formula        rotated[borders][ky, kx][o, i] = composed[b][s−1−ky, s−1−kx][i, o], s being the composed filter's size.
//                b is of borders the top and the bottom where ky is the middle row, the left and the right where kx is
//                the middle column. Through the middle row a pixel meets results of its own row, which lie at its own
//                borders. Through another row it may meet results at a border, too; but of the taps that stay inside
//                the image their filter differs from the others in the middle row alone, since filterSize is at most 3.
// Operands       input 0: rows of compose_filters. Geometry: ComposedFilterGeometry; filterSize is at most 3, height
//                and width are at least 3.
// Layout         rows as compose_filters leaves them, with the channels exchanged; biases are 0.
// Memory         f32 of any alignment; the output overlaps no input. Scratch: none.
// Tails          lanes past the last channel are zero.
// Accumulation   none: exact.
// Chosen         for the input gradient of two composed convolutions.
// Measured       `graphrun bench --workload step --threads 1 --profile`, AVX2: EDSR x4's last two convolutions in
//                0.11 ms.

@Sendable
func rotateComposedFilters(_ call: UnsafePointer<KernelCall>) {
    let call = call.pointee
    let geometry = call.geometry.assumingMemoryBound(to: ComposedFilterGeometry.self).pointee
    for borders in call.firstRow..<call.endRow
    where ImageBorders.region(borders, inHeight: geometry.height, width: geometry.width) != nil {
        rotate(call, geometry, borders)
    }
}

private func rotate(_ call: KernelCall, _ geometry: ComposedFilterGeometry, _ borders: Int) {
    let size = geometry.composedFilterSize, padded = geometry.outputChannels.roundedUp(to: 8)
    var rotated = call.outputs[0].row(borders).floats
    zero(rotated, count: geometry.rotatedRowElementCount)
    for first in stride(from: 0, to: geometry.inputChannels, by: 16) {
        let width = geometry.inputChannels - first <= 8 ? 8 : 16
        for tap in 0..<size * size {
            let met =
                (tap / size == size / 2 ? borders & (ImageBorders.top | ImageBorders.bottom) : 0)
                + (tap % size == size / 2 ? borders & (ImageBorders.left | ImageBorders.right) : 0)
            let composed = call.inputs[0].row(met).floats
            for o in 0..<geometry.outputChannels {
                let block = o / 16 * 16, blockWidth = padded - block == 8 ? 8 : 16
                let source = composed + block * size * size * geometry.inputChannels + o - block
                for i in first..<min(first + width, geometry.inputChannels) {
                    rotated[i - first] = source[((size * size - 1 - tap) * geometry.inputChannels + i) * blockWidth]
                }
                rotated += width
            }
        }
    }
}
