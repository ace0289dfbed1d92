/// A broken invariant: a mistake of a pass, or of a text that was edited by hand.
public enum VerificationError: Error, Hashable, Sendable {
    /// An operand stands behind its use.
    case operandAfterUse(NodePlace)
    /// A result or a member is no node of the graph.
    case noValue(ValueID)

    /// An op rejects its operands or attributes.
    case illegalOperation(NodePlace, OpError)
    /// - Parameter made: what the op infers.
    case otherType(NodePlace, TensorType, OpName, made: TensorType)

    /// A constant bears a name.
    case namedConstant(String)
    /// A name is borne twice, or is empty.
    case sharedName(NodePlace)

    /// Two weights or states have one path.
    case sharedPath(String, NodePlace)
    /// The type of a weight or state depends on a symbol.
    case symbolicTensor(path: String, TensorType, NodePlace)

    /// What is updated is neither weight nor state.
    case fixedTarget(NodePlace)
    /// A weight or state has two updates.
    case updatedTwice(NodePlace)
    /// An update's value is of another type than its target.
    case updateType(NodePlace, TensorType, update: TensorType)

    /// A measure is no f32 scalar.
    case measureType(String, TensorType)
    /// Two measures have one name.
    case sharedMeasure(String)
    /// More than one measure is a loss.
    case twoLosses

    /// A group's members do not stand in order, or there are none.
    case unorderedGroup(String)
    /// A group's member is no operation, or belongs to an earlier group, too.
    case foreignMember(NodePlace, group: String)
    /// An operation belongs to no group.
    case ungrouped(NodePlace)
    /// A group reads what a later one makes.
    case laterGroup(String, needs: String, NodePlace)
}

extension VerificationError: CustomStringConvertible {
    /// Its number in the list that `Verifier.swift` begins with.
    public var invariant: Int {
        switch self {
        case .operandAfterUse, .noValue: 1
        case .illegalOperation, .otherType: 2
        case .namedConstant, .sharedName: 3
        case .sharedPath, .symbolicTensor: 4
        case .fixedTarget, .updatedTwice, .updateType: 5
        case .measureType, .sharedMeasure, .twoLosses: 6
        case .unorderedGroup, .foreignMember, .ungrouped, .laterGroup: 7
        }
    }

    /// The node that breaks it; nil where no node does.
    public var place: NodePlace? {
        switch self {
        case .operandAfterUse(let place), .illegalOperation(let place, _), .otherType(let place, _, _, _),
            .sharedName(let place), .sharedPath(_, let place), .symbolicTensor(_, _, let place), .fixedTarget(let place),
            .updatedTwice(let place), .updateType(let place, _, _), .foreignMember(let place, _), .ungrouped(let place),
            .laterGroup(_, _, let place):
            place
        case .noValue, .namedConstant, .measureType, .sharedMeasure, .twoLosses, .unorderedGroup: nil
        }
    }

    /// Where the node that breaks it was written.
    public var origin: Origin { place?.origin ?? .none }

    /// What breaks it.
    public var message: String {
        switch self {
        case .operandAfterUse(let place): "'\(place.name)' reads a value that comes after it"
        case .noValue(let id): "there is no value \(id.index)"
        case .illegalOperation(let place, let error): "'\(place.name)': \(error.wording.message)"
        case .otherType(let place, let type, let op, let made): "'\(place.name)': is \(type), \(op) makes \(made)"
        case .namedConstant(let name): "a constant is named '\(name)'"
        case .sharedName(let place): "two values are named '\(place.name)'"
        case .sharedPath(let path, _): "two tensors are named @\(path)"
        case .symbolicTensor(let path, let type, _): "@\(path) is \(type), which is not known when compiling"
        case .fixedTarget(let place): "'\(place.name)' is updated, but is neither weight nor state"
        case .updatedTwice(let place): "'\(place.name)' is updated twice"
        case .updateType(let place, let type, let update): "'\(place.name)' is \(type), its update \(update)"
        case .measureType(let name, let type): "'\(name)' is \(type), not f32[]"
        case .sharedMeasure(let name): "two measures are named '\(name)'"
        case .twoLosses: "there are two losses"
        case .unorderedGroup(let group): "the members of '\(group)' are out of order"
        case .foreignMember(let place, let group): "'\(place.name)' cannot belong to '\(group)'"
        case .ungrouped(let place): "'\(place.name)' belongs to no step"
        case .laterGroup(let group, let other, _): "step '\(group)' needs a result of '\(other)', which is later"
        }
    }

    public var description: String { "\(message) (invariant \(invariant))" }
}
