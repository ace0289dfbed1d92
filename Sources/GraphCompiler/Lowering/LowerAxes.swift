import GraphIR
import GraphKernelInterface

// What goes through tensors of any rank axis by axis: reductions that are no sums of rows, softmax, other shapes and orders,
// products of matrices, numbers repeated.

/// Sums, means and the largest over axes of images, or over neighbouring axes of other tensors.
func lowerAxisReduction(_ analysis: GroupAnalysis) -> Lowering? {
    guard let use = TensorUse(analysis), let reduced = use.reducedAxes else { return nil }
    let shape = use.shapes[0], isImage = shape.count == 4
    let within = isImage ? 2 : 0
    let inRow = reduced.filter { $0 >= within }
    guard inRow == Array((inRow.first ?? 0)..<(inRow.first ?? 0) + inRow.count) else { return nil }
    let first = inRow.first ?? shape.count, end = first + inRow.count
    let runs = AxisRuns(
        outer: shape[min(within, shape.count)..<first].reduce(1, *), size: shape[first..<end].reduce(1, *),
        inner: shape[end...].reduce(1, *))
    let reducedCount = reduced.reduce(1) { $0 * shape[$1] }
    let geometry = AxisReductionGeometry(
        imageCount: isImage ? shape[0] : 1, height: isImage ? shape[1] : 1, runs: runs,
        reducesImages: isImage && reduced.contains(0), reducesRows: isImage && reduced.contains(1),
        keepsRows: use.resultShape.count == 4, scale: use.operation.op == .mean ? Float(1 / Double(reducedCount)) : 1)
    let sourcesPerRow = (isImage ? shape[0] * shape[1] : 1) / geometry.resultRowCount
    let rowCost = runs.count * sourcesPerRow * Lowering.operationsPerCopy / 2
    return use.lowering(
        .axisReduction(geometry), isWhole: !geometry.keepsRows,
        operationsPerRow: geometry.keepsRows ? rowCost : rowCost * geometry.resultRowCount,
        scratchByteCount: geometry.scratchByteCount)
}

/// A softmax along an axis within a row.
func lowerSoftmax(_ analysis: GroupAnalysis) -> Lowering? {
    guard let use = TensorUse(analysis) else { return nil }
    let shape = use.resultShape, axis = use.operation.attributes.integer("axis"), within = shape.count == 4 ? 2 : 0
    guard axis >= within else { return nil }
    let runs = AxisRuns(
        outer: shape[within..<axis].reduce(1, *), size: shape[axis], inner: shape[(axis + 1)...].reduce(1, *))
    return use.lowering(
        .runs(runs), isWhole: shape.count != 4, operationsPerRow: runs.count * (Lowering.operationsPerCopy + 16))
}

func lowerReshape(_ analysis: GroupAnalysis) -> Lowering? {
    guard let use = TensorUse(analysis) else { return nil }
    let element = analysis.graph[use.operation.operands[0]].type.element
    let input = RowLayout(use.shapes[0], element), output = RowLayout(use.resultShape, element)
    let keepsRows = input.rowElementCount == output.rowElementCount && use.resultShape.count == 4
    return use.lowering(
        .reshape(ReshapeGeometry(inputRowByteCount: input.rowByteCount, outputRowByteCount: output.rowByteCount)),
        isWhole: !keepsRows,
        operationsPerRow: (keepsRows ? output.rowElementCount : output.rowCount * output.rowElementCount)
            * Lowering.operationsPerCopy)
}

func lowerTranspose(_ analysis: GroupAnalysis) -> Lowering? {
    guard let use = TensorUse(analysis) else { return nil }
    let order = use.operation.attributes.integers("order"), sizes = use.resultShape
    guard !order.isEmpty, let lanes = lanes(sizes), let steps = AxisSteps(of: use.shapes[0]) else { return nil }
    var ordered = steps
    for (axis, source) in order.enumerated() {
        ordered.rows[axis] = steps.rows[source]
        ordered.elements[axis] = steps.elements[source]
    }
    let element = analysis.graph[use.operation.operands[0]].type.element
    let isImage = sizes.count == 4
    return use.lowering(
        .transpose(TransposeGeometry(sizes: lanes, rank: sizes.count, steps: ordered, elementByteCount: element.byteCount)),
        isWhole: !isImage,
        operationsPerRow: sizes[(isImage ? 2 : 0)...].reduce(2 * Lowering.operationsPerCopy, *))
}

func lowerMatrixProduct(_ analysis: GroupAnalysis) -> Lowering? {
    guard let use = TensorUse(analysis) else { return nil }
    let (a, b, result) = (use.shapes[0], use.shapes[1], use.resultShape)
    let transposesA = use.operation.attributes.truth("transpose_a")
    let rows = result[result.count - 2], columns = result[result.count - 1]
    let depth = a[a.count - (transposesA ? 2 : 1)]
    let batch = Array(result.dropLast(2))
    guard let lanes = lanes(batch), let aSteps = AxisSteps(of: a, repeatedIn: batch),
        let bSteps = AxisSteps(of: b, repeatedIn: batch)
    else { return nil }
    let geometry = MatrixProductGeometry(
        rows: rows, columns: columns, depth: depth, batch: lanes, batchRank: batch.count, a: aSteps, b: bSteps,
        aRowStep: transposesA ? 1 : depth, aColumnStep: transposesA ? rows : 1,
        transposesB: use.operation.attributes.truth("transpose_b"), resultIsImage: result.count == 4)
    let cost = rows * columns * (depth + Lowering.operationsPerCopy)
    return use.lowering(
        .matrixProduct(geometry), isWhole: result.count != 4,
        operationsPerRow: result.count == 4 ? cost : cost * geometry.productCount,
        scratchByteCount: geometry.scratchByteCount)
}

/// A number repeated.
func lowerFill(_ analysis: GroupAnalysis) -> Lowering? {
    guard analysis.group.members.count == 1, let operation = analysis.graph[analysis.group.members[0]].operation,
        operation.operands.count == 1, let number = analysis.graph.constant(operation.operands[0])
    else { return nil }
    let shape = analysis.shape(analysis.group.members[0])
    let value: Double
    switch PointwiseTable.form(of: operation, repeatCount: shape.reduce(1, *)) {
    case .operand where operation.op != .castToF32: value = number
    case .quotient(let divisor): value = number / divisor
    default: return nil
    }
    let layout = RowLayout(shape, .f32)
    return Lowering(
        inputs: [], results: analysis.group.members,
        geometry: .fill(FillGeometry(rowLength: layout.rowElementCount, value: Float(value))),
        operationsPerRow: layout.rowElementCount * Lowering.operationsPerCopy, scratchByteCount: 0)
}

/// An operation on tensors that is alone in its group.
private struct TensorUse {
    let operation: Operation
    let shapes: [[Int]]
    let resultShape: [Int]
    private let result: ValueID

    init?(_ analysis: GroupAnalysis) {
        guard analysis.group.members.count == 1, let operation = analysis.graph[analysis.group.members[0]].operation,
            operation.operands.allSatisfy({ analysis.graph.constant($0) == nil })
        else { return nil }
        self.operation = operation
        result = analysis.group.members[0]
        shapes = operation.operands.map(analysis.shape)
        resultShape = analysis.shape(result)
    }

    /// The axes of the operand over which a reduction runs, in order.
    var reducedAxes: [Int]? {
        let shape = shapes[0]
        if operation.op == .sumTo {
            let missing = shape.count - resultShape.count
            return shape.indices.filter { $0 < missing || resultShape[$0 - missing] != shape[$0] }
        }
        let axes = operation.attributes.integers("axes")
        return axes.isEmpty ? Array(shape.indices) : axes.sorted()
    }

    func lowering(
        _ geometry: StepGeometry, isWhole: Bool, operationsPerRow: Int, scratchByteCount: Int = 0
    ) -> Lowering {
        Lowering(
            inputs: operation.operands.map { .value($0) }, results: [result], geometry: geometry, isWhole: isWhole,
            operationsPerRow: operationsPerRow, scratchByteCount: scratchByteCount)
    }
}

/// Sizes of axis k in lane k; nil when there are more than lanes.
private func lanes(_ sizes: [Int]) -> SIMD8<Int64>? {
    guard sizes.count <= AxisSteps.maximumRank else { return nil }
    var lanes = SIMD8<Int64>(repeating: 1)
    for (axis, size) in sizes.enumerated() { lanes[axis] = Int64(size) }
    return lanes
}

extension AxisSteps {
    /// The steps along the axes before the last two, as they broadcast to those of a batch.
    fileprivate init?(of shape: [Int], repeatedIn batch: [Int]) {
        guard batch.count <= AxisSteps.maximumRank, let own = AxisSteps(of: shape) else { return nil }
        self = .none
        let missing = batch.count - (shape.count - 2)
        for axis in missing..<max(missing, batch.count) where shape[axis - missing] != 1 {
            rows[axis] = own.rows[axis - missing]
            elements[axis] = own.elements[axis - missing]
        }
    }
}
