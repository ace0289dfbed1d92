/// Proves that a graph means something. Runs after elaboration and after every pass.
///
/// The invariants:
/// 1. Every operand, output, measure, update and member names a node, and operands come before uses.
/// 2. Every operation's op exists, and its type is what the op infers from its operands.
/// 3. Names of nodes are unique, and empty for constants alone.
/// 4. Paths of weights and states are unique, and their sizes known.
/// 5. An update's target is a weight or state, updated once, by a value of its type.
/// 6. A measure is `f32[]`; names of measures are unique; there is at most one loss.
/// 7. Groups are empty, or every operation belongs to exactly one; a group's members are operations
///    in order, and no group needs, by way of another group, its own result.
public enum Verifier {
    /// Proves the invariants listed above; throws the first that does not hold.
    public static func verify(_ graph: Graph) throws(VerificationError) {
        try checkOrder(graph)
        try checkTypes(graph)
        try checkNames(graph)
        try checkPaths(graph)
        try checkUpdates(graph)
        try checkMeasures(graph)
        try checkGroups(graph)
    }

    private static func checkOrder(_ graph: Graph) throws(VerificationError) {
        for id in graph.ids {
            for operand in graph[id].operands where !(0..<id.index).contains(operand.index) {
                throw .operandAfterUse(graph[id].place)
            }
        }
        let references =
            graph.outputs.map(\.value) + graph.measures.map(\.value) + graph.updates.flatMap { [$0.target, $0.value] }
            + graph.groups.flatMap(\.members)
        for id in references where !graph.nodes.indices.contains(id.index) {
            throw .noValue(id)
        }
    }

    private static func checkTypes(_ graph: Graph) throws(VerificationError) {
        for node in graph.nodes {
            guard let operation = node.operation else { continue }
            let attributes: Attributes
            let type: TensorType
            do throws(OpError) {
                let op = operation.op.definition
                attributes = try op.signature.complete(
                    operation.attributes, operandCount: operation.operands.count, op: operation.op)
                type = try op.resultType(operation.operands.map { graph[$0].type }, attributes)
            } catch {
                throw .illegalOperation(node.place, error)
            }
            guard type == node.type, attributes == operation.attributes else {
                throw .otherType(node.place, node.type, operation.op, made: type)
            }
        }
    }

    private static func checkNames(_ graph: Graph) throws(VerificationError) {
        var names: Set<String> = []
        for node in graph.nodes {
            if case .constant = node.content {
                guard node.name.isEmpty else { throw .namedConstant(node.name) }
            } else if node.name.isEmpty || !names.insert(node.name).inserted {
                throw .sharedName(node.place)
            }
        }
    }

    private static func checkPaths(_ graph: Graph) throws(VerificationError) {
        var paths: Set<String> = []
        for node in graph.nodes {
            switch node.content {
            case .weight(let path, _), .state(let path, _):
                guard paths.insert(path).inserted else { throw .sharedPath(path, node.place) }
                guard node.type.shape.constant != nil else {
                    throw .symbolicTensor(path: path, node.type, node.place)
                }
            default: continue
            }
        }
    }

    private static func checkUpdates(_ graph: Graph) throws(VerificationError) {
        var targets: Set<ValueID> = []
        for update in graph.updates {
            let target = graph[update.target]
            switch target.content {
            case .weight, .state: break
            default: throw .fixedTarget(target.place)
            }
            guard targets.insert(update.target).inserted else { throw .updatedTwice(target.place) }
            guard graph[update.value].type == target.type else {
                throw .updateType(target.place, target.type, update: graph[update.value].type)
            }
        }
    }

    private static func checkMeasures(_ graph: Graph) throws(VerificationError) {
        var names: Set<String> = []
        for measure in graph.measures {
            guard graph[measure.value].type == .scalar else {
                throw .measureType(measure.name, graph[measure.value].type)
            }
            guard names.insert(measure.name).inserted else { throw .sharedMeasure(measure.name) }
        }
        guard graph.measures.filter({ $0.role == .loss }).count <= 1 else { throw .twoLosses }
    }

    private static func checkGroups(_ graph: Graph) throws(VerificationError) {
        guard !graph.groups.isEmpty else { return }
        var groupOf: [Int?] = Array(repeating: nil, count: graph.nodes.count)
        for (index, group) in graph.groups.enumerated() {
            guard group.members == group.members.sorted(), !group.members.isEmpty else {
                throw .unorderedGroup(group.name)
            }
            for member in group.members {
                guard graph[member].operation != nil, groupOf[member.index] == nil else {
                    throw .foreignMember(graph[member].place, group: group.name)
                }
                groupOf[member.index] = index
            }
        }
        for id in graph.ids where graph[id].operation != nil {
            guard let group = groupOf[id.index] else { throw .ungrouped(graph[id].place) }
            // Groups stand in the order of their steps, so what a group reads comes from no later one.
            for operand in graph[id].operands {
                guard let source = groupOf[operand.index], source > group else { continue }
                throw .laterGroup(graph.groups[group].name, needs: graph.groups[source].name, graph[id].place)
            }
        }
    }
}
