import GraphIR
import GraphInterchange

/// Why a node has no counterpart in the language.
public enum UntranslatableReason: Hashable, Sendable {
    /// There is no such op.
    case op
    /// An argument has a value that is not supported.
    case attribute(String, String)
    case missingAttribute(String)
    /// An operand must be known when the network is read, and depends on the input.
    case operandIsNotKnown(Int)
    case operandIsMissing(Int)
    /// - Parameter rank: how many dimensions the operand has.
    case rank(Int)
    /// Dimensions lie in an order in which this op cannot take them.
    case layout
    /// Operands of shapes that do not broadcast image by image.
    case broadcast
    /// Elements of this type exist only while shapes are computed.
    case element(ForeignElement)
    /// A result that no one can make, as the second of `MaxPool`.
    case output(Int)
    /// A size that must be known depends on the input's.
    case symbolicSize
    /// The nodes before have computed more numbers than a model's shapes and constants need.
    case tooManyNumbers
    /// A size that is written with more terms than a size of a tensor can have.
    case complexSize
    /// The nodes before have made as many operations as a text may have.
    case tooManyOperations
    /// The op's own rules do not allow it.
    case rule(OpError)
}

extension UntranslatableReason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .op: "there is no such op"
        case .attribute(let name, let value): "\(name) = \(ShownText.short(value)) is not supported"
        case .missingAttribute(let name): "it has no \(name)"
        case .operandIsNotKnown(let index): "operand \(index + 1) depends on the input, and must be a constant"
        case .operandIsMissing(let index): "operand \(index + 1) is missing"
        case .rank(let rank): "a value of \(rank) dimensions is not supported here"
        case .layout: "its dimensions lie in an order that is not supported here"
        case .broadcast: "its operands do not broadcast in a way that is supported"
        case .element(let element): "values of \(element.rawValue) are supported in shapes alone"
        case .output(let index): "result \(index + 1) is not supported"
        case .symbolicSize: "a size depends on the input's, and must be a constant here"
        case .tooManyNumbers: "the nodes before make more constants than are computed when a network is read"
        case .complexSize: "a size that is computed has more than \(Size.complexityLimit) terms and factors"
        case .tooManyOperations: "the nodes before make \(Graph.mostWrittenValues) operations, which is as many as are read"
        case .rule(let error): error.description
        }
    }
}
