import GraphBasics

/// What the direct convolution and the direct input gradient keep in scratch for one strip of pixels, from the shape
/// alone: the kernel table asks for the size, the kernels for the parts.
///
/// Scratch holds, in this order and each on a cache line: a table of row addresses, one of the addresses of taps, a line buffer of input rows of one strip,
/// the result of one row of the strip, its results after the epilogue when a pixel shuffle scatters them, and the
/// scratch of the prologue and the epilogue.
public struct DirectStripLayout {
    /// Pixels of the result computed at a time; the last strip of a row may be narrower.
    public var stripWidth: Int
    /// Elements from one pixel of the result to the next: its channels, and those that fill the last block of 8.
    public var paddedChannels: Int
    /// Input rows in the line buffer: as many as one row of the result may need.
    public var lineBufferRowCount: Int
    /// Where in scratch each part begins, in bytes.
    public var rowTableOffset: Int, tapTableOffset: Int, lineBufferOffset: Int, resultOffset: Int, shuffleOffset: Int
    /// Where in scratch the programs' own scratch begins, in bytes.
    public var prologueOffset: Int, epilogueOffset: Int
    /// Bytes from one row of the line buffer to the next, and of one result before the shuffle.
    public var lineBufferRowByteStride: Int, shuffleByteCount: Int
    /// Bytes of scratch in all.
    public var byteCount: Int

    /// Strips are computed in tiles of at least this many pixels.
    public static let tileWidth = 4

    /// - Parameters:
    ///   - lineBufferRowPixelCount: pixels of the input that a strip reads.
    ///   - resultPixelCount: pixels that are computed, those past the strip included.
    ///   - tapCount: taps of which the kernel keeps addresses.
    ///   - paddedChannels: where it is not that of the groups one behind the other, each in blocks of 8.
    init(
        _ geometry: ConvolutionGeometry, _ programs: ConvolutionProgramScratch, stripWidth: Int, lineBufferRowCount: Int,
        lineBufferRowPixelCount: Int, resultPixelCount: Int, tapCount: Int = 0, paddedChannels: Int? = nil
    ) {
        self.stripWidth = stripWidth
        self.lineBufferRowCount = lineBufferRowCount
        let lastGroup = geometry.outputChannels - geometry.groupOutputChannels
        self.paddedChannels =
            paddedChannels ?? (lastGroup + geometry.groupOutputChannels.roundedUp(to: 8)).roundedUp(to: 8)
        lineBufferRowByteStride = (lineBufferRowPixelCount * geometry.inputChannels * 4).roundedUp(to: 64)
        shuffleByteCount = (stripWidth * geometry.outputChannels * 4).roundedUp(to: 64)
        rowTableOffset = 0
        tapTableOffset = (lineBufferRowCount * MemoryLayout<UnsafeRawPointer>.stride).roundedUp(to: 64)
        lineBufferOffset = tapTableOffset + (tapCount * MemoryLayout<UnsafeRawPointer>.stride).roundedUp(to: 64)
        resultOffset = lineBufferOffset + lineBufferRowCount * lineBufferRowByteStride
        shuffleOffset = resultOffset + (resultPixelCount * self.paddedChannels * 4).roundedUp(to: 64)
        let shuffled = geometry.shuffleBlock > 1 ? max(1, programs.resultCount) * shuffleByteCount : 0
        prologueOffset = shuffleOffset + shuffled
        epilogueOffset = prologueOffset + programs.prologueByteCount.roundedUp(to: 64)
        byteCount = epilogueOffset + programs.epilogueByteCount.roundedUp(to: 64)
    }

    /// The result's rows cut into strips of about equal width, in whole tiles, none much wider than `target`.
    static func stripWidth(_ geometry: ConvolutionGeometry, target: Int) -> Int {
        let stripCount = max(1, geometry.outputWidth.ceilingDivided(by: target))
        return geometry.outputWidth.ceilingDivided(by: stripCount).roundedUp(to: 12)
    }
}
