/// `reduce_max(x, axes)`: the largest over `axes`, or of all elements when none is given; NaN where one is. With
/// `keep_dims` the axes stay, of size 1.
///
/// Of several that are largest each takes an equal share of the gradient.
struct ReduceMax: Op {
    let name = OpName.reduceMax
    let signature = Signature(["x"], attributes: Reduction.attributes)

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        try Reduction.resultType(operands[0], attributes, in: name)
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let x = use.operands[0], shape = builder.type(of: x).shape
        let largest = try Reduction.kept(use.result, from: shape, use.attributes, in: &builder)
        let gradient = try Reduction.kept(outputGradient, from: shape, use.attributes, in: &builder)
        let isLargest = try builder.apply(.equal, [x, largest])
        let count = try builder.apply(
            .sum, [isLargest], Attributes(["axes": .sizes(use.attributes.sizes("axes")), "keep_dims": .truth(true)]))
        let share = try builder.apply(.divide, [gradient, count])
        return [try builder.apply(.multiply, [isLargest, share])]
    }

    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        Reduction.map(alongAxis: 1, shapes, attributes)
    }

    func columnMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        Reduction.map(alongAxis: 2, shapes, attributes)
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        let largest = largest(of: operands[0], over: attributes.integers("axes")).largest
        return Tensor(shape: resultShape, values: largest)
    }

    func kinkSides<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes
    ) -> [Int8] {
        let (largest, places) = largest(of: operands[0], over: attributes.integers("axes"))
        return zip(operands[0].values, places).map { $0 == largest[$1] ? 1 : 0 }
    }

    /// The largest, and for each element of x the place of the one that it is compared with.
    @inline(__always)
    private func largest<Scalar: EvaluationScalar>(
        of x: Tensor<Scalar>, over axes: [Int]
    ) -> (largest: [Scalar], places: [Int]) {
        let kept = Reduction.keepingAxes(x.shape, axes: axes)
        let places = Broadcasting.places(of: kept, in: x.shape)
        var largest = Array(repeating: -Scalar.infinity, count: kept.elementCount)
        for (value, place) in zip(x.values, places) where value > largest[place] || value.isNaN { largest[place] = value }
        return (largest, places)
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        Cost(shapes, operationCount: shapes.operands[0].elementCount)
    }
}
