import GraphCompiler
import GraphIR
import GraphKernelInterface

/// An operation without a kernel: its reference implementation on copies of its operands, in f32.
///
/// The only step that allocates during a run.
final class ReferenceStep: @unchecked Sendable {
    private struct Operand {
        /// nil for numbers.
        var rows: TensorRows?
        var layout: RowLayout
        var shape: [Int]
        var number: Float
    }

    private let op: any Op
    private let attributes: Attributes
    private let operands: [Operand]
    private let result: Operand

    init(_ step: Step, _ program: Program, _ memory: BoundMemory) {
        let graph = program.graph
        let member = graph.groups[step.group].members[0]
        guard let operation = graph[member].operation else {
            preconditionFailure("lowering gave the reference kernel an operation")
        }
        op = operation.op.definition
        attributes = operation.attributes
        func operand(_ id: ValueID) -> Operand {
            let shape = graph[id].type.shape.constant ?? []
            let layout = RowLayout(shape, graph[id].type.element)
            if case .constant(let number) = graph[id].content {
                return Operand(rows: nil, layout: layout, shape: shape, number: Float(number))
            }
            let index = program.buffers.firstIndex { $0.value == id }
            return Operand(rows: index.map { memory.rows[$0] }, layout: layout, shape: shape, number: .nan)
        }
        operands = operation.operands.map(operand)
        var result = operand(member)
        result.rows = memory.rows[step.outputs[0].index]
        self.result = result
    }

    func run() {
        let values = op.evaluate(operands.map(load), attributes, resultShape: result.shape).values
        guard let rows = result.rows else { return }
        for row in 0..<result.layout.rowCount {
            let start = row * result.layout.rowElementCount
            for element in 0..<result.layout.rowElementCount {
                switch result.layout.element {
                case .f32: rows.row(row).storeBytes(of: values[start + element], toByteOffset: element * 4, as: Float.self)
                case .u8: rows.row(row).storeBytes(of: UInt8(values[start + element]), toByteOffset: element, as: UInt8.self)
                }
            }
        }
    }

    private func load(_ operand: Operand) -> Tensor<Float> {
        guard let rows = operand.rows else { return .scalar(operand.number) }
        var values: [Float] = []
        values.reserveCapacity(operand.layout.rowCount * operand.layout.rowElementCount)
        for row in 0..<operand.layout.rowCount {
            for element in 0..<operand.layout.rowElementCount {
                switch operand.layout.element {
                case .f32: values.append(rows.row(row).load(fromByteOffset: element * 4, as: Float.self))
                case .u8: values.append(Float(rows.row(row).load(fromByteOffset: element, as: UInt8.self)))
                }
            }
        }
        return Tensor(shape: operand.shape, values: values)
    }
}
