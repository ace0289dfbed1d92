import GraphIR
import KernelInterface

/// A group taken apart into the roles its members play.
struct GroupAnalysis {
    let graph: Graph
    let group: Group
    /// The operation that is not pointwise; nil for pointwise groups.
    let anchor: ValueID?
    /// Pointwise operations that make the anchor's first operand.
    let prologue: [ValueID]
    /// Pointwise operations on the anchor's result.
    let epilogue: [ValueID]
    /// The pixel shuffle behind a convolution.
    let shuffle: ValueID?
    /// Values that exist in memory: read outside the group, or taken by an output, measure or update.
    let results: [ValueID]

    init(_ group: Group, in graph: Graph, _ uses: Uses) {
        self.graph = graph
        self.group = group
        let inside = Set(group.members)
        let isPointwise = { (id: ValueID) in
            graph[id].operation.map { PointwiseTable.isFusable($0, graph[id].type.shape, in: graph) } ?? false
        }
        let others = group.members.filter { !isPointwise($0) }
        anchor = others.first
        shuffle = others.count == 2 && graph[others[1]].operation?.op == "depth_to_space" ? others[1] : nil
        if let anchor {
            prologue = group.members.filter { $0 < anchor && isPointwise($0) }
            epilogue = group.members.filter { $0 > anchor && isPointwise($0) }
        } else {
            prologue = []
            epilogue = group.members
        }
        results = group.members.filter { member in
            uses.isRoot(member) || uses.readers(of: member).contains { !inside.contains($0) }
        }
    }

    var anchorOperation: Operation? { anchor.flatMap { graph[$0].operation } }

    func shape(_ id: ValueID) -> [Int] { graph.boundShape(id) }

    /// The program of a chain, and the values it reads from memory behind the first.
    ///
    /// - Parameters:
    ///   - source: what operand 0 stands for; nil when every operand comes from memory.
    ///   - results: the values that the program stores.
    /// - Returns: nil when an operation has no instruction, or an operand no spread.
    func program(
        _ members: [ValueID], source: ValueID?, results: [ValueID]
    ) -> (program: PointwiseProgram, operands: [ValueID])? {
        guard let shape = members.first.map({ graph[$0].type.shape }) ?? source.map({ graph[$0].type.shape }) else {
            return nil
        }
        let inside = Set(members)
        var externals: [ValueID] = source.map { [$0] } ?? []
        for operand in members.flatMap({ graph[$0].operands })
        where !inside.contains(operand) && graph.constant(operand) == nil && !externals.contains(operand) {
            externals.append(operand)
        }
        var operands: [PointwiseOperand] = []
        var place: [ValueID: UInt8] = [:]
        for (position, external) in externals.enumerated() {
            let type = graph[external].type
            guard let spread = PointwiseTable.spread(of: type.shape, over: shape) else { return nil }
            place[external] = UInt8(position)
            operands.append(PointwiseOperand(spread: spread, element: type.element == .u8 ? .u8 : .f32))
        }
        var instructions: [PointwiseInstruction] = []
        for member in members {
            // Behind a shuffle the same elements go on in another order: the shuffle itself is an alias.
            guard let operation = graph[member].operation else { return nil }
            var inputs: [PointwiseTable.Operand] = []
            for operand in operation.operands {
                if let number = graph.constant(operand) {
                    inputs.append(.number(number))
                } else if let known = place[operand] ?? shuffle.flatMap({ $0 == operand ? place[graph[$0].operands[0]] : nil }) {
                    inputs.append(.value(known))
                } else {
                    return nil
                }
            }
            guard let lowered = PointwiseTable.lower(operation, inputs, resultShape: self.shape(member)) else { return nil }
            switch lowered {
            case .alias(let value):
                place[member] = value
            case .instruction(let instruction):
                guard operands.count + instructions.count < Int(UInt8.max) else { return nil }
                place[member] = UInt8(operands.count + instructions.count)
                instructions.append(instruction)
            }
        }
        var stored: [PointwiseResult] = []
        for result in results {
            guard let value = place[result] ?? (result == shuffle ? place[graph[result].operands[0]] : nil) else { return nil }
            stored.append(PointwiseResult(value: value, element: graph[result].type.element == .u8 ? .u8 : .f32))
        }
        return (
            PointwiseProgram(operands: operands, instructions: instructions, results: stored),
            Array(externals.dropFirst(source == nil ? 0 : 1))
        )
    }
}

extension Graph {
    /// The sizes of a value in a graph whose sizes are bound.
    func boundShape(_ id: ValueID) -> [Int] {
        guard let shape = self[id].type.shape.constant else { preconditionFailure("sizes are bound before lowering") }
        return shape
    }
}
