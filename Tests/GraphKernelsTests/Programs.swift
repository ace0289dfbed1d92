import GraphKernelInterface
import Testing

/// A pointwise program with a name for the test's report.
struct NamedProgram: CustomTestStringConvertible {
    var name: String
    var program: PointwiseProgram

    init(
        _ name: String, _ operands: [PointwiseOperand], _ instructions: [PointwiseInstruction],
        _ results: [PointwiseResult]
    ) {
        self.name = name
        program = PointwiseProgram(operands: operands, instructions: instructions, results: results)
    }

    /// Random rows for the operands after the first.
    func operands(rowCount: Int, width: Int, channels: Int) -> [Rows] {
        var numbers = Numbers(11)
        return program.operands.dropFirst().map { operand in
            let (count, length) =
                switch operand.spread {
                case .full: (rowCount, width * channels)
                case .channel: (1, channels)
                case .scalar: (1, 1)
                case .image: (rowCount / operand.rowsPerImage, channels)
                case .repeated: preconditionFailure("no program here has one")
                }
            return operand.element == .u8 ? numbers.byteRows(count, length) : numbers.rows(count, length)
        }
    }

    var testDescription: String { name }
}

enum Programs {
    private static let full = PointwiseOperand(spread: .full)
    private static let channel = PointwiseOperand(spread: .channel)
    private static let scalar = PointwiseOperand(spread: .scalar)
    private static let byte = PointwiseOperand(spread: .full, element: .u8)

    /// Clips, rounds and stores bytes.
    static let scaleToBytes = PointwiseProgram(
        operands: [full],
        instructions: [
            .init(.multiplyImmediate, left: 0, immediate: 200),
            .init(.clip, left: 1, immediate: 0, secondImmediate: 255),
            .init(.round, left: 2), .init(.toU8, left: 3),
        ], results: [.init(value: 4, element: .u8)])

    /// x where y > 0, else 0: a gradient on its way through ReLU.
    static let gate = NamedProgram(
        "relu gradient", [full, full], [.init(.reluGradient, left: 0, right: 1)], [.init(value: 2)])

    /// What every convolution is tested with: programs as networks have them, and each opcode.
    static let epilogues = networkEpilogues + eachOpcode

    /// Each opcode alone and behind a bias: what a kernel recognises as a program of its own, it must compute.
    private static let eachOpcode = PointwiseOpcode.allCases.flatMap { opcode in
        [
            NamedProgram(
                "\(opcode)", [full, full],
                [.init(opcode, left: 0, right: 1, immediate: 0.25, secondImmediate: 2)], [.init(value: 2)]),
            NamedProgram(
                "bias + \(opcode)", [full, channel, full],
                [
                    .init(.add, left: 0, right: 1),
                    .init(opcode, left: 3, right: 2, immediate: 0.25, secondImmediate: 2),
                ], [.init(value: 4)]),
        ]
    }

    private static let networkEpilogues: [NamedProgram] = [
        NamedProgram("nothing", [full], [], [.init(value: 0)]),
        NamedProgram("bias", [full, channel], [.init(.add, left: 0, right: 1)], [.init(value: 2)]),
        NamedProgram(
            "bias + relu", [full, channel], [.init(.add, left: 0, right: 1), .init(.relu, left: 2)],
            [.init(value: 3)]),
        gate,
        NamedProgram(
            "bias + gate + scale + residual", [full, channel, full, full],
            [
                .init(.add, left: 1, right: 0), .init(.reluGradient, left: 4, right: 2, immediate: 0.25),
                .init(.multiplyImmediate, left: 5, immediate: 3), .init(.add, left: 3, right: 6),
            ], [.init(value: 7)]),
        NamedProgram(
            "bias + prelu + scale + residual", [full, channel, channel, full],
            [
                .init(.add, left: 0, right: 1), .init(.prelu, left: 4, right: 2),
                .init(.multiplyImmediate, left: 5, immediate: 3), .init(.add, left: 6, right: 3),
            ], [.init(value: 7)]),
        NamedProgram(
            "bias + prelu by a number", [full, channel],
            [.init(.add, left: 0, right: 1), .init(.leakyRelu, left: 2, immediate: -0.25)], [.init(value: 3)]),
        NamedProgram("prelu of one slope", [full, scalar], [.init(.prelu, left: 0, right: 1)], [.init(value: 2)]),
        NamedProgram("prelu of a slope for each element", [full, full], [.init(.prelu, left: 0, right: 1)], [.init(value: 2)]),
        NamedProgram(
            "a number through the gate", [full], [.init(.fill, left: 0, immediate: 2), .init(.reluGradient, left: 1, right: 0)],
            [.init(value: 2)]),
        NamedProgram("residual", [full, full], [.init(.add, left: 0, right: 1)], [.init(value: 2)]),
        NamedProgram(
            "scale + residual", [full, channel, full],
            [
                .init(.add, left: 0, right: 1), .init(.multiplyImmediate, left: 3, immediate: 0.1),
                .init(.add, left: 4, right: 2),
            ], [.init(value: 5)]),
        NamedProgram("bytes", [full], scaleToBytes.instructions, scaleToBytes.results),
        NamedProgram(
            "several results", [full, scalar, byte],
            [
                .init(.multiply, left: 0, right: 1), .init(.tanh, left: 3), .init(.add, left: 4, right: 2),
                .init(.toU8, left: 5),
            ],
            [.init(value: 5), .init(value: 0), .init(value: 6, element: .u8), .init(value: 3)]),
    ]

    /// What reads one element for each of `channels`, of which a pixel shuffle leaves so many.
    static func behindShuffle(channels: Int) -> NamedProgram {
        let shuffled = PointwiseOperand(spread: .channel, channelCount: channels)
        return NamedProgram(
            "bias + prelu", [full, shuffled, shuffled],
            [.init(.add, left: 0, right: 1), .init(.prelu, left: 3, right: 2)], [.init(value: 4)])
    }

    static let prologues: [NamedProgram] = [
        gate,
        NamedProgram("prelu", [full, channel], [.init(.prelu, left: 0, right: 1)], [.init(value: 2)]),
        NamedProgram("relu", [full], [.init(.relu, left: 0)], [.init(value: 1)]),
        NamedProgram("bytes", [byte], [], [.init(value: 0)]),
        NamedProgram(
            "scaled bytes less the mean", [byte, channel],
            [.init(.multiplyImmediate, left: 0, immediate: 1 / 255), .init(.subtract, left: 2, right: 1)],
            [.init(value: 3)]),
    ]
}

/// A pointwise step over rows of pixels; the operands are the inputs.
func pointwiseUse(
    _ program: PointwiseProgram, _ operands: [Rows], width: Int, channels: Int
) -> KernelUse<RowGeometry> {
    let rowCount = operands.map(\.rowCount).max()!
    return KernelUse(
        name: .pointwise,
        geometry: RowGeometry(
            inputHeight: rowCount, inputWidth: width, inputChannels: channels, outputHeight: rowCount,
            outputWidth: width, outputChannels: channels, imageCount: 1),
        inputs: operands,
        outputs: program.results.map {
            Rows(rowLength: width * channels, element: $0.element, rowCount: rowCount)
        },
        epilogue: program, scratchByteCount: program.scratchByteCount(channels: channels), rowCount: rowCount)
}
