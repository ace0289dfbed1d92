import KernelInterface

/// The epilogues of most convolutions, applied to vectors before they are stored for the first time:
/// relu(y + bias)·scale + addend, each part there or not, with a gradient's gate (y where mask > 0, else
/// slope·y) perhaps in the place of relu; in the order and with the rounding of the same program run by
/// ``PointwiseRun``.
struct RegisterEpilogue {
    /// One element for each output channel; nil without a bias.
    private(set) var bias: UnsafePointer<Float>?
    /// What smaller results become: 0 with relu, −∞ without.
    private(set) var floor: Float = -.infinity
    /// One element for each element of the result, and the factor where it is not positive.
    private(set) var mask: TensorRows?
    private(set) var slope: Float = 0
    private(set) var scale: Float = 1
    /// One element for each element of the result.
    private(set) var addend: TensorRows?

    /// The epilogue that leaves results as they are.
    init() {}

    /// nil when the program does something else.
    init?(_ code: PointwiseCode, inputs: UnsafePointer<TensorRows>) {
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
                    bias = UnsafePointer(operand.row(0).floats)
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
            case .reluGradient:
                guard left == current, part <= .relu, right > 0, right < code.operandCount,
                    code.operands[right].spread == .full, code.operands[right].element == .f32
                else { return nil }
                mask = inputs[code.firstInput + right - 1]
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

    private enum Part: Int, Comparable {
        case bias, relu, scale, addend, end

        static func < (a: Part, b: Part) -> Bool { a.rawValue < b.rawValue }
    }
}
