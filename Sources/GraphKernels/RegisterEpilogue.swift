import GraphKernelInterface

/// The epilogues of most convolutions, applied to vectors before they are stored for the first time:
/// relu(y + bias)·scale + addend, each part there or not. In the place of relu may stand clip, prelu (y where y > 0,
/// else slope·y) or a gradient's gate (y where mask > 0, else slope·y). The order and the rounding are those of the same
/// program run by ``PointwiseRun``.
struct RegisterEpilogue {
    /// nil without a bias.
    private(set) var bias: ChannelOperand?
    /// What smaller results become: 0 with relu, the least of a clip, −∞ without.
    private(set) var floor: Float = -.infinity
    /// What larger results become, where they are bounded.
    private(set) var ceiling: Float = .infinity
    private(set) var isBounded = false
    /// What decides where results are multiplied by the slope.
    private(set) var gate = Gate.none
    /// The factor where the gate is not positive: one for each channel, or for all.
    private(set) var slopes: ChannelOperand?
    private(set) var slope: Float = 0
    private(set) var scale: Float = 1
    /// One element for each element of the result.
    private(set) var addend: TensorRows?

    enum Gate {
        case none
        /// The result itself.
        case result
        /// One element for each element of the result.
        case mask(TensorRows)
    }

    /// Whether results that are not positive are multiplied by the slope.
    var isSloped: Bool { if case .result = gate { true } else { false } }

    /// The epilogue that leaves results as they are.
    init() {}

    /// nil when the program does something else.
    ///
    /// - Parameter channels: of the convolution's result, before any pixel shuffle.
    init?(_ code: PointwiseCode, inputs: UnsafePointer<TensorRows>, channels: Int) {
        guard code.resultCount <= 1 else { return nil }
        var part = Part.bias
        for i in 0..<code.instructionCount {
            let instruction = code.instructions[i]
            // A chain: each instruction reads what the one before it made.
            let current = i == 0 ? 0 : code.operandCount + i - 1
            let left = Int(instruction.left), right = Int(instruction.right)
            switch instruction.opcode {
            case .add:
                let other = left == current ? right : left
                guard left == current || right == current, other > 0, other < code.operandCount,
                    code.operands[other].element == .f32
                else { return nil }
                let operand = inputs[code.firstInput + other - 1]
                if code.operands[other].spread == .channel, part <= .bias {
                    bias = ChannelOperand(operand, code.operands[other], channels: channels)
                    part = .relu
                } else if code.operands[other].spread == .full, part <= .addend {
                    addend = operand
                    part = .end
                } else {
                    return nil
                }
            case .relu:
                guard left == current, part <= .relu else { return nil }
                floor = 0
                part = .scale
            case .clip:
                guard left == current, part <= .relu else { return nil }
                (floor, ceiling, isBounded) = (instruction.immediate, instruction.secondImmediate, true)
                part = .scale
            case .leakyRelu:
                guard left == current, part <= .relu else { return nil }
                gate = .result
                slope = instruction.immediate
                part = .scale
            case .prelu:
                guard left == current, part <= .relu, right > 0, right < code.operandCount,
                    code.operands[right].spread.isSameForAllRows, code.operands[right].element == .f32
                else { return nil }
                gate = .result
                let operand = inputs[code.firstInput + right - 1]
                if code.operands[right].spread == .channel {
                    slopes = ChannelOperand(operand, code.operands[right], channels: channels)
                } else {
                    slope = operand.row(0).floats[0]
                }
                part = .scale
            case .reluGradient:
                guard left == current, part <= .relu, right > 0, right < code.operandCount,
                    code.operands[right].spread == .full, code.operands[right].element == .f32
                else { return nil }
                gate = .mask(inputs[code.firstInput + right - 1])
                slope = instruction.immediate
                part = .scale
            case .multiplyImmediate:
                guard left == current, part <= .scale else { return nil }
                scale = instruction.immediate
                part = .addend
            default:
                return nil
            }
        }
        if code.resultCount == 1 {
            let last = code.instructionCount == 0 ? 0 : code.operandCount + code.instructionCount - 1
            guard code.results[0].element == .f32, Int(code.results[0].value) == last else { return nil }
        }
    }

    /// Takes sums of some pixels of a row to where they are stored, in one sweep.
    ///
    /// - Parameters:
    ///   - pixelStride: elements from one pixel's sums to the next's; results lie `channels` apart.
    ///   - row: of the mask and the addend.
    func finish(
        _ sums: UnsafePointer<Float>, pixelStride: Int, to result: UnsafeMutablePointer<Float>, row: Int, firstPixel: Int,
        count: Int, channels: Int
    ) {
        let first = firstPixel * channels
        let addend = addend.map { UnsafePointer($0.row(row).floats) + first }
        let sweep = EpilogueSweep(
            sums: sums, pixelStride: pixelStride, result: result, count: count, channels: channels, biases: bias?.from(0),
            scale: scale, addend: addend)
        // What there is stands outside of the loops, whose work is little.
        switch gate {
        case .none where isBounded:
            sweep.run(BoundedLanes(floor: floor, ceiling: ceiling))
        case .none: sweep.run(RaisedLanes(floor: floor))
        case .result: sweep.run(SlopedLanes(slopes: slopes?.from(0), slope: slope))
        case .mask(let rows): sweep.run(GatedLanes(mask: UnsafePointer(rows.row(row).floats) + first, slope: slope))
        }
    }

    private enum Part: Int, Comparable {
        case bias, relu, scale, addend, end

        static func < (a: Part, b: Part) -> Bool { a.rawValue < b.rawValue }
    }
}

/// An operand with one element for each channel, or behind a pixel shuffle for each that is left.
struct ChannelOperand {
    private let elements: UnsafePointer<Float>
    private let count: Int

    fileprivate init(_ rows: TensorRows, _ operand: PointwiseOperand, channels: Int) {
        elements = UnsafePointer(rows.row(0).floats)
        count = operand.channelCount == 0 ? channels : operand.channelCount
    }

    /// The elements from a channel before the shuffle on, as many as are stored side by side.
    func from(_ channel: Int) -> UnsafePointer<Float> { elements + channel % count }
}
