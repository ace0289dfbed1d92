/// A small program over elements: what fusion makes of chains of pointwise ops.
///
/// Values 0..<operandCount are the operands; instruction i defines value operandCount + i. Kernels run
/// the program over blocks of some hundred elements, one instruction at a time, with each value's
/// block in the L1 cache. The same program serves as a step of its own, as the epilogue of a
/// convolution and as its prologue, so that every fused chain means one thing everywhere.
public struct PointwiseProgram: Hashable, Sendable {
    /// The values from outside, 0..<operands.count.
    public var operands: [PointwiseOperand]
    /// What is computed, each from values before it.
    public var instructions: [PointwiseInstruction]
    /// The values that are stored, one for each output, and the element type each is stored as.
    public var results: [PointwiseResult]

    /// Each argument is the property of its name.
    public init(operands: [PointwiseOperand], instructions: [PointwiseInstruction], results: [PointwiseResult]) {
        self.operands = operands
        self.instructions = instructions
        self.results = results
    }
}

/// A value that a pointwise program reads.
public struct PointwiseOperand: Hashable, Sendable {
    /// How an operand is spread over a row of W·C elements.
    public enum Spread: UInt8, Hashable, Sendable {
        /// One element for each element of the row.
        case full
        /// One element for each channel, repeated for each pixel: a bias.
        case channel
        /// One element for all.
        case scalar
        /// One element for each channel of an image, repeated for each of its pixels: a gate made of whole pictures.
        case image
        /// Repeated along other axes, as `repetition` says: a map of one value for each pixel, the statistics of groups.
        case repeated

        /// Whether the same elements serve every row.
        public var isSameForAllRows: Bool { self == .channel || self == .scalar }
    }

    /// How the operand is spread over a row.
    public var spread: Spread
    /// How the operand's elements lie in memory; programs compute in f32.
    public var element: ElementType
    /// How many elements a `.channel` operand has: 0 for one for each channel of a pixel. Behind a pixel shuffle there
    /// are fewer, and the pixels that one pixel becomes repeat them.
    public var channelCount: Int
    /// Rows of the program for each row of an `.image` operand.
    public var rowsPerImage: Int
    /// Where a `.repeated` operand's elements lie.
    public var repetition: OperandRepetition

    /// Each argument is the property of its name.
    public init(
        spread: Spread, element: ElementType = .f32, channelCount: Int = 0, rowsPerImage: Int = 1,
        repetition: OperandRepetition = OperandRepetition()
    ) {
        self.spread = spread
        self.element = element
        self.channelCount = channelCount
        self.rowsPerImage = rowsPerImage
        self.repetition = repetition
    }
}

/// A value that a pointwise program stores.
public struct PointwiseResult: Hashable, Sendable {
    /// The value's number: operands first, instructions behind them.
    public var value: UInt8
    /// As what it is stored.
    public var element: ElementType

    /// Each argument is the property of its name.
    public init(value: UInt8, element: ElementType = .f32) {
        self.value = value
        self.element = element
    }
}

/// One operation on the values `left` and `right` with up to two numbers.
public struct PointwiseInstruction: Hashable, Sendable {
    /// What is computed.
    public var opcode: PointwiseOpcode
    /// The number of the value x.
    public var left: UInt8
    /// The number of the value y; 0 where the opcode reads one value.
    public var right: UInt8
    /// The number a, where the opcode takes one.
    public var immediate: Float
    /// The number b, where the opcode takes two.
    public var secondImmediate: Float

    /// Each argument is the property of its name.
    public init(
        _ opcode: PointwiseOpcode, left: UInt8, right: UInt8 = 0, immediate: Float = 0, secondImmediate: Float = 0
    ) {
        self.opcode = opcode
        self.left = left
        self.right = right
        self.immediate = immediate
        self.secondImmediate = secondImmediate
    }
}

/// With x = left, y = right, a = immediate, b = second immediate.
public enum PointwiseOpcode: UInt8, Hashable, Sendable, CaseIterable {
    /// x + y, x − y, x · y, x / y
    case add, subtract, multiply, divide
    /// a, whatever x
    case fill
    /// x + a, x · a, a − x, a / x, x / a
    case addImmediate, multiplyImmediate, subtractFromImmediate, divideImmediate, divideByImmediate
    /// max(x, 0); NaN stays NaN.
    case relu
    /// x where x > 0, else a·x
    case leakyRelu
    /// x where x > 0, else y·x
    case prelu
    /// x where y > 0, else a·x: the gradient of these, y being their operand or, for a of 0 and more, their result.
    case reluGradient
    case tanh, sigmoid, abs, squareRoot
    /// eˣ, ln x and erf x
    case exponential, logarithm, errorFunction
    /// −1, 0 or 1; 0 for NaN
    case sign
    /// min(max(x, a), b)
    case clip
    /// x where a ≤ y ≤ b, else 0
    case clipGradient
    /// The nearest whole number, halves to even.
    case round
    /// The largest whole number that is not above x.
    case floor
    /// 1 where x < y, x ≤ y or x = y, else 0
    case less, lessOrEqual, equal
    /// The larger or the smaller of x and y; NaN where either is.
    case maximum, minimum
    /// x where y ≠ 0, or where y = 0, else +0
    case keepWhere, keepWhereNot
    /// x or y, where the other is +0
    case either
    /// x^y
    case power
    /// a^x
    case powerOfImmediate
    /// Truncated to a whole number and saturated to 0…255, NaN to 0: the cast to u8.
    case toU8
}
