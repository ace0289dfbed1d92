/// The constants of one use of a convolution kernel: all sizes in elements.
public struct ConvolutionGeometry: Hashable, Sendable {
    /// Rows and pixels of one input image.
    public var inputHeight: Int, inputWidth: Int, inputChannels: Int
    /// Rows and pixels of the convolution's own result, before any pixel shuffle.
    public var outputHeight: Int, outputWidth: Int, outputChannels: Int
    public var filterHeight: Int, filterWidth: Int
    public var stride: Int
    /// Zero rows above and zero pixels to the left of the image.
    public var padTop: Int, padLeft: Int
    /// 1, or the block of a pixel shuffle on the way out: the result's row r, column c becomes rows
    /// r·block ..< (r + 1)·block of an image with outputChannels / block² channels.
    public var shuffleBlock: Int
    /// Images of the batch, which a filter gradient sums over.
    public var imageCount: Int

    public init(
        inputHeight: Int, inputWidth: Int, inputChannels: Int,
        outputHeight: Int, outputWidth: Int, outputChannels: Int,
        filterHeight: Int, filterWidth: Int, stride: Int, padTop: Int, padLeft: Int,
        shuffleBlock: Int = 1, imageCount: Int = 1
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
        self.shuffleBlock = shuffleBlock
        self.imageCount = imageCount
    }
}

/// The constants of kernels that go through rows of elements: pointwise steps, reductions, copies
/// along the row. Kernels state which fields they read.
public struct RowGeometry: Hashable, Sendable {
    /// Rows of one image, of the first input; the batch has `imageCount` times as many.
    public var inputHeight: Int
    /// Pixels of a row and elements of a pixel, of the first input.
    public var inputWidth: Int, inputChannels: Int
    public var outputHeight: Int, outputWidth: Int, outputChannels: Int
    public var imageCount: Int
    /// A pixel shuffle's block, a resize's factor, a slice's or a part's first channel.
    public var parameter: Int
    /// A number of the op: the maximum of psnr, the divisor of a mean.
    public var number: Float
    /// What the result is multiplied with: the gradient by a psnr.
    public var factor: Float

    public init(
        inputHeight: Int, inputWidth: Int, inputChannels: Int,
        outputHeight: Int, outputWidth: Int, outputChannels: Int,
        imageCount: Int, parameter: Int = 0, number: Float = 0, factor: Float = 1
    ) {
        self.inputHeight = inputHeight
        self.inputWidth = inputWidth
        self.inputChannels = inputChannels
        self.outputHeight = outputHeight
        self.outputWidth = outputWidth
        self.outputChannels = outputChannels
        self.imageCount = imageCount
        self.parameter = parameter
        self.number = number
        self.factor = factor
    }
}

/// The constants of a concatenation along the channels: image rows of `width` pixels, whose parts lie
/// one after the other in each pixel of the output.
public struct ConcatGeometry: Hashable, Sendable {
    public static let maximumPartCount = 8

    public var width: Int
    public var partCount: Int
    /// Channels of input k in lane k, 0 past the last.
    public var partChannels: SIMD8<Int32>

    /// - Precondition: at most ``maximumPartCount`` parts.
    public init(width: Int, partChannels: [Int]) {
        precondition(partChannels.count <= ConcatGeometry.maximumPartCount, "too many parts")
        self.width = width
        self.partCount = partChannels.count
        self.partChannels = SIMD8(repeating: 0)
        for (part, channels) in partChannels.enumerated() { self.partChannels[part] = Int32(channels) }
    }
}
