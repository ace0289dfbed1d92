import GraphLanguage
import GraphKernelInterface

/// One flat dataflow graph: an entry of a model at any stage of the compiler.
///
/// A graph is a plain value. Nodes stand in an order in which every operand comes before its use;
/// a ``ValueID`` is a node's index. Passes never edit a graph in place: they build a new one with
/// ``GraphBuilder`` and so cannot leave a dangling index behind.
public struct Graph: Hashable, Sendable {
    /// The model's name.
    public var name: String
    /// All nodes, operands before their uses.
    public var nodes: [Node]
    /// Results for the caller, in the order of the declaration.
    public var outputs: [Output]
    /// The loss and the metrics.
    public var measures: [Measure]
    /// What a training step assigns at its end.
    public var updates: [Update]
    /// Sets of nodes that are computed in one step, in the order of their first nodes. Empty before
    /// `fuse`; afterwards every operation belongs to exactly one.
    public var groups: [Group]

    /// Each argument is the property of its name.
    public init(
        name: String, nodes: [Node] = [], outputs: [Output] = [], measures: [Measure] = [],
        updates: [Update] = [], groups: [Group] = []
    ) {
        self.name = name
        self.nodes = nodes
        self.outputs = outputs
        self.measures = measures
        self.updates = updates
        self.groups = groups
    }

    /// The node that makes a value.
    public subscript(_ id: ValueID) -> Node {
        // Mostly a part of it is wanted: the whole need not be copied.
        _read { yield nodes[id.index] }
    }

    /// Identifiers of all nodes, in order.
    public var ids: [ValueID] { nodes.indices.map(ValueID.init) }

    /// What outputs, measures and updates take, and what is updated.
    public var roots: [ValueID] {
        outputs.map(\.value) + measures.map(\.value) + updates.flatMap { [$0.target, $0.value] }
    }

    /// For each node, whether one of some values depends on it.
    public func isNeeded(for values: [ValueID]) -> [Bool] {
        var isNeeded = Array(repeating: false, count: nodes.count)
        for value in values { isNeeded[value.index] = true }
        for id in ids.reversed() where isNeeded[id.index] {
            for operand in self[id].operands { isNeeded[operand.index] = true }
        }
        return isNeeded
    }

    /// Appends the outputs, measures, updates and groups of a graph whose values are at `place` in this one.
    mutating func appendResults(of graph: Graph, at place: (ValueID) -> ValueID) {
        outputs += graph.outputs.map { Output(name: $0.name, value: place($0.value)) }
        measures += graph.measures.map { Measure(role: $0.role, name: $0.name, value: place($0.value)) }
        updates += graph.updates.map { Update(target: place($0.target), value: place($0.value)) }
        groups += graph.groups.map { Group(name: $0.name, members: $0.members.map(place), kernel: $0.kernel) }
    }
}

/// Names the single result of a node.
public struct ValueID: Hashable, Sendable, Comparable {
    /// The index in ``Graph/nodes``.
    public var index: Int

    /// The value of the node at an index.
    public init(_ index: Int) { self.index = index }

    public static func < (left: ValueID, right: ValueID) -> Bool { left.index < right.index }
}

/// One value of a graph and where it comes from.
public struct Node: Hashable, Sendable {
    /// Where the value comes from.
    public enum Content: Hashable, Sendable {
        /// Comes from the caller, each run.
        case input
        /// A trained tensor, found in a pack by its path.
        case weight(path: String, initializer: Initializer)
        /// Kept from one training step to the next beside the weights.
        case state(path: String, initializer: Initializer)
        /// A single number from the caller, each run: the learning rate, the step's number.
        case scalar
        /// A number known when compiling; printed where it is used.
        case constant(Double)
        case operation(Operation)
    }

    /// Unique in its graph; empty for constants.
    public var name: String
    /// Where the value comes from.
    public var content: Content
    /// The value's element type and shape.
    public var type: TensorType
    /// Where it was written; no part of the graph's meaning.
    @Unhashed public var origin: Origin

    /// Each argument is the property of its name.
    public init(name: String, content: Content, type: TensorType, origin: Origin = .none) {
        self.name = name
        self.content = content
        self.type = type
        self.origin = origin
    }

    /// The operation that makes the value; nil where none does.
    public var operation: Operation? {
        if case .operation(let operation) = content { operation } else { nil }
    }

    /// The values this node reads; empty for all but operations.
    public var operands: [ValueID] {
        if case .operation(let operation) = content { operation.operands } else { [] }
    }
}

/// The use of an op on operands.
public struct Operation: Hashable, Sendable {
    /// The op that is used.
    public var op: OpName
    /// The values it reads, in the order of the op's signature.
    public var operands: [ValueID]
    /// Its named arguments, complete with defaults.
    public var attributes: Attributes

    /// Each argument is the property of its name.
    public init(_ op: OpName, _ operands: [ValueID], _ attributes: Attributes = Attributes()) {
        self.op = op
        self.operands = operands
        self.attributes = attributes
    }
}

/// Where a node was written, and the chain of calls and repeats that expanded to it, innermost first.
public struct Origin: Hashable, Sendable {
    /// The place in the source.
    public var location: SourceLocation
    /// The calls and repeats that led there, in words, innermost first.
    public var chain: [String]

    /// Each argument is the property of its name.
    public init(location: SourceLocation, chain: [String] = []) {
        self.location = location
        self.chain = chain
    }

    /// Of nodes that no one wrote.
    public static let none = Origin(location: .none)
}

/// A result handed to the caller.
public struct Output: Hashable, Sendable {
    /// The output's name, by which the caller takes it.
    public var name: String
    /// What is handed over.
    public var value: ValueID

    /// Each argument is the property of its name.
    public init(name: String, value: ValueID) {
        self.name = name
        self.value = value
    }
}

/// A scalar that training minimises (`loss`) or reports (`metric`).
public struct Measure: Hashable, Sendable {
    /// Whether training minimises the number or reports it.
    public enum Role: String, Hashable, Sendable { case loss, metric }

    /// Whether training minimises the number or reports it.
    public var role: Role
    /// Its name in reports.
    public var name: String
    /// The scalar.
    public var value: ValueID

    /// Each argument is the property of its name.
    public init(role: Role, name: String, value: ValueID) {
        self.role = role
        self.name = name
        self.value = value
    }
}

/// Assigns `value` to a weight or state after every read of it.
public struct Update: Hashable, Sendable {
    /// The weight or state that is assigned to.
    public var target: ValueID
    /// Its new value, of the same type.
    public var value: ValueID

    /// Each argument is the property of its name.
    public init(target: ValueID, value: ValueID) {
        self.target = target
        self.value = value
    }
}

/// Operations that one kernel computes; values used inside alone never exist in memory.
public struct Group: Hashable, Sendable {
    /// Unique in its graph: `s0`, `s1`, ….
    public var name: String
    /// The operations, operands before their uses.
    public var members: [ValueID]
    /// Once chosen.
    public var kernel: KernelName?

    /// Each argument is the property of its name.
    public init(name: String, members: [ValueID], kernel: KernelName? = nil) {
        self.name = name
        self.members = members
        self.kernel = kernel
    }
}
