import GraphIR

extension Graph {
    /// For each node, whether it depends on weights and numbers alone, and on at least one weight. States of an entry that
    /// updates nothing are weights, too.
    func weightClosure() -> [Bool] {
        var isFixed: [Bool] = []
        var closure: [Bool] = []
        for node in nodes {
            switch node.content {
            case .weight:
                isFixed.append(true)
                closure.append(true)
            case .constant:
                isFixed.append(true)
                closure.append(false)
            case .operation(let operation):
                let fixed = operation.operands.allSatisfy { isFixed[$0.index] }
                isFixed.append(fixed)
                closure.append(fixed && operation.operands.contains { closure[$0.index] })
            case .state where updates.isEmpty:
                isFixed.append(true)
                closure.append(true)
            case .input, .state, .scalar:
                isFixed.append(false)
                closure.append(false)
            }
        }
        return closure
    }
}
