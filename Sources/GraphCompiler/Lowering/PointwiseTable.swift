import GraphIR
import KernelInterface

/// How each pointwise op becomes an instruction of a ``PointwiseProgram``.
///
/// An op that is missing here still runs, alone, by its reference implementation.
enum PointwiseTable {
    /// The instruction for an operation whose operands are the values `left` and `right`, or numbers.
    enum Operand {
        case value(UInt8)
        case number(Double)
    }

    /// What an operation adds to a program.
    enum Lowered {
        case instruction(PointwiseInstruction)
        /// The result is the operand: casts that loading performs, broadcasts.
        case alias(UInt8)
        /// The result is one number, repeated.
        case number(Double)
    }

    static func lower(_ operation: Operation, _ operands: [Operand], resultShape: [Int]) -> Lowered? {
        switch (operands.first, operands.count > 1 ? operands[1] : nil) {
        case (.value(let left), nil):
            return unary(operation, left, resultShape)
        case (.value(let left), .value(let right)):
            return binary(operation, left, right)
        case (.value(let left), .number(let number)):
            return withNumber(operation.op, left, Float(number))
        case (.number(let number), .value(let right)):
            return numberWith(operation.op, Float(number), right)
        case (.number(let number), nil) where operation.op == "mean_gradient":
            return .number(number / Double(resultShape.reduce(1, *)))
        case (.number(let number), nil) where ["broadcast", "sum_gradient"].contains(operation.op):
            return .number(number)
        default:
            return ofNumbers(operation, operands)
        }
    }

    private static func ofNumbers(_ operation: Operation, _ operands: [Operand]) -> Lowered? {
        var numbers: [Tensor<Double>] = []
        for operand in operands {
            guard case .number(let number) = operand else { return nil }
            numbers.append(.scalar(number))
        }
        let result = OpRegistry[operation.op]?.evaluate(numbers, operation.attributes, resultShape: [])
        return result.map { .number($0.values[0]) }
    }

    private static func unary(_ operation: Operation, _ x: UInt8, _ resultShape: [Int]) -> Lowered? {
        let attributes = operation.attributes
        func instruction(_ opcode: PointwiseOpcode, _ a: Double = 0, _ b: Double = 0) -> Lowered {
            .instruction(PointwiseInstruction(opcode, left: x, immediate: Float(a), secondImmediate: Float(b)))
        }
        switch operation.op {
        case "f32", "broadcast", "sum_to", "sum_gradient": return .alias(x)
        case "u8": return instruction(.toU8)
        case "negate": return instruction(.multiplyImmediate, -1)
        case "relu": return instruction(.relu)
        case "leaky_relu": return instruction(.leakyRelu, attributes.float("slope"))
        case "tanh": return instruction(.tanh)
        case "sigmoid": return instruction(.sigmoid)
        case "abs": return instruction(.abs)
        case "sqrt": return instruction(.squareRoot)
        case "sign": return instruction(.sign)
        case "round": return instruction(.round)
        case "clip": return instruction(.clip, attributes.float("min"), attributes.float("max"))
        case "power": return instruction(.powerOfImmediate, attributes.float("base"))
        case "mean_gradient":
            return instruction(.multiplyImmediate, 1 / Double(resultShape.reduce(1, *)))
        default: return nil
        }
    }

    private static func binary(_ operation: Operation, _ x: UInt8, _ y: UInt8) -> Lowered? {
        let attributes = operation.attributes
        func instruction(_ opcode: PointwiseOpcode, _ a: Double = 0, _ b: Double = 0) -> Lowered {
            .instruction(
                PointwiseInstruction(opcode, left: x, right: y, immediate: Float(a), secondImmediate: Float(b)))
        }
        switch operation.op {
        case "add": return instruction(.add)
        case "subtract": return instruction(.subtract)
        case "multiply": return instruction(.multiply)
        case "divide": return instruction(.divide)
        case "relu_gradient": return instruction(.reluGradient, attributes.float("slope"))
        case "clip_gradient": return instruction(.clipGradient, attributes.float("min"), attributes.float("max"))
        default: return nil
        }
    }

    private static func withNumber(_ op: String, _ x: UInt8, _ number: Float) -> Lowered? {
        switch op {
        case "add": .instruction(PointwiseInstruction(.addImmediate, left: x, immediate: number))
        case "subtract": .instruction(PointwiseInstruction(.addImmediate, left: x, immediate: -number))
        case "multiply": .instruction(PointwiseInstruction(.multiplyImmediate, left: x, immediate: number))
        case "divide": .instruction(PointwiseInstruction(.divideByImmediate, left: x, immediate: number))
        default: nil
        }
    }

    private static func numberWith(_ op: String, _ number: Float, _ x: UInt8) -> Lowered? {
        switch op {
        case "add": .instruction(PointwiseInstruction(.addImmediate, left: x, immediate: number))
        case "subtract": .instruction(PointwiseInstruction(.subtractFromImmediate, left: x, immediate: number))
        case "multiply": .instruction(PointwiseInstruction(.multiplyImmediate, left: x, immediate: number))
        case "divide": .instruction(PointwiseInstruction(.divideImmediate, left: x, immediate: number))
        default: nil
        }
    }

    // MARK: What can be fused

    /// Whether an operation can be an instruction over rows of `shape`.
    static func isFusable(_ operation: Operation, _ shape: Shape, in graph: Graph) -> Bool {
        guard let op = OpRegistry[operation.op], op.isPointwise || repeats(operation),
            operation.operands.allSatisfy({ operand in
                graph.constant(operand) != nil || spread(of: graph[operand].type.shape, over: shape) != nil
            })
        else { return false }
        if operation.op == "sum_to" { return graph[operation.operands[0]].type.shape == shape }
        let operands = operation.operands.enumerated().map { position, operand -> Operand in
            graph.constant(operand).map(Operand.number) ?? .value(UInt8(position))
        }
        return lower(operation, operands, resultShape: []) != nil
    }

    /// Whether an operation that is not pointwise may be one that repeats its operand as a broadcast does.
    private static func repeats(_ operation: Operation) -> Bool {
        switch operation.op {
        case "sum_to": return true
        case "sum_gradient":
            // Other axes than the first do not meet the operand's from the last backwards.
            let axes = operation.attributes.integers("axes")
            return axes.sorted() == Array(0..<axes.count)
        default: return false
        }
    }

    /// How an operand of `shape` is spread over rows of another shape; nil where kernels have no way.
    static func spread(of shape: Shape, over rows: Shape) -> PointwiseOperand.Spread? {
        if shape == rows { return .full }
        if shape.dimensions.allSatisfy({ $0.constant == 1 }), shape.rank <= rows.rank { return .scalar }
        guard shape.rank >= 1, shape.rank <= rows.rank, shape.dimensions.last == rows.dimensions.last,
            shape.dimensions.dropLast().allSatisfy({ $0.constant == 1 })
        else { return nil }
        return .channel
    }

    /// Whether a reduction sums to one number, or an image to its channels.
    static func isRowSum(_ operation: Operation, _ graph: Graph) -> Bool {
        let shape = graph[operation.operands[0]].type.shape
        switch operation.op {
        case "mean":
            return true
        case "sum":
            let axes = operation.attributes.integers("axes")
            return axes.isEmpty || axes == Array(0..<shape.rank) || (shape.rank == 4 && axes == [0, 1, 2])
        case "sum_to":
            let target = operation.attributes.sizes("shape")
            guard target.dropLast().allSatisfy({ $0.constant == 1 }) else { return false }
            guard let last = target.last, last.constant != 1 else { return true }
            return shape.rank == 4 && last == shape.dimensions[3]
        default:
            return false
        }
    }
}
