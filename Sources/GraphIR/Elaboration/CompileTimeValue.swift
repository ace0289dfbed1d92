/// A value that is known when the model is compiled: a parameter, a loop's variable.
public enum CompileTimeValue: Hashable, Sendable, CustomStringConvertible {
    case int(Int)
    case float(Double)
    case bool(Bool)

    /// As on the command line: `64`, `0.1`, `true`; nil for anything else.
    public init?(_ text: String) {
        if let number = Int(text) {
            self = .int(number)
        } else if let number = Double(text), number.isFinite {
            self = .float(number)
        } else if let truth = Bool(text) {
            self = .bool(truth)
        } else {
            return nil
        }
    }

    static let kinds = ["int", "float", "bool"]

    /// The parameter kind that the value has.
    public var kind: String {
        switch self {
        case .int: "int"
        case .float: "float"
        case .bool: "bool"
        }
    }

    /// The value as a number; nil for true and false.
    public var number: Double? {
        switch self {
        case .int(let value): Double(value)
        case .float(let value): value
        case .bool: nil
        }
    }

    /// The value as a parameter of `kind`; whole numbers serve as floats, nothing else converts.
    func converted(to kind: String) -> CompileTimeValue? {
        if self.kind == kind { return self }
        if case .int(let value) = self, kind == "float" { return .float(Double(value)) }
        return nil
    }

    public var description: String {
        switch self {
        case .int(let value): "\(value)"
        case .float(let value): "\(value)"
        case .bool(let value): "\(value)"
        }
    }
}
