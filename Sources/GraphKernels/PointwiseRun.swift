import GraphBasics
import GraphKernelInterface

/// A pointwise program ready to run over rows: its channel and scalar operands are spread in scratch.
///
/// `pointwise`, the convolutions' prologue and epilogue and `sum_rows` all run their programs here.
/// Every element's value depends on the operands at its own place alone, whatever block it falls in.
struct PointwiseRun {
    /// Where each result's first element is stored: set before `run`.
    let destinations: UnsafeMutablePointer<UnsafeMutableRawPointer>

    private let code: PointwiseCode
    private let inputs: UnsafePointer<TensorRows>
    /// Operand k > 0 is this input + k.
    private let inputBase: Int
    private let channels: Int
    /// Where each value's current block is: in its slot, or in an operand's own memory.
    private let values: UnsafeMutablePointer<UnsafePointer<Float>>
    private let operandSlots: UnsafeMutablePointer<UnsafeMutablePointer<Float>>
    private let instructionSlots: UnsafeMutablePointer<Float>
    /// Whether the last instruction may write where its result is stored: only when no other result
    /// could still be read from there.
    private let storesLastInstruction: Bool
    /// The image whose operands lie in their slots.
    private let spreadImage: UnsafeMutablePointer<Int>
    /// Rows of an image, where operands have one element for each of its channels; else 0.
    private let rowsPerImage: Int

    private static let blockLength = PointwiseScratch.blockLength
    private static let slotLength = PointwiseScratch.slotByteCount / 4

    /// - Parameters:
    ///   - inputBase: the index in the call's inputs of operand k, less k.
    ///   - channels: elements of a pixel.
    ///   - scratch: 64-byte aligned, `code.scratchByteCount(channels:)` bytes.
    init(
        _ code: PointwiseCode, inputs: UnsafePointer<TensorRows>, inputBase: Int, channels: Int,
        scratch: UnsafeMutableRawPointer
    ) {
        self.code = code
        self.inputs = inputs
        self.inputBase = inputBase
        self.channels = channels
        let valueCount = code.operandCount + code.instructionCount
        values = scratch.assumingMemoryBound(to: UnsafePointer<Float>.self)
        operandSlots = (scratch + valueCount * 8).assumingMemoryBound(to: UnsafeMutablePointer<Float>.self)
        destinations = (scratch + (valueCount + code.operandCount) * 8)
            .assumingMemoryBound(to: UnsafeMutableRawPointer.self)
        var slot =
            scratch
            + PointwiseScratch.tableByteCount(
                operandCount: code.operandCount, instructionCount: code.instructionCount,
                resultCount: code.resultCount)
        for k in 0..<code.operandCount {
            operandSlots[k] = slot.floats
            slot += code.operands[k].slotByteCount(channels: channels)
        }
        instructionSlots = slot.floats
        storesLastInstruction =
            code.resultCount == 1 && code.results[0].element == .f32 && code.instructionCount > 0
            && Int(code.results[0].value) == valueCount - 1
        spreadImage = (scratch + (valueCount + code.operandCount + code.resultCount) * 8).assumingMemoryBound(to: Int.self)
        var rowsPerImage = 0
        for k in 0..<code.operandCount where code.operands[k].spread == .image { rowsPerImage = code.operands[k].rowsPerImage }
        self.rowsPerImage = rowsPerImage
        // An empty program has no scratch.
        if rowsPerImage > 0 { spreadImage.pointee = -1 }
        for k in 0..<code.operandCount where code.operands[k].spread.isSameForAllRows { spread(k, row: 0) }
    }

    /// Repeats an operand of an element for each channel, or of one, over its slot.
    private func spread(_ k: Int, row: Int) {
        let operand = code.operands[k]
        let source = UnsafeRawPointer(inputs[inputBase + k].row(row))
        let channelCount = operand.channelCount == 0 ? channels : operand.channelCount
        let period = operand.spread == .scalar ? 1 : channelCount
        let slot = operandSlots[k]
        for c in 0..<period { slot[c] = operand.element == .u8 ? Float(source.bytes[c]) : source.floats[c] }
        let length = operand.spread == .scalar ? PointwiseRun.blockLength : channels + PointwiseRun.blockLength
        for i in period..<max(period, length) { slot[i] = slot[i - period] }
    }

    /// Runs the program over part of a row and stores its results at `destinations`.
    ///
    /// - Parameters:
    ///   - row: of the operands with one element for each element.
    ///   - first: the element of the row to begin with.
    ///   - operand0: the first operand's element `first`, when it has one element for each element.
    func run(row: Int, first: Int, count: Int, operand0: UnsafeRawPointer) {
        if rowsPerImage > 0 { spreadOperands(ofImage: row / rowsPerImage) }
        var done = 0
        while done < count {
            let length = min(PointwiseRun.blockLength, count - done)
            prepareOperands(row: row, first: first, done: done, length: length, operand0: operand0)
            for i in 0..<code.instructionCount {
                let isLast = i == code.instructionCount - 1
                let destination =
                    isLast && storesLastInstruction && length % 8 == 0
                    ? destinations[0].floats + done : instructionSlots + i * PointwiseRun.slotLength
                execute(
                    code.instructions[i], values[Int(code.instructions[i].left)],
                    values[Int(code.instructions[i].right)], to: destination, count: length.roundedUp(to: 8))
                values[code.operandCount + i] = UnsafePointer(destination)
            }
            for j in 0..<code.resultCount {
                let source = values[Int(code.results[j].value)]
                if code.results[j].element == .u8 {
                    storeBytes(source, to: (destinations[j] + done).bytes, count: length)
                } else if source != UnsafePointer(destinations[j].floats + done) {
                    copy(source, to: destinations[j].floats + done, count: length)
                }
            }
            done += length
        }
    }

    private func spreadOperands(ofImage image: Int) {
        guard image != spreadImage.pointee else { return }
        spreadImage.pointee = image
        for k in 0..<code.operandCount where code.operands[k].spread == .image { spread(k, row: image) }
    }

    /// Points each operand's value at `length` elements, and as many more as fill a vector.
    private func prepareOperands(row: Int, first: Int, done: Int, length: Int, operand0: UnsafeRawPointer) {
        for k in 0..<code.operandCount {
            let operand = code.operands[k]
            let slot = operandSlots[k]
            switch operand.spread {
            case .scalar:
                values[k] = UnsafePointer(slot)
            case .channel, .image:
                values[k] = UnsafePointer(slot + (first + done) % channels)
            case .repeated:
                values[k] = operand.repetition.elements(
                    of: inputs[inputBase + k], operand.element, row: row, first: first + done, count: length, in: slot)
            case .full:
                let isByte = operand.element == .u8
                let elementByteCount = isByte ? 1 : 4
                let source =
                    k == 0
                    ? operand0 + done * elementByteCount
                    : UnsafeRawPointer(inputs[inputBase + k].row(row)) + (first + done) * elementByteCount
                if isByte {
                    loadBytes(source.bytes, to: slot, count: length)
                    values[k] = UnsafePointer(slot)
                } else if length % 8 != 0 {
                    copy(source.floats, to: slot, count: length)
                    values[k] = UnsafePointer(slot)
                } else {
                    values[k] = source.floats
                }
            }
        }
    }
}

/// Widens bytes to floats.
private func loadBytes(_ source: UnsafePointer<UInt8>, to destination: UnsafeMutablePointer<Float>, count: Int) {
    for i in 0..<count { destination[i] = Float(source[i]) }
}

/// Stores values as bytes, truncated and saturated as ``PointwiseOpcode/toU8`` does.
private func storeBytes(_ source: UnsafePointer<Float>, to destination: UnsafeMutablePointer<UInt8>, count: Int) {
    for i in 0..<count {
        // The comparison is false for NaN, which becomes 0.
        let positive = source[i] > 0 ? source[i] : 0
        destination[i] = UInt8(truncatingIfNeeded: Int32(positive < 255 ? positive : 255))
    }
}
