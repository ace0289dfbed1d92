import GraphLanguage

/// Every op of the language. The raw values are their names in source and in dumps, and stand nowhere else.
///
/// A new case leads through the compiler: each switch over the ops that needs to know of it stops building.
public enum OpName: String, Hashable, Sendable, CaseIterable {
    // Element types.
    case castToF32 = "f32"
    case castToU8 = "u8"
    // Arithmetic; the operators +, -, *, / and unary - are written for these.
    case add, subtract, multiply, divide, negate
    // Comparisons, 1 or 0; the operators <, <= and == are written for these.
    case less
    case lessOrEqual = "less_or_equal"
    case equal
    // Choices; `max` and `min` are written for the first two.
    case maximum, minimum
    case select = "where"
    // Functions of each element, and the gradients that need an op of their own.
    case relu
    case leakyReLU = "leaky_relu"
    case prelu
    case reluGradient = "relu_gradient"
    case tanh, sigmoid, exp, log, erf, abs, sign, sqrt, power, round, floor, clip
    case clipGradient = "clip_gradient"
    // Convolution.
    case conv2D = "conv2d"
    case conv2DInputGradient = "conv2d_input_gradient"
    case conv2DFilterGradient = "conv2d_filter_gradient"
    // Reductions and their gradients.
    case mean
    case meanGradient = "mean_gradient"
    case sum
    case sumGradient = "sum_gradient"
    case sumTo = "sum_to"
    case reduceMax = "reduce_max"
    case softmax
    case broadcast
    case psnr
    case psnrGradient = "psnr_gradient"
    // Rearrangements.
    case depthToSpace = "depth_to_space"
    case spaceToDepth = "space_to_depth"
    case concat, slice
    case padZero = "pad_zero"
    case pad
    case padGradient = "pad_gradient"
    case reshape, transpose
    // Tensors that stand in the text, and products of matrices.
    case table, matmul
    // Pooling.
    case maxPool = "max_pool"
    case maxPoolGradient = "max_pool_gradient"
    case averagePool = "avg_pool"
    case averagePoolGradient = "avg_pool_gradient"
    // Resampling.
    case resize
    case resizeGradient = "resize_gradient"
    case resizeBicubic = "resize_bicubic"
    case resizeBicubicGradient = "resize_bicubic_gradient"
}

extension OpName {
    /// What the op means. `Ops/` holds one file for each.
    public var definition: any Op {
        switch self {
        case .castToF32: CastToF32()
        case .castToU8: CastToU8()
        case .add: Add()
        case .subtract: Subtract()
        case .multiply: Multiply()
        case .divide: Divide()
        case .negate: Negate()
        case .less: Less()
        case .lessOrEqual: LessOrEqual()
        case .equal: Equal()
        case .maximum: Maximum()
        case .minimum: Minimum()
        case .select: Select()
        case .relu: ReLU()
        case .leakyReLU: LeakyReLU()
        case .prelu: PReLU()
        case .reluGradient: ReLUGradient()
        case .tanh: Tanh()
        case .sigmoid: Sigmoid()
        case .exp: Exponential()
        case .log: Logarithm()
        case .erf: ErrorFunction()
        case .abs: Abs()
        case .sign: Sign()
        case .sqrt: Sqrt()
        case .power: Power()
        case .round: Round()
        case .floor: Floor()
        case .clip: Clip()
        case .clipGradient: ClipGradient()
        case .conv2D: Conv2D()
        case .conv2DInputGradient: Conv2DInputGradient()
        case .conv2DFilterGradient: Conv2DFilterGradient()
        case .mean: Mean()
        case .meanGradient: MeanGradient()
        case .sum: Sum()
        case .sumGradient: SumGradient()
        case .sumTo: SumTo()
        case .reduceMax: ReduceMax()
        case .softmax: Softmax()
        case .broadcast: Broadcast()
        case .psnr: PSNR()
        case .psnrGradient: PSNRGradient()
        case .depthToSpace: DepthToSpace()
        case .spaceToDepth: SpaceToDepth()
        case .concat: Concat()
        case .slice: Slice()
        case .padZero: PadZero()
        case .pad: Pad()
        case .padGradient: PadGradient()
        case .reshape: Reshape()
        case .transpose: Transpose()
        case .table: Table()
        case .matmul: MatrixProduct()
        case .maxPool: MaxPool()
        case .maxPoolGradient: MaxPoolGradient()
        case .averagePool: AveragePool()
        case .averagePoolGradient: AveragePoolGradient()
        case .resize: Resize()
        case .resizeGradient: ResizeGradient()
        case .resizeBicubic: ResizeBicubic()
        case .resizeBicubicGradient: ResizeBicubicGradient()
        }
    }
}

extension OpName: CustomStringConvertible {
    /// As written in source: `conv2d`.
    public var description: String { rawValue }

    /// The op that an operator on two tensors stands for; nil where it takes numbers alone.
    init?(_ symbol: BinaryOperator) {
        switch symbol {
        case .add: self = .add
        case .subtract: self = .subtract
        case .multiply: self = .multiply
        case .divide: self = .divide
        case .less: self = .less
        case .lessOrEqual: self = .lessOrEqual
        case .equal: self = .equal
        case .or, .and, .notEqual, .greater, .greaterOrEqual, .isMember, .floorDivide: return nil
        }
    }

    /// The op that a function of numbers stands for where it is given tensors; nil where it takes numbers alone.
    init?(_ function: Function) {
        switch function {
        case .max: self = .maximum
        case .min: self = .minimum
        case .log2: return nil
        }
    }

    /// The function of numbers that the op is written as.
    var function: Function? { Function.allCases.first { OpName($0) == self } }

    /// The operator that stands for the op.
    var symbol: BinaryOperator? { BinaryOperator.allCases.first { OpName($0) == self } }

    /// As people write it: `'+'` for `add`.
    var spelling: String {
        if self == .negate { return "'-'" }
        return symbol.map { "'\($0.rawValue)'" } ?? function?.rawValue ?? rawValue
    }
}
