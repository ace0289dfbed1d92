/// `matmul(a, b)`: the product of the matrices in the last two dimensions, y[…, m, n] = Σ a[…, m, k] · b[…, k, n].
///
/// With `transpose_a` or `transpose_b` the matrices of that operand are read with rows and columns exchanged. The
/// dimensions before the last two broadcast together, so that a weight `[K, C]` is applied to every pixel:
/// `matmul(x, w)` makes `[N, H, W, C]` of `[N, H, W, K]`, and is the product of a dense layer.
struct MatrixProduct: Op {
    let name = OpName.matmul
    let signature = Signature(
        ["a", "b"],
        attributes: [
            AttributeDeclaration("transpose_a", .truth, default: .truth(false)),
            AttributeDeclaration("transpose_b", .truth, default: .truth(false)),
        ])

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        var sides: [(batch: [Size], rows: Size, columns: Size)] = []
        for (operand, word) in zip(operands, ["transpose_a", "transpose_b"]) {
            try operand.requireF32(in: name)
            let sizes = operand.shape.dimensions
            guard sizes.count >= 2 else { throw .matrices(operand) }
            let matrix = attributes.truth(word) ? sizes.suffix(2).reversed() : Array(sizes.suffix(2))
            sides.append((sizes.dropLast(2), matrix[0], matrix[1]))
        }
        guard sides[0].columns.compared(to: sides[1].rows) != .different,
            let batch = try? Broadcasting.shape(of: sides.map { TensorType(.f32, Shape($0.batch)) }, in: name)
        else { throw .matrixShapes(operands[0], operands[1], columns: sides[0].columns, rows: sides[1].rows) }
        return TensorType(.f32, Shape(batch.dimensions + [sides[0].rows, sides[1].columns]))
    }

    /// With A and B the matrices as they are multiplied, that by A is dy·Bᵀ and that by B is Aᵀ·dy; by an operand that
    /// is read transposed, the transpose of that.
    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let (a, b) = (use.operands[0], use.operands[1])
        let isATransposed = use.attributes.truth("transpose_a"), isBTransposed = use.attributes.truth("transpose_b")
        let byA =
            isATransposed
            ? try product(b, isBTransposed, outputGradient, true, in: &builder)
            : try product(outputGradient, false, b, !isBTransposed, in: &builder)
        let byB =
            isBTransposed
            ? try product(outputGradient, true, a, isATransposed, in: &builder)
            : try product(a, !isATransposed, outputGradient, false, in: &builder)
        return [
            try Broadcasting.reduce(byA, like: a, in: &builder), try Broadcasting.reduce(byB, like: b, in: &builder),
        ]
    }

    private func product(
        _ a: ValueID, _ transposesA: Bool, _ b: ValueID, _ transposesB: Bool, in builder: inout GraphBuilder
    ) throws(OpError) -> ValueID {
        try builder.apply(
            .matmul, [a, b], Attributes(["transpose_a": .truth(transposesA), "transpose_b": .truth(transposesB)]))
    }

    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        Broadcasting.rowMap(from: shapes.operands[operand], to: shapes.result)
    }

    /// The columns of an image are the rows of its matrices.
    func columnMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        operand == 0 && shapes.operands[0].count == 4 && shapes.result.count == 4 && !attributes.truth("transpose_a")
            ? .identity : .all
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        let (a, b) = (operands[0], operands[1])
        let rows = resultShape[resultShape.count - 2], columns = resultShape[resultShape.count - 1]
        let isATransposed = attributes.truth("transpose_a"), isBTransposed = attributes.truth("transpose_b")
        let depth = a.shape[a.shape.count - (isATransposed ? 2 : 1)]
        let batch = Array(resultShape.dropLast(2))
        let aPlaces = Broadcasting.places(of: Array(a.shape.dropLast(2)), in: batch)
        let bPlaces = Broadcasting.places(of: Array(b.shape.dropLast(2)), in: batch)
        let (aRow, aColumn) = isATransposed ? (1, rows) : (depth, 1)
        let (bRow, bColumn) = isBTransposed ? (1, depth) : (columns, 1)
        var y: [Scalar] = []
        y.reserveCapacity(resultShape.elementCount)
        for (aPlace, bPlace) in zip(aPlaces, bPlaces) {
            for row in 0..<rows {
                for column in 0..<columns {
                    var sum: Scalar = 0
                    for k in 0..<depth {
                        let left = a.values[aPlace * rows * depth + row * aRow + k * aColumn]
                        sum += left * b.values[bPlace * depth * columns + k * bRow + column * bColumn]
                    }
                    y.append(sum)
                }
            }
        }
        return Tensor(shape: resultShape, values: y)
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        let a = shapes.operands[0]
        let depth = a[a.count - (attributes.truth("transpose_a") ? 2 : 1)]
        return Cost(shapes, operationCount: 2 * depth * shapes.result.elementCount)
    }
}
