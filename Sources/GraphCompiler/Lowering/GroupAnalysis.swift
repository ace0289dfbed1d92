import GraphIR
import GraphKernelInterface

/// A group taken apart into the roles its members play.
struct GroupAnalysis {
    let graph: Graph
    let group: Group
    /// The first operation that is not pointwise, but for a sum that another takes along and for what brings channels
    /// together; nil for pointwise groups.
    let anchor: ValueID?
    /// The concatenation, or slices of channels, that make a convolution's image, or the slices that make a
    /// concatenation's, where nothing copies them.
    let gather: [ValueID]
    /// Pointwise operations that make the anchor's first operand.
    let prologue: [ValueID]
    /// All other pointwise operations: those on the anchor's result, and what else they read.
    let epilogue: [ValueID]
    /// The pixel shuffle behind a convolution.
    let shuffle: ValueID?
    /// Whether more than the anchor and its pixel shuffle is not pointwise.
    let hasFurtherOperations: Bool
    /// Values that exist in memory: read outside the group, or taken by an output, measure or update.
    let results: [ValueID]

    init(_ group: Group, in graph: Graph, _ uses: Uses) {
        self.graph = graph
        self.group = group
        let inside = Set(group.members)
        let isPointwise = { (id: ValueID) in
            graph[id].operation.map { PointwiseTable.isFusable($0, graph[id].type.shape, in: graph) } ?? false
        }
        var others = group.members.filter { !isPointwise($0) }
        let copies = others.prefix { graph[$0].operation?.op == .concat || graph[$0].operation?.op == .slice }
        if copies.count < others.count {
            gather = graph[others[copies.count]].operation?.op == .conv2D ? Array(copies) : []
        } else {
            gather = Array(copies.dropLast())
        }
        others.removeFirst(gather.count)
        // A sum that a filter's gradient takes along comes before it.
        anchor = others.first { graph[$0].operation?.op != .sumTo } ?? others.first
        shuffle = others.count == 2 && graph[others[1]].operation?.op == .depthToSpace ? others[1] : nil
        hasFurtherOperations = others.count > (shuffle == nil ? 1 : 2)
        var leadsToAnchor: Set<ValueID> = []
        for member in group.members.reversed() where member == anchor || leadsToAnchor.contains(member) {
            leadsToAnchor.formUnion(graph[member].operands)
        }
        let chain = group.members.filter(isPointwise)
        prologue = chain.filter(leadsToAnchor.contains)
        epilogue = chain.filter { !leadsToAnchor.contains($0) }
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
        guard let shape = (source ?? members.first).map({ graph[$0].type.shape }) else { return nil }
        let inside = Set(members)
        var externals: [ValueID] = source.map { [$0] } ?? []
        for operand in members.flatMap({ graph[$0].operands })
        where !inside.contains(operand) && operand != shuffle && graph.constant(operand) == nil
            && !externals.contains(operand)
        {
            externals.append(operand)
        }
        guard externals.count <= Int(UInt8.max) else { return nil }
        var operands: [PointwiseOperand] = []
        var place: [ValueID: UInt8] = [:]
        /// Members that are one number, repeated.
        var numbers: [ValueID: Double] = [:]
        for (position, external) in externals.enumerated() {
            guard let operand = self.operand(external, over: shape, of: members) else { return nil }
            place[external] = UInt8(position)
            operands.append(operand)
        }
        var instructions: [PointwiseInstruction] = []
        func append(_ instruction: PointwiseInstruction) -> UInt8? {
            guard operands.count + instructions.count < Int(UInt8.max) else { return nil }
            instructions.append(instruction)
            return UInt8(operands.count + instructions.count - 1)
        }
        for member in members {
            // Behind a shuffle the same elements go on in another order: the shuffle itself is an alias.
            guard let operation = graph[member].operation else { return nil }
            var inputs: [PointwiseTable.Operand] = []
            for operand in operation.operands {
                if let number = graph.constant(operand) ?? numbers[operand] {
                    inputs.append(.number(number))
                } else if let known = place[operand] ?? shuffle.flatMap({ $0 == operand ? place[graph[$0].operands[0]] : nil }) {
                    inputs.append(.value(known))
                } else {
                    return nil
                }
            }
            let resultShape = self.shape(member), operandShape = operation.operands.first.map(self.shape) ?? []
            let lowered = PointwiseTable.lower(
                operation, inputs, resultShape: resultShape,
                repeatCount: resultShape.reduce(1, *) / operandShape.reduce(1, *), append: append)
            switch lowered {
            case .value(let value):
                place[member] = value
            case .number(let number):
                numbers[member] = number
            case .instruction(let instruction):
                guard let value = append(instruction) else { return nil }
                place[member] = value
            case nil:
                return nil
            }
        }
        var stored: [PointwiseResult] = []
        for result in results {
            guard let value = place[result] ?? (result == shuffle ? place[graph[result].operands[0]] : nil) else { return nil }
            stored.append(PointwiseResult(value: value, element: graph[result].type.element))
        }
        return (
            PointwiseProgram(operands: operands, instructions: instructions, results: stored),
            Array(externals.dropFirst(source == nil ? 0 : 1))
        )
    }

    /// An operand from memory of a program over rows of `shape`; nil where kernels cannot spread it.
    private func operand(_ value: ValueID, over shape: Shape, of members: [ValueID]) -> PointwiseOperand? {
        let type = graph[value].type
        // Behind a pixel shuffle members have another shape: channels repeat within what was one pixel, and no image is read.
        let rows = members.first { graph[$0].operands.contains(value) }.map { graph[$0].type.shape } ?? shape
        guard let spread = PointwiseTable.spread(of: type.shape, over: rows), rows == shape || spread.isSameForAllRows
        else { return nil }
        var operand = PointwiseOperand(spread: spread, element: type.element)
        switch spread {
        case .full, .scalar: break
        case .channel: operand.channelCount = self.shape(value).last ?? 0
        case .image: operand.rowsPerImage = rows.dimensions[1].constant ?? 1
        case .repeated:
            guard let sizes = rows.constant, let repetition = OperandRepetition(of: self.shape(value), over: sizes) else {
                return nil
            }
            operand.repetition = repetition
        }
        return operand
    }
}

extension Graph {
    /// The sizes of a value in a graph whose sizes are bound.
    func boundShape(_ id: ValueID) -> [Int] {
        guard let shape = self[id].type.shape.constant else { preconditionFailure("sizes are bound before lowering") }
        return shape
    }
}
