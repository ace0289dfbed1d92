import GraphIR

extension Program {
    /// Multiplications and additions of the convolutions and their gradients, as the sums are written, whatever
    /// the kernels do: what effective speed is counted in.
    public var convolutionOperationCount: Int {
        graph.groups.indices.reduce(0) { sum, group in
            let (total, overflow) = sum.addingReportingOverflow(convolutionOperationCount(ofGroup: group))
            return overflow ? .max : total
        }
    }

    /// Those of one step: all of its group, or 0 for a step that only packs a filter or sums products.
    public func convolutionOperationCount(of step: Step) -> Int {
        let inputs = step.inputs.map { self[buffer: $0.buffer] }, outputs = step.outputs.map { self[buffer: $0] }
        // Where there are sums of parts, the step that makes them multiplies.
        let multiplies =
            outputs.contains { $0.role == .partialSums }
            || outputs.contains(where: \.holdsValue) && !inputs.contains { $0.role == .partialSums }
        return multiplies ? convolutionOperationCount(ofGroup: step.group) : 0
    }

    /// What the kernel of an instruction multiplies and adds: how long it takes beside others. Rows of a source or sink
    /// count as 1.
    public func operationCount(of instruction: Instruction) -> Double {
        guard case .step(let step) = instruction.work else { return 1 }
        return max(1, Double(instruction.rows.count) * Double(steps[step].operationsPerRow))
    }

    private func convolutionOperationCount(ofGroup index: Int) -> Int {
        let members = graph.groups[index].members
        // Beside gradients of filters stands only what other groups compute, too.
        let gradients = members.filter { graph[$0].operation?.op == .conv2DFilterGradient }
        return (gradients.isEmpty ? members : gradients).reduce(0) { sum, member in
            guard let operation = graph[member].operation, operation.op.isConvolution else { return sum }
            let shapes = BoundShapes(
                operands: operation.operands.map(graph.boundShape), result: graph.boundShape(member))
            return sum + operation.op.definition.cost(shapes, operation.attributes).operationCount
        }
    }
}

extension OpName {
    /// `conv2d` or one of its gradients.
    fileprivate var isConvolution: Bool {
        self == .conv2D || self == .conv2DInputGradient || self == .conv2DFilterGradient
    }
}
