import GraphBasics

/// How much scratch a pointwise program needs: a slot for each value's block, and before them
/// tables of addresses.
///
/// An operand with one element for each channel is repeated once per call, or once per image, into a slot of C +
/// `blockLength` elements, so that a block may begin at any channel.
public enum PointwiseScratch {
    /// Elements that one instruction works on before the next begins.
    public static let blockLength = 256

    /// Bytes of one block, and a cache line more so that blocks do not lie a power of two apart.
    public static let slotByteCount = blockLength * 4 + 64

    /// Bytes of the tables of addresses, of each value, each operand's slot and each result's place, and of the number of
    /// the image whose operands lie in their slots.
    public static func tableByteCount(operandCount: Int, instructionCount: Int, resultCount: Int) -> Int {
        ((2 * operandCount + instructionCount + resultCount + 1) * MemoryLayout<UnsafeRawPointer>.stride)
            .roundedUp(to: 64)
    }
}

extension PointwiseOperand {
    /// - Parameter channels: elements of a pixel.
    public func slotByteCount(channels: Int) -> Int {
        spread == .channel || spread == .image
            ? ((channels + PointwiseScratch.blockLength) * 4).roundedUp(to: 64) : PointwiseScratch.slotByteCount
    }
}

extension PointwiseProgram {
    /// Bytes of scratch to run the program over rows of pixels with `channels` elements.
    public func scratchByteCount(channels: Int) -> Int {
        PointwiseScratch.tableByteCount(
            operandCount: operands.count, instructionCount: instructions.count, resultCount: results.count)
            + operands.reduce(0) { $0 + $1.slotByteCount(channels: channels) }
            + instructions.count * PointwiseScratch.slotByteCount
    }
}

extension PointwiseCode {
    /// The same as ``PointwiseProgram/scratchByteCount(channels:)`` of the program it was made from.
    public func scratchByteCount(channels: Int) -> Int {
        var byteCount = PointwiseScratch.tableByteCount(
            operandCount: operandCount, instructionCount: instructionCount, resultCount: resultCount)
        for k in 0..<operandCount { byteCount += operands[k].slotByteCount(channels: channels) }
        return byteCount + instructionCount * PointwiseScratch.slotByteCount
    }
}
