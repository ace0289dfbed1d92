import GraphKernelInterface

/// A run of channels of an image in memory.
struct ChannelSource {
    /// The image's rows.
    let rows: TensorRows
    let firstChannel: Int, channels: Int
    /// Elements from one pixel to the next.
    let pixelStride: Int

    /// Channel `firstChannel` of pixel 0.
    @inline(__always)
    func row(_ index: Int) -> UnsafePointer<Float> { UnsafePointer(rows.row(index).floats + firstChannel) }
}

extension ConvolutionGeometry {
    /// Images or parts of them that hold the input's channels, one behind the other.
    var sourceCount: Int { pieces.areThere ? pieces.channels.count : 1 }

    func source(_ index: Int, of call: KernelCall) -> ChannelSource {
        guard pieces.areThere else {
            return ChannelSource(rows: call.inputs[0], firstChannel: 0, channels: inputChannels, pixelStride: inputChannels)
        }
        return ChannelSource(
            rows: call.inputs[index == 0 ? 0 : pieces.firstInput + index - 1], firstChannel: pieces.firstChannels[index],
            channels: pieces.channels[index], pixelStride: pieces.imageChannels[index])
    }
}

/// Copies `count` runs of `length` elements.
func copyRuns(
    _ source: UnsafePointer<Float>, stride sourceStride: Int,
    to destination: UnsafeMutablePointer<Float>, stride destinationStride: Int, length: Int, count: Int
) {
    for run in 0..<count {
        copy(source + run * sourceStride, to: destination + run * destinationStride, count: length)
    }
}
