/// The sizes of kernels that go through rows of elements. Kernels state which of them they read.
public struct RowGeometry: Hashable, Sendable {
    /// Rows of one image, of the first input; the batch has `imageCount` times as many.
    public var inputHeight: Int
    /// Pixels of a row and elements of a pixel, of the first input.
    public var inputWidth: Int, inputChannels: Int
    /// The same of the first output.
    public var outputHeight: Int, outputWidth: Int, outputChannels: Int
    /// Images of the batch.
    public var imageCount: Int

    /// All sizes are at least 1.
    public init(
        inputHeight: Int, inputWidth: Int, inputChannels: Int,
        outputHeight: Int, outputWidth: Int, outputChannels: Int,
        imageCount: Int
    ) {
        self.inputHeight = inputHeight
        self.inputWidth = inputWidth
        self.inputChannels = inputChannels
        self.outputHeight = outputHeight
        self.outputWidth = outputWidth
        self.outputChannels = outputChannels
        self.imageCount = imageCount
    }
}
