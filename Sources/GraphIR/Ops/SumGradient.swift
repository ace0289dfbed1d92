/// The gradient of `sum`: dy repeated along `axes` (all, when none is given) until it has `shape`.
struct SumGradient: Op {
    let name = OpName.sumGradient
    let signature = Signature(
        ["dy"],
        attributes: [
            AttributeDeclaration("shape", .sizes), AttributeDeclaration("axes", .sizes, default: .sizes([])),
        ])

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        let dimensions = attributes.sizes("shape")
        let axes = try Reduction.axes(attributes, rank: dimensions.count, in: name)
        let kept = dimensions.indices.filter { !axes.isEmpty && !axes.contains($0) }
        try operands[0].require(TensorType(.f32, Shape(kept.map { dimensions[$0] })), as: "dy", in: name)
        return TensorType(.f32, Shape(dimensions))
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let axes = Attributes(["axes": .sizes(use.attributes.sizes("axes"))])
        return [try builder.apply(.sum, [outputGradient], axes)]
    }

    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap { .all }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        let aligned = Reduction.keepingAxes(resultShape, axes: attributes.integers("axes"))
        let places = Broadcasting.places(of: aligned, in: resultShape)
        return Tensor(shape: resultShape, values: places.map { operands[0].values[$0] })
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        Cost(shapes, operationCount: 0)
    }
}
