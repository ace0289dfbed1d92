import GraphIR
import GraphKernelInterface

/// How ops become instructions of a ``PointwiseProgram``.
enum PointwiseTable {
    /// What an op is to a program.
    enum Form {
        /// None: it moves elements or sums them.
        case none
        /// The operand: a cast that loading performs, a repetition.
        case operand
        /// The operand divided by a number, which is multiplied by its inverse.
        case quotient(Double)
        /// An instruction on one value with up to two numbers.
        case unary(PointwiseOpcode, Double = 0, Double = 0)
        /// An instruction on two values with up to two numbers.
        case binary(PointwiseOpcode, Double = 0, Double = 0)
        /// One of two values by a third: what each keeps, and then both, one of which is 0 everywhere.
        case choice
    }

    /// - Parameter repeatCount: how often each element of the first operand is repeated to make the result.
    static func form(of operation: Operation, repeatCount: Int = 1) -> Form {
        let attributes = operation.attributes
        switch operation.op {
        case .castToF32, .broadcast, .sumTo, .sumGradient: return .operand
        case .castToU8: return .unary(.toU8)
        case .add: return .binary(.add)
        case .subtract: return .binary(.subtract)
        case .multiply: return .binary(.multiply)
        case .divide: return .binary(.divide)
        case .negate: return .unary(.multiplyImmediate, -1)
        case .less: return .binary(.less)
        case .lessOrEqual: return .binary(.lessOrEqual)
        case .equal: return .binary(.equal)
        case .maximum: return .binary(.maximum)
        case .minimum: return .binary(.minimum)
        case .select: return .choice
        case .relu: return .unary(.relu)
        case .leakyReLU: return .unary(.leakyRelu, attributes.float("slope"))
        case .prelu: return .binary(.prelu)
        case .reluGradient: return .binary(.reluGradient, attributes.float("slope"))
        case .tanh: return .unary(.tanh)
        case .sigmoid: return .unary(.sigmoid)
        case .exp: return .unary(.exponential)
        case .log: return .unary(.logarithm)
        case .erf: return .unary(.errorFunction)
        case .abs: return .unary(.abs)
        case .sign: return .unary(.sign)
        case .sqrt: return .unary(.squareRoot)
        case .power: return .binary(.power)
        case .round: return .unary(.round)
        case .floor: return .unary(.floor)
        case .clip: return .unary(.clip, attributes.float("min"), attributes.float("max"))
        case .clipGradient: return .binary(.clipGradient, attributes.float("min"), attributes.float("max"))
        case .meanGradient: return .quotient(Double(repeatCount))
        case .conv2D, .conv2DInputGradient, .conv2DFilterGradient, .mean, .sum, .psnr, .psnrGradient, .depthToSpace,
            .spaceToDepth, .concat, .slice, .padZero, .pad, .padGradient, .reshape, .transpose, .table, .matmul, .reduceMax,
            .softmax,
            .maxPool, .maxPoolGradient, .averagePool, .averagePoolGradient, .resize, .resizeGradient,
            .resizeBicubic, .resizeBicubicGradient:
            return .none
        }
    }

    enum Operand {
        /// A value of the program.
        case value(UInt8)
        case number(Double)
    }

    /// What an operation adds to a program.
    enum Lowered {
        case instruction(PointwiseInstruction)
        case value(UInt8)
        /// The result is one number, repeated.
        case number(Double)
    }

    /// - Parameter append: adds an instruction that the operation's own reads; nil when there is no room.
    /// - Returns: nil when the operation has no instruction, or there is no room for what it reads.
    static func lower(
        _ operation: Operation, _ operands: [Operand], resultShape: [Int], repeatCount: Int,
        append: (PointwiseInstruction) -> UInt8?
    ) -> Lowered? {
        func fill(_ number: Double) -> UInt8? { append(PointwiseInstruction(.fill, left: 0, immediate: Float(number))) }
        let numbers = operands.compactMap { if case .number(let number) = $0 { number } else { nil } }
        func value(_ operand: Operand) -> UInt8? {
            switch operand {
            case .value(let value): value
            case .number(let number): fill(number)
            }
        }
        switch form(of: operation, repeatCount: repeatCount) {
        case .none:
            return nil
        case .operand:
            if case .value(let x) = operands[0] { return .value(x) }
            return .number(numbers[0])
        case .quotient(let divisor):
            if case .value(let x) = operands[0] {
                return .instruction(PointwiseInstruction(.multiplyImmediate, left: x, immediate: Float(1 / divisor)))
            }
            return .number(numbers[0] / divisor)
        case .unary where numbers.count == 1, .binary where numbers.count == 2, .choice where numbers.count == 3:
            let result = operation.op.definition.evaluate(
                numbers.map(Tensor.scalar), operation.attributes, resultShape: [])
            return .number(result.values[0])
        case .unary(let opcode, let a, let b):
            return value(operands[0]).map { x in
                .instruction(PointwiseInstruction(opcode, left: x, immediate: Float(a), secondImmediate: Float(b)))
            }
        case .binary(let opcode, let a, let b):
            switch (operands[0], operands[1]) {
            case (.value(let x), .number(let number)):
                if let short = opcode.withNumber(Float(number)) {
                    return .instruction(PointwiseInstruction(short.opcode, left: x, immediate: short.number))
                }
            case (.number(let number), .value(let y)):
                if let short = opcode.ofNumber(Float(number)) {
                    return .instruction(PointwiseInstruction(short.opcode, left: y, immediate: short.number))
                }
            default: break
            }
            guard let x = value(operands[0]), let y = value(operands[1]) else { return nil }
            return .instruction(
                PointwiseInstruction(opcode, left: x, right: y, immediate: Float(a), secondImmediate: Float(b)))
        case .choice:
            guard case .value(let condition) = operands[0] else {
                return value(operands[numbers[0] != 0 ? 1 : 2]).map { .value($0) }
            }
            /// nil where what is kept is 0 everywhere.
            func kept(_ operand: Operand, _ opcode: PointwiseOpcode) -> PointwiseInstruction?? {
                if case .number(0) = operand { return .some(nil) }
                return value(operand).map { PointwiseInstruction(opcode, left: $0, right: condition) }
            }
            guard let first = kept(operands[1], .keepWhere), let second = kept(operands[2], .keepWhereNot) else { return nil }
            guard let first else { return second.map { .instruction($0) } ?? .number(0) }
            guard let second else { return .instruction(first) }
            guard let x = append(first), let y = append(second) else { return nil }
            return .instruction(PointwiseInstruction(.either, left: x, right: y))
        }
    }

    // MARK: What can be fused

    /// Whether an operation computes a function that takes as long as ten additions.
    static func isTranscendental(_ operation: Operation) -> Bool {
        switch form(of: operation) {
        case .unary(let opcode, _, _), .binary(let opcode, _, _): opcode.isTranscendental
        case .none, .operand, .quotient, .choice: false
        }
    }

    /// Whether an operation can be an instruction over rows of `shape`.
    static func isFusable(_ operation: Operation, _ shape: Shape, in graph: Graph) -> Bool {
        guard operation.op.definition.isPointwise || repeats(operation),
            operation.operands.allSatisfy({ operand in
                graph.constant(operand) != nil || spread(of: graph[operand].type.shape, over: shape) != nil
            })
        else { return false }
        if operation.op == .sumTo { return graph[operation.operands[0]].type.shape == shape }
        if case .none = form(of: operation) { return false }
        return true
    }

    /// Whether an operation that is not pointwise may be one that repeats its operand as a broadcast does.
    private static func repeats(_ operation: Operation) -> Bool {
        if operation.op == .sumTo { return true }
        guard operation.op == .sumGradient else { return false }
        // Other axes than the first do not meet the operand's from the last backwards.
        let axes = operation.attributes.integers("axes")
        return axes.sorted() == Array(0..<axes.count)
    }

    /// How an operand of `shape` is spread over rows of another shape; nil where sizes are not known to meet.
    static func spread(of shape: Shape, over rows: Shape) -> PointwiseOperand.Spread? {
        if shape == rows { return .full }
        guard shape.rank <= rows.rank, rows.rank <= AxisSteps.maximumRank else { return nil }
        if shape.dimensions.allSatisfy({ $0.constant == 1 }) { return .scalar }
        if shape.dimensions.last == rows.dimensions.last {
            if shape.dimensions.dropLast().allSatisfy({ $0.constant == 1 }) { return .channel }
            if isOfImages(shape, rows) { return .image }
        }
        let meets = zip(shape.dimensions.reversed(), rows.dimensions.reversed()).allSatisfy { $0.constant == 1 || $0 == $1 }
        return meets ? .repeated : nil
    }

    /// Whether a shape has one pixel for each image of another.
    private static func isOfImages(_ shape: Shape, _ images: Shape) -> Bool {
        images.rank == 4 && shape.rank == 4 && shape.dimensions[0] == images.dimensions[0]
            && shape.dimensions[1...2].allSatisfy { $0.constant == 1 }
    }

    /// Whether a reduction sums each row of images to its channels.
    static func sumsRows(_ operation: Operation) -> Bool {
        operation.op != .sumTo && operation.attributes.integers("axes") == [2] && operation.attributes.truth("keep_dims")
    }

    /// Whether a reduction sums to one number, or a row, an image or all images to their channels.
    static func isRowSum(_ operation: Operation, _ graph: Graph) -> Bool {
        let shape = graph[operation.operands[0]].type.shape
        if operation.op == .sum || operation.op == .mean {
            let axes = operation.attributes.integers("axes")
            let kept = shape.dimensions.indices.filter {
                !axes.isEmpty && !axes.contains($0) && shape.dimensions[$0].constant != 1
            }
            return kept.isEmpty
                || shape.rank == 4
                    && (kept == [3] || operation.attributes.truth("keep_dims") && (kept == [0, 3] || sumsRows(operation)))
        }
        guard operation.op == .sumTo else { return false }
        let target = operation.attributes.sizes("shape")
        if isOfImages(Shape(target), shape), target[3] == shape.dimensions[3] { return true }
        guard target.dropLast().allSatisfy({ $0.constant == 1 }) else { return false }
        guard let last = target.last, last.constant != 1 else { return true }
        return shape.rank == 4 && last == shape.dimensions[3]
    }
}

extension PointwiseOpcode {
    /// Whether it computes a function that takes as long as ten additions.
    var isTranscendental: Bool {
        switch self {
        case .tanh, .sigmoid, .exponential, .logarithm, .errorFunction, .power, .powerOfImmediate: true
        case .add, .subtract, .multiply, .divide, .fill, .addImmediate, .multiplyImmediate, .subtractFromImmediate,
            .divideImmediate, .divideByImmediate, .relu, .leakyRelu, .prelu, .reluGradient, .abs, .squareRoot, .sign, .clip,
            .clipGradient, .round, .floor, .less, .lessOrEqual, .equal, .maximum, .minimum, .keepWhere, .keepWhereNot, .either,
            .toU8:
            false
        }
    }

    /// The instruction that takes a number in the place of y; nil where there is none.
    fileprivate func withNumber(_ number: Float) -> (opcode: PointwiseOpcode, number: Float)? {
        switch self {
        case .add: (.addImmediate, number)
        case .subtract: (.addImmediate, -number)
        case .multiply: (.multiplyImmediate, number)
        case .divide: (.divideByImmediate, number)
        case .prelu: (.leakyRelu, number)
        default: nil
        }
    }

    /// The instruction that takes a number in the place of x; nil where there is none.
    fileprivate func ofNumber(_ number: Float) -> (opcode: PointwiseOpcode, number: Float)? {
        switch self {
        case .add: (.addImmediate, number)
        case .subtract: (.subtractFromImmediate, number)
        case .multiply: (.multiplyImmediate, number)
        case .divide: (.divideImmediate, number)
        case .power: (.powerOfImmediate, number)
        default: nil
        }
    }
}
