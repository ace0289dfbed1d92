import GraphBasics
import GraphKernelInterface

/// The products of a strip's taps with a packed filter, group by group.
struct GroupedProduct {
    /// Where each tap meets the first pixel's channels.
    let taps: UnsafePointer<UnsafePointer<Float>>
    let tapCount: Int
    let geometry: ConvolutionGeometry
    /// Elements between the inputs of neighbouring pixels, and between their results.
    let pixelStride: Int, resultStride: Int

    /// result[pixel, channel] = Σ input · filter over the taps and the channels of the group, for `count` pixels.
    ///
    /// A group's last block may be wider than what is left of it; the next group takes the place of what is too much.
    func multiply(_ filter: UnsafePointer<Float>, count: Int, to result: UnsafeMutablePointer<Float>) {
        let (inputs, outputs) = (geometry.groupInputChannels, geometry.groupOutputChannels)
        let paddedOutputs = outputs.roundedUp(to: 8)
        for group in 0..<geometry.groupCount {
            StripProduct(
                rows: taps, rowCount: tapCount, firstTerm: group * inputs, termCount: inputs,
                filter: filter + group * tapCount * inputs * paddedOutputs, paddedChannels: paddedOutputs,
                pixelStride: pixelStride, resultStride: resultStride
            ).multiply(count: count, to: result + group * outputs)
        }
    }
}
