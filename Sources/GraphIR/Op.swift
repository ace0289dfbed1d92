import RealModule

/// The definition of one operation of the language. `Ops/` holds one file for each.
///
/// A conforming type stores constants alone: what varies between uses is in ``Attributes``. An op
/// states everything the compiler needs to know of its meaning. `Docs/AddingAnOp.md` leads through adding one.
public protocol Op: Sendable {
    /// The case of ``OpName`` whose definition this is.
    var name: OpName { get }

    /// The operands and named arguments that it takes.
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

    /// What one use must do, with all sizes bound: arithmetic, and bytes read and written.
    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost
}

extension Op {
    /// No op is, unless it says so.
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

    /// None, for ops whose derivative is continuous.
    public func kinkSides<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes
    ) -> [Int8] { [] }
}

/// Float or Double: what reference implementations run in.
public protocol EvaluationScalar: Real, BinaryFloatingPoint, Sendable {}

extension Float: EvaluationScalar {}
extension Double: EvaluationScalar {}

/// The sizes of an operation's operands and result, all bound.
public struct BoundShapes: Sendable {
    /// The sizes of each operand.
    public var operands: [[Int]]
    /// The sizes of the result.
    public var result: [Int]

    /// Each argument is the property of its name.
    public init(operands: [[Int]], result: [Int]) {
        self.operands = operands
        self.result = result
    }
}
