import GraphBasics

/// How an input gradient of a stride, or a transposed convolution, is a convolution of stride 1 and a pixel shuffle.
///
/// Of stride s, result y = s·Y + a is made of the gradients r = Y + first ..< Y + first + count, the filter's tap of r being
/// a + pad − s·(r − Y), where there is one. So the s phases a are channels of one convolution over r.
public struct FilterPhases: Hashable, Sendable {
    /// The first gradient that a block of s results needs, from its own place on.
    public let first: Int
    /// How many it needs: taps of the convolution's filter.
    public let count: Int
    /// Of the forward convolution.
    public let size: Int, pad: Int, stride: Int

    /// - Parameters:
    ///   - size: the forward convolution's taps along one axis.
    ///   - pad: its padding before the first of these.
    public init(size: Int, pad: Int, stride: Int) {
        self.size = size
        self.pad = pad
        self.stride = stride
        first = -((size - 1 - pad) / stride)
        count = (stride - 1 + pad) / stride - first + 1
    }

    /// The forward convolution's tap that a phase has at a place of the filter; nil where it has none.
    public func tap(_ place: Int, phase: Int) -> Int? {
        let tap = phase + pad - stride * (first + place)
        return tap >= 0 && tap < size ? tap : nil
    }
}

extension ConvolutionGeometry {
    /// The phases of an input gradient's rows and columns, this being its geometry.
    public var rowPhases: FilterPhases { FilterPhases(size: filterHeight, pad: padTop, stride: stride) }
    /// The same for columns.
    public var columnPhases: FilterPhases { FilterPhases(size: filterWidth, pad: padLeft, stride: stride) }

    /// The convolution with a pixel shuffle that an input gradient is; nil where its result has not `stride` rows and pixels
    /// for each gradient, is padded by more than its filter, or has groups or a dilation.
    public var shuffledInputGradient: ConvolutionGeometry? {
        guard hasConnectedTaps, outputHeight == stride * inputHeight, outputWidth == stride * inputWidth, padTop < filterHeight,
            padLeft < filterWidth
        else { return nil }
        let (rows, columns) = (rowPhases, columnPhases)
        return ConvolutionGeometry(
            inputHeight: inputHeight, inputWidth: inputWidth, inputChannels: inputChannels, outputHeight: inputHeight,
            outputWidth: inputWidth, outputChannels: stride * stride * outputChannels, filterHeight: rows.count,
            filterWidth: columns.count, stride: 1, padTop: -rows.first, padLeft: -columns.first, shuffleBlock: stride,
            imageCount: imageCount)
    }
}
