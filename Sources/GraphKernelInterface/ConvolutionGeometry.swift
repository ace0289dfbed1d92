/// The constants of one use of a convolution kernel: all sizes in elements.
public struct ConvolutionGeometry: Hashable, Sendable {
    /// Rows and pixels of one input image.
    public var inputHeight: Int, inputWidth: Int, inputChannels: Int
    /// Rows and pixels of the convolution's own result, before any pixel shuffle.
    public var outputHeight: Int, outputWidth: Int, outputChannels: Int
    /// Taps of the filter.
    public var filterHeight: Int, filterWidth: Int
    /// Pixels from one result to the next, down and across.
    public var stride: Int
    /// Zero rows above and zero pixels to the left of the image.
    public var padTop: Int, padLeft: Int
    /// Pixels from one tap of the filter to the next, down and across.
    public var dilation: Int
    /// Groups of channels: those of the result are made of those of the input in the same group.
    public var groupCount: Int
    /// 1, or the block of a pixel shuffle on the way out: the result's row r, column c becomes rows
    /// r·block ..< (r + 1)·block of an image with outputChannels / block² channels.
    public var shuffleBlock: Int
    /// Images of the batch, which a filter gradient sums over.
    public var imageCount: Int
    /// None where input 0 holds all channels.
    public var pieces = ChannelPieces.none

    /// Of one group and dilation 1, without a pixel shuffle, and for one image, unless said.
    public init(
        inputHeight: Int, inputWidth: Int, inputChannels: Int,
        outputHeight: Int, outputWidth: Int, outputChannels: Int,
        filterHeight: Int, filterWidth: Int, stride: Int, padTop: Int, padLeft: Int,
        dilation: Int = 1, groupCount: Int = 1, shuffleBlock: Int = 1, imageCount: Int = 1
    ) {
        self.inputHeight = inputHeight
        self.inputWidth = inputWidth
        self.inputChannels = inputChannels
        self.outputHeight = outputHeight
        self.outputWidth = outputWidth
        self.outputChannels = outputChannels
        self.filterHeight = filterHeight
        self.filterWidth = filterWidth
        self.stride = stride
        self.padTop = padTop
        self.padLeft = padLeft
        self.dilation = dilation
        self.groupCount = groupCount
        self.shuffleBlock = shuffleBlock
        self.imageCount = imageCount
    }
}

extension ConvolutionGeometry {
    /// Channels of each group.
    public var groupInputChannels: Int { inputChannels / groupCount }
    /// The same for the result.
    public var groupOutputChannels: Int { outputChannels / groupCount }

    /// Rows of the input from the first row of taps to the last.
    public var reachHeight: Int { (filterHeight - 1) * dilation + 1 }
    /// The same for columns.
    public var reachWidth: Int { (filterWidth - 1) * dilation + 1 }

    /// Whether what a row of taps meets is one run of the input.
    public var hasConnectedTaps: Bool { groupCount == 1 && dilation == 1 }

    /// The same convolution by a filter with zeros between its taps.
    public var withDilatedFilter: ConvolutionGeometry {
        var dilated = self
        (dilated.filterHeight, dilated.filterWidth, dilated.dilation) = (reachHeight, reachWidth, 1)
        return dilated
    }

    /// Whether each channel is a group of its own.
    public var isDepthwise: Bool { groupCount > 1 && groupCount == inputChannels && groupCount == outputChannels }

    /// What kernels read that make filters ready for a convolution: the same whatever the sizes of its images.
    public var ofFilter: ConvolutionGeometry {
        var geometry = self
        (geometry.inputHeight, geometry.inputWidth) = (0, 0)
        (geometry.outputHeight, geometry.outputWidth) = (0, 0)
        geometry.imageCount = 0
        return geometry
    }
}
