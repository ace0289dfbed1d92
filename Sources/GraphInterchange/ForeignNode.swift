/// The use of an op in a network of another program.
public struct ForeignNode: Hashable, Sendable {
    /// The op by ONNX's name, behind the name of its set and a point where that is not ONNX's own.
    public var op: String
    /// The node's own name; perhaps empty.
    public var name: String
    /// Names of values; empty for an operand that is left out.
    public var inputs: [String]
    /// Names of the values it makes; empty for one that is not wanted.
    public var outputs: [String]
    /// Named arguments, as far as the file gives them.
    public var attributes: [String: ForeignAttribute]

    /// Each argument is the property of its name.
    public init(
        _ op: String, name: String, inputs: [String], outputs: [String], attributes: [String: ForeignAttribute] = [:]
    ) {
        self.op = op
        self.name = name
        self.inputs = inputs
        self.outputs = outputs
        self.attributes = attributes
    }

    /// How messages call the node: its name, or that of the value it makes.
    public var shownName: String { name.isEmpty ? outputs.first { !$0.isEmpty } ?? "?" : name }
}

/// A named argument of a node.
public enum ForeignAttribute: Hashable, Sendable {
    case integer(Int)
    case float(Double)
    case text(String)
    case integers([Int])
    case floats([Double])
    case texts([String])
    case tensor(ForeignTensor)
    /// A part of the network that is run under a condition or again and again.
    case graph
    /// What no op has that is read here.
    case other
}
