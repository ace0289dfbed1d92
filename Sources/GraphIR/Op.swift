import RealModule

/// The definition of one operation of the language. `Ops/` holds one file for each.
///
/// A conforming type stores constants alone: what varies between uses is in ``Attributes``. An op
/// states everything the compiler needs to know of it; adding one is adding a file and a line in
/// ``OpRegistry``.
public protocol Op: Sendable {
    /// As written in source: `conv2d`.
    var name: String { get }

    var signature: Signature { get }

    /// Whether each element of the result depends on the elements at its own place alone, after
    /// broadcasting. Such ops fuse with each other and into the steps around them.
    var isPointwise: Bool { get }

    /// The result's type. Operand count and attributes were checked against the signature before.
    ///
    /// Sizes may be symbolic. Shapes that are surely wrong are errors; those that cannot be decided
    /// pass, and are decided when the op is asked again with all sizes bound.
    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType

    /// Appends the gradient with respect to each operand, nil where it is zero or has no meaning.
    ///
    /// - Parameter outputGradient: the loss's derivative by the result, of the result's shape.
    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?]

    /// Which rows of an operand some rows of the result need.
    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap

    /// Which columns of an operand some columns of the result need: as the rows of an image on its side.
    func columnMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap

    /// The result by the op's formula, as plainly as it can be written.
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar>

    /// For ops whose derivative jumps: on which side of the jump each element is. Gradient checks
    /// draw again where a difference quotient would cross.
    func kinkSides<Scalar: EvaluationScalar>(_ operands: [Tensor<Scalar>], _ attributes: Attributes) -> [Int8]

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost
}

extension Op {
    public var isPointwise: Bool { false }

    /// Height and width change places, in the shapes of images and in an axis that is one of the two.
    public func columnMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        func onItsSide(_ shape: [Int]) -> [Int] {
            shape.count == 4 ? [shape[0], shape[2], shape[1], shape[3]] : shape
        }
        var attributesOnItsSide = attributes
        if case .size(let axis) = attributes["axis"] {
            if axis == Size(1) { attributesOnItsSide["axis"] = .size(Size(2)) }
            if axis == Size(2) { attributesOnItsSide["axis"] = .size(Size(1)) }
        }
        return rowMap(
            operand: operand,
            BoundShapes(operands: shapes.operands.map(onItsSide), result: onItsSide(shapes.result)), attributesOnItsSide)
    }

    public func kinkSides<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes
    ) -> [Int8] { [] }
}

/// Float or Double: what reference implementations run in.
public protocol EvaluationScalar: Real, BinaryFloatingPoint, Sendable {}
extension Float: EvaluationScalar {}
extension Double: EvaluationScalar {}

/// What an op takes.
public struct Signature: Sendable {
    /// Operand names, for messages and documentation.
    public var operands: [String]
    /// Whether the last operand may be repeated.
    public var isVariadic: Bool
    public var attributes: [AttributeDeclaration]

    public init(_ operands: [String], isVariadic: Bool = false, attributes: [AttributeDeclaration] = []) {
        self.operands = operands
        self.isVariadic = isVariadic
        self.attributes = attributes
    }
}

public struct AttributeDeclaration: Sendable {
    public enum Kind: Sendable {
        /// A whole number known when compiling, within a range.
        case integer(ClosedRange<Int>)
        /// A size, perhaps symbolic.
        case size
        /// A list of sizes, perhaps symbolic.
        case sizes
        case float
        case symbol([String])
        /// Zeros around an image: `same`, `valid`, a number for all sides, `[vertical, horizontal]` or
        /// `[top, bottom, left, right]`, each number within a range.
        case padding(ClosedRange<Int>)

        /// Words that a padding may be.
        static let paddings = ["same", "valid"]
    }

    public var name: String
    public var kind: Kind
    /// nil when the attribute must be given.
    public var defaultValue: AttributeValue?

    public init(_ name: String, _ kind: Kind, default defaultValue: AttributeValue? = nil) {
        self.name = name
        self.kind = kind
        self.defaultValue = defaultValue
    }
}

/// Why an operation does not fit its operands. The elaborator adds where.
public struct OpError: Error, Hashable, Sendable {
    /// A diagnostic's code, as `shape-mismatch`.
    public var code: String
    public var message: String
    public var expected: String?
    public var found: String?

    public init(_ code: String, _ message: String, expected: String? = nil, found: String? = nil) {
        self.code = code
        self.message = message
        self.expected = expected
        self.found = found
    }
}

/// An operation in the graph that is being differentiated.
public struct OpUse: Sendable {
    public var operands: [ValueID]
    public var result: ValueID
    public var attributes: Attributes

    public init(operands: [ValueID], result: ValueID, attributes: Attributes) {
        self.operands = operands
        self.result = result
        self.attributes = attributes
    }
}

/// The sizes of an operation's operands and result, all bound.
public struct BoundShapes: Sendable {
    public var operands: [[Int]]
    public var result: [Int]

    public init(operands: [[Int]], result: [Int]) {
        self.operands = operands
        self.result = result
    }
}

/// Which rows of an operand some rows of a result need.
///
/// Rows are counted within one image, from 0 to H. Bands, halos and the receptive field follow from
/// the maps of all ops.
public enum RowMap: Hashable, Sendable {
    /// Rows a..<b of the result need rows ⌊(a·stride + first) / scale⌋ … ⌊((b − 1)·stride + last) / scale⌋
    /// of the operand, those that exist.
    case window(stride: Int, scale: Int, first: Int, last: Int)
    /// Any row of the result needs the whole operand: weights, scalars, reductions over the image.
    case all

    /// Row i of the result needs row i of the operand.
    public static let identity = RowMap.window(stride: 1, scale: 1, first: 0, last: 0)

    /// The operand's rows that `rows` of the result need, out of `height`.
    public func operandRows(for rows: Range<Int>, height: Int) -> Range<Int> {
        switch self {
        case .all:
            return 0..<height
        case .window(let stride, let scale, let first, let last):
            guard !rows.isEmpty else { return 0..<0 }
            let lower = Size.floorDivide(rows.lowerBound * stride + first, scale)
            let upper = Size.floorDivide((rows.upperBound - 1) * stride + last, scale) + 1
            let clampedLower = min(max(lower, 0), height)
            return clampedLower..<max(clampedLower, min(upper, height))
        }
    }
}

/// What an operation must do, whatever the algorithm.
public struct Cost: Hashable, Sendable {
    /// Additions and multiplications; transcendental functions count as one each.
    public var operationCount: Int
    public var bytesRead: Int
    public var bytesWritten: Int

    public init(operationCount: Int, bytesRead: Int, bytesWritten: Int) {
        self.operationCount = operationCount
        self.bytesRead = bytesRead
        self.bytesWritten = bytesWritten
    }
}
