import GraphLanguage

/// Why a graph cannot be bound to sizes, differentiated or run: what is wrong, and with which of its nodes.
public enum NodeError: Error, Hashable, Sendable {
    /// An operation does not fit its operands; the place is nil where it belongs to the graph as a whole.
    case op(OpError, at: NodePlace?)

    /// A symbolic size is given a number below 1.
    case size(String, Int)
    /// These symbolic sizes are given no number.
    case missingSizes([String])
    /// A node's type depends on a symbol that no input has.
    case unboundType(TensorType, at: NodePlace)
    /// An attribute of an operation depends on a symbol that no input has.
    case unboundAttribute(at: NodePlace)

    /// The caller leaves something out.
    case missing(Argument, TensorType, at: NodePlace)
    /// - Parameter sizes: what is known of symbolic sizes.
    case shape(Argument, TensorType, where: [String: Int] = [:], found: [Int], at: NodePlace)
    /// An element of a u8 input is no whole number 0…255.
    case notBytes(Argument, at: NodePlace)
    /// Infinities or NaN first appear at a node.
    case notFinite(NonFinite, at: NodePlace)

    /// What is to be differentiated has no loss, or several.
    case losses([String], of: String)
    /// A loss has more elements than one.
    case lossNotScalar(String, TensorType, at: NodePlace)
    /// The loss depends on no weight of the graph.
    case nothingToTrain(graph: String, at: NodePlace)
    /// Passes of the compiler still change the graph after more rounds than any model needs.
    case endlessWork(graph: String)
    /// The values that are held at one time pass what the caller allows.
    case tooMuchMemory(byteLimit: Int, at: NodePlace)
    /// A measure of the model bears the name of one that training adds.
    case reservedMeasure(String)

    /// What a run takes from its caller.
    public enum Argument: Hashable, Sendable {
        case input(String)
        case weight(path: String)
        case state(path: String)
        case scalar(String)
    }

    /// Where numbers that are not finite come from.
    public enum NonFinite: Hashable, Sendable {
        /// From finite operands.
        case op(OpName)
        case tensor(path: String)
        /// From an input, or from a number in the graph's text.
        case number
    }
}

extension NodeError: CustomStringConvertible {
    /// The node that the error is about; nil where it is about the graph.
    public var place: NodePlace? {
        switch self {
        case .op(_, let place): place
        case .unboundType(_, let place), .unboundAttribute(let place), .missing(_, _, let place),
            .shape(_, _, _, _, let place), .notBytes(_, let place), .notFinite(_, let place),
            .lossNotScalar(_, _, let place), .nothingToTrain(_, let place), .tooMuchMemory(_, let place):
            place
        case .size, .missingSizes, .losses, .endlessWork, .reservedMeasure: nil
        }
    }

    /// Where the node was written.
    public var origin: Origin { place?.origin ?? .none }

    /// What a diagnostic says of it.
    public var wording: Wording {
        switch self {
        case .op(let error, _): error.wording

        case .size(let name, let number): Wording(.badSize, "size \(name) must be at least 1", found: number)
        case .missingSizes(let names):
            Wording(
                .missingValue,
                "no value is given for \(names.count == 1 ? "size" : "sizes") \(names.joined(separator: ", "))")
        case .unboundType(let type, let place):
            Wording(.unboundSize, "the size of '\(place.name)' depends on no input", found: type)
        case .unboundAttribute(let place):
            Wording(.unboundSize, "a size that '\(place.name)' is given depends on no input")

        case .missing(let argument, let type, _):
            Wording(argument.missingCode, "\(argument) is not given", expected: type)
        case .shape(let argument, let type, let sizes, let found, _):
            Wording(
                .shapeMismatch, "\(argument) has the wrong shape", expected: type.described(where: sizes),
                found: "\(type.element.rawValue)\(found)")
        case .notBytes(let argument, _):
            Wording(.elementMismatch, "\(argument) is u8: its elements are whole numbers 0…255")
        case .notFinite(.op(let op), _):
            Wording(.notFinite, "the op '\(op)' makes numbers that are not finite of finite ones")
        case .notFinite(.tensor(let path), _): Wording(.notFinite, "@\(path) holds numbers that are not finite")
        case .notFinite(.number, _): Wording(.notFinite, "numbers are not finite")

        case .losses(let names, let graph):
            Wording(
                .oneLoss, "'\(graph)' is trained on one loss", expected: "one loss",
                found: names.isEmpty ? "none" : names.joined(separator: ", "))
        case .lossNotScalar(let name, let type, _):
            Wording(
                .shapeMismatch, "loss '\(name)' is no single number; take its mean or sum", expected: TensorType.scalar,
                found: type)
        case .nothingToTrain(let graph, _):
            Wording(.noGradient, "the loss depends on no weight of '\(graph)', so there is nothing to train")
        case .endlessWork(let graph):
            Wording(
                .tooLarge, "'\(graph)' still becomes simpler after more rounds of the compiler than any model needs; split it")
        case .tooMuchMemory(let byteLimit, _):
            Wording(.tooLarge, "the values take more than the \(byteLimit >> 20) MiB that inputs of this size may ask for")
        case .reservedMeasure(let name):
            Wording(.duplicateName, "'\(name)' is what training calls the norm of all gradients; rename the measure")
        }
    }

    /// On one line: what is wrong, where, and what was expected and found.
    public var description: String {
        guard let place, !place.name.isEmpty else { return wording.inOneLine() }
        let line = place.origin == .none ? "" : ", line \(place.origin.location.line)"
        return wording.inOneLine(about: "'\(place.name)'\(line)")
    }
}

extension NodeError.Argument: CustomStringConvertible {
    public var description: String {
        switch self {
        case .input(let name): "input '\(name)'"
        case .weight(let path): "weight '\(path)'"
        case .state(let path): "state '\(path)'"
        case .scalar(let name): "scalar '\(name)'"
        }
    }

    /// The code of a diagnostic that says that the caller leaves it out.
    fileprivate var missingCode: Diagnostic.Code {
        switch self {
        case .input: .missingInput
        case .weight, .state, .scalar: .missingValue
        }
    }
}

extension TensorType {
    /// As in source, with what is known of its symbols: `f32[4*H, W] where H = 3`.
    fileprivate func described(where sizes: [String: Int]) -> String {
        let symbols = shape.dimensions.reduce(into: Set<String>()) { $0.formUnion($1.symbols) }
        let known = symbols.sorted().compactMap { name in sizes[name].map { "\(name) = \($0)" } }
        return known.isEmpty ? description : "\(self) where \(known.joined(separator: ", "))"
    }
}
