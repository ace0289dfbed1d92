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

    /// What a parameter may be, as a graph declares it.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case int, float, bool
    }

    /// The parameter kind that the value has.
    public var kind: Kind {
        switch self {
        case .int: .int
        case .float: .float
        case .bool: .bool
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
    func converted(to kind: Kind) -> CompileTimeValue? {
        switch (self, kind) {
        case (.int, .int), (.float, .float), (.bool, .bool): self
        case (.int(let value), .float): .float(Double(value))
        case (.int, .bool), (.float, .int), (.float, .bool), (.bool, .int), (.bool, .float): nil
        }
    }

    public var description: String {
        switch self {
        case .int(let value): "\(value)"
        case .float(let value): "\(value)"
        case .bool(let value): "\(value)"
        }
    }
}
