import GraphBasics

/// How `sum_rows` uses its scratch: sums of one row, sums over the rows, one block of the prologue's
/// result and the prologue's own scratch.
public struct RowSumLayout {
    /// Channels whose sums are kept apart: 1 for the sum of everything.
    public var channels: Int
    /// Elements of a row from one to the next that go to the same sum: some pixels, so that the sums
    /// fill vectors and do not wait for each other.
    public var period: Int
    /// Where in scratch the sums over rows, the prologue's block and its own scratch begin, in bytes.
    public var totalsOffset: Int, blockOffset: Int, prologueOffset: Int
    /// Bytes of scratch in all.
    public var byteCount: Int

    /// The layout for a sum whose prologue asks for so many bytes of scratch.
    public init(_ geometry: RowGeometry, prologueByteCount: Int) {
        channels = geometry.outputChannels == 1 ? 1 : geometry.inputChannels
        period = channels < 4 ? 32 * channels : 8 * channels
        totalsOffset = (period * 4).roundedUp(to: 64)
        blockOffset = totalsOffset + (channels * 8).roundedUp(to: 64)
        prologueOffset = blockOffset + PointwiseScratch.slotByteCount
        byteCount = prologueOffset + prologueByteCount.roundedUp(to: 64)
    }
}
