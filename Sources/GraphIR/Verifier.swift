import GraphLanguage

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
                throw VerificationError(1, "'\(graph[id].name)' reads a value that comes after it", at: graph[id])
            }
        }
        let references =
            graph.outputs.map(\.value) + graph.measures.map(\.value) + graph.updates.flatMap { [$0.target, $0.value] }
            + graph.groups.flatMap(\.members)
        for id in references where !graph.nodes.indices.contains(id.index) {
            throw VerificationError(1, "there is no value \(id.index)")
        }
    }

    private static func checkTypes(_ graph: Graph) throws(VerificationError) {
        for node in graph.nodes {
            guard let operation = node.operation else { continue }
            do throws(OpError) {
                let op = operation.op.definition
                let attributes = try op.signature.complete(
                    operation.attributes, operandCount: operation.operands.count, op: operation.op)
                let type = try op.resultType(operation.operands.map { graph[$0].type }, attributes)
                guard type == node.type, attributes == operation.attributes else {
                    throw OpError("type-mismatch", "is \(node.type), \(operation.op) makes \(type)")
                }
            } catch {
                throw VerificationError(2, "'\(node.name)': \(error.message)", at: node)
            }
        }
    }

    private static func checkNames(_ graph: Graph) throws(VerificationError) {
        var names: Set<String> = []
        for node in graph.nodes {
            if case .constant = node.content {
                guard node.name.isEmpty else { throw VerificationError(3, "a constant is named '\(node.name)'") }
            } else if node.name.isEmpty || !names.insert(node.name).inserted {
                throw VerificationError(3, "two values are named '\(node.name)'", at: node)
            }
        }
    }

    private static func checkPaths(_ graph: Graph) throws(VerificationError) {
        var paths: Set<String> = []
        for node in graph.nodes {
            switch node.content {
            case .weight(let path, _), .state(let path, _):
                guard paths.insert(path).inserted else { throw VerificationError(4, "two tensors are named @\(path)", at: node) }
                guard node.type.shape.constant != nil else {
                    throw VerificationError(4, "@\(path) is \(node.type), which is not known when compiling", at: node)
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
            default: throw VerificationError(5, "'\(target.name)' is updated, but is neither weight nor state", at: target)
            }
            guard targets.insert(update.target).inserted else {
                throw VerificationError(5, "'\(target.name)' is updated twice", at: target)
            }
            guard graph[update.value].type == target.type else {
                throw VerificationError(
                    5, "'\(target.name)' is \(target.type), its update \(graph[update.value].type)", at: target)
            }
        }
    }

    private static func checkMeasures(_ graph: Graph) throws(VerificationError) {
        var names: Set<String> = []
        for measure in graph.measures {
            guard graph[measure.value].type == .scalar else {
                throw VerificationError(6, "'\(measure.name)' is \(graph[measure.value].type), not f32[]")
            }
            guard names.insert(measure.name).inserted else {
                throw VerificationError(6, "two measures are named '\(measure.name)'")
            }
        }
        guard graph.measures.filter({ $0.role == .loss }).count <= 1 else {
            throw VerificationError(6, "there are two losses")
        }
    }

    private static func checkGroups(_ graph: Graph) throws(VerificationError) {
        guard !graph.groups.isEmpty else { return }
        var groupOf: [Int?] = Array(repeating: nil, count: graph.nodes.count)
        for (index, group) in graph.groups.enumerated() {
            guard group.members == group.members.sorted(), !group.members.isEmpty else {
                throw VerificationError(7, "the members of '\(group.name)' are out of order")
            }
            for member in group.members {
                guard graph[member].operation != nil, groupOf[member.index] == nil else {
                    throw VerificationError(7, "'\(graph[member].name)' cannot belong to '\(group.name)'", at: graph[member])
                }
                groupOf[member.index] = index
            }
        }
        for id in graph.ids where graph[id].operation != nil {
            guard let group = groupOf[id.index] else {
                throw VerificationError(7, "'\(graph[id].name)' belongs to no step", at: graph[id])
            }
            // Groups stand in the order of their steps, so what a group reads comes from no later one.
            for operand in graph[id].operands {
                guard let source = groupOf[operand.index], source > group else { continue }
                throw VerificationError(
                    7, "step '\(graph.groups[group].name)' needs a result of '\(graph.groups[source].name)', which is later",
                    at: graph[id])
            }
        }
    }
}

/// A broken invariant: a mistake of a pass, or of a text that was edited by hand.
public struct VerificationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Its number in the list that `Verifier.swift` begins with.
    public var invariant: Int
    /// What breaks it.
    public var message: String
    /// Where the node that breaks it was written.
    @Unhashed public var origin: Origin

    init(_ invariant: Int, _ message: String, at node: Node? = nil) {
        self.invariant = invariant
        self.message = message
        origin = node?.origin ?? .none
    }

    public var description: String { "\(message) (invariant \(invariant))" }
}
