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
        return pieces.source(index, of: call)
    }
}

extension ChannelPieces {
    func source(_ index: Int, of call: KernelCall) -> ChannelSource {
        ChannelSource(
            rows: call.inputs[index == 0 ? 0 : firstInput + index - 1], firstChannel: firstChannels[index],
            channels: channels[index], pixelStride: imageChannels[index])
    }
}

/// Copies `count` runs of `length` elements, which do not overlap.
func copyRuns(
    _ source: UnsafePointer<Float>, stride sourceStride: Int,
    to destination: UnsafeMutablePointer<Float>, stride destinationStride: Int, length: Int, count: Int
) {
    let vectorEnd = length / 8 * 8
    for run in 0..<count {
        let source = source + run * sourceStride, destination = destination + run * destinationStride
        if length > 128 {
            copy(source, to: destination, count: length)
        } else {
            // A call would take longer than what it copies.
            for i in stride(from: 0, to: vectorEnd, by: 8) { destination.store(source.vector(i), i) }
            for i in vectorEnd..<length { destination[i] = source[i] }
        }
    }
}
