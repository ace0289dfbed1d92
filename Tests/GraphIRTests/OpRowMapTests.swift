import GraphIR
import Testing

/// Row maps, by changing rows and looking at what changes.
@Suite struct OpRowMapTests {
    static let imageCases = OpCase.all.filter { use in use.resultShape.count == 4 }

    @Test(arguments: imageCases)
    func rowsOutsideTheMapMakeNoDifference(_ use: OpCase) throws {
        let operands = use.operands()
        let result = use.evaluate(operands)
        for (index, operand) in operands.enumerated() where operand.shape.count == 4 {
            for rows in use.rowRanges {
                let needed = use.neededRows(operand: index, for: rows)
                #expect(needed.lowerBound >= 0 && needed.upperBound <= operand.shape[1])
                var changed = operands
                changed[index].changeRows { !needed.contains($0) }
                #expect(use.evaluate(changed).rows(rows) == result.rows(rows), "operand \(index), rows \(rows)")
            }
        }
    }

    @Test(arguments: imageCases)
    func columnsOutsideTheMapMakeNoDifference(_ use: OpCase) throws {
        let operands = use.operands()
        let result = use.evaluate(operands)
        for (index, operand) in operands.enumerated() where operand.shape.count == 4 {
            let width = result.shape[2]
            for columns in (0..<width).map({ $0..<$0 + 1 }) + [0..<width, width / 2..<width] {
                let needed = use.columnMap(operand: index).operandRows(for: columns, height: operand.shape[2])
                var changed = operands
                changed[index].changeColumns { !needed.contains($0) }
                #expect(
                    use.evaluate(changed).columns(columns) == result.columns(columns), "operand \(index), columns \(columns)")
            }
        }
    }

    /// Resizing is left out: where a pixel falls on a source pixel the outer taps weigh nothing. The maps of
    /// borders, and of filters whose taps lie apart, name more than is needed.
    @Test(
        arguments: imageCases.filter {
            ![
                .resizeBicubic, .resizeBicubicGradient, .clipGradient, .pad, .padGradient, .maxPoolGradient, .resize,
                .resizeGradient,
            ].contains($0.op) && [nil, .size(Size(1))].contains($0.attributes["dilation"])
        })
    func rowsAtTheBorderOfTheMapAreNeeded(_ use: OpCase) throws {
        let operands = use.operands()
        let result = use.evaluate(operands)
        for (index, operand) in operands.enumerated() where operand.shape.count == 4 && operand.shape[1] > 1 {
            guard case .window = use.rowMap(operand: index), use.changesWith(operand: index) else { continue }
            for rows in use.rowRanges {
                let needed = use.neededRows(operand: index, for: rows)
                for border in Set([needed.first, needed.last].compactMap(\.self)) {
                    var changed = operands
                    changed[index].changeRows { $0 == border }
                    #expect(
                        use.evaluate(changed).rows(rows) != result.rows(rows),
                        "operand \(index), rows \(rows), row \(border)")
                }
            }
        }
    }

    @Test func bicubicMapIsAsTightAsItsTaps() {
        // Factor 2: rows 4 and 5 lie a quarter above and below source row 2.
        let map = OpCase(.resizeBicubic, [[1, 9, 1, 1]], integers(["factor": 2])).rowMap(operand: 0)
        #expect(map.operandRows(for: 4..<5, height: 9) == 0..<4)
        #expect(map.operandRows(for: 5..<6, height: 9) == 1..<5)
        let transposed = OpCase(.resizeBicubicGradient, [[1, 18, 1, 1]], integers(["factor": 2])).rowMap(operand: 0)
        #expect(transposed.operandRows(for: 4..<5, height: 18) == 5..<13)
    }

    @Test func inputGradientRowsOfStridedConvolution() {
        let use = OpCase(
            .conv2DInputGradient, [[1, 4, 1, 1], [3, 3, 1, 1]],
            convolution(stride: 2, pad: .same, height: 8, width: 1))
        #expect(use.neededRows(operand: 0, for: 0..<1) == 0..<1)
        #expect(use.neededRows(operand: 0, for: 1..<2) == 0..<2)
        #expect(use.neededRows(operand: 0, for: 4..<5) == 2..<3)
        #expect(use.neededRows(operand: 0, for: 7..<8) == 3..<4)
    }
}

extension OpCase {
    private var definition: any Op { op.definition }

    private var built: Node? {
        var builder = GraphBuilder(name: "case")
        let ids = operandTypes.map { builder.declare(.input, type: $0, named: "x") }
        return (try? builder.apply(op, ids, attributes)).map { builder.graph[$0] }
    }

    var resultShape: [Int] { built?.type.shape.constant ?? [] }

    var boundShapes: BoundShapes { BoundShapes(operands: shapes, result: resultShape) }

    /// The attributes with the signature's defaults.
    var completeAttributes: Attributes { built?.operation?.attributes ?? attributes }

    func evaluate(_ operands: [Tensor<Double>]) -> Tensor<Double> {
        definition.evaluate(operands, completeAttributes, resultShape: resultShape)
    }

    func rowMap(operand: Int) -> RowMap {
        definition.rowMap(operand: operand, boundShapes, completeAttributes)
    }

    func columnMap(operand: Int) -> RowMap {
        definition.columnMap(operand: operand, boundShapes, completeAttributes)
    }

    func neededRows(operand: Int, for rows: Range<Int>) -> Range<Int> {
        rowMap(operand: operand).operandRows(for: rows, height: shapes[operand][1])
    }

    /// Steps change in steps, and gradients of clipped values may be zero on both sides.
    func changesWith(operand: Int) -> Bool {
        !OpCase.steps.contains(op) && ![.maximum, .minimum, .select, .reduceMax, .maxPool].contains(op)
            && !([.reluGradient, .clipGradient].contains(op) && operand == 1)
            && !(op == .prelu && operand == 1) && op != .clip && op != .relu
            && !(op == .leakyReLU && attributes["slope"] == .float(0))
            && op != .clipGradient && !(op == .reluGradient && attributes["slope"] == nil)
    }

    /// Each row, each pair of neighbours, and all of them.
    var rowRanges: [Range<Int>] {
        let height = resultShape[1]
        return (0..<height).map { $0..<$0 + 1 } + (0..<max(0, height - 1)).map { $0..<$0 + 2 } + [0..<height]
    }
}

extension Tensor<Double> {
    /// Replaces the chosen rows of every image by other numbers.
    mutating func changeRows(_ isChosen: (Int) -> Bool) {
        let rowCount = shape[2] * shape[3]
        for index in values.indices where isChosen(index / rowCount % shape[1]) {
            values[index] = values[index] + 0.37 + Double(index) * 0.01
        }
    }

    /// Replaces the chosen columns of every image by other numbers.
    mutating func changeColumns(_ isChosen: (Int) -> Bool) {
        for index in values.indices where isChosen(index / shape[3] % shape[2]) {
            values[index] = values[index] + 0.37 + Double(index) * 0.01
        }
    }

    func columns(_ columns: Range<Int>) -> [Double] {
        values.indices.filter { columns.contains($0 / shape[3] % shape[2]) }.map { values[$0] }
    }

    func rows(_ rows: Range<Int>) -> [Double] {
        let rowCount = shape[2] * shape[3]
        return values.indices.filter { rows.contains($0 / rowCount % shape[1]) }.map { values[$0] }
    }
}
