/// What the language itself gives a name to: an op, or a function of whole numbers.
enum Callable {
    case op(OpName)
    case function(Function)

    /// Nil where the language has nothing of this name.
    init?(_ name: String) {
        if let op = OpName(rawValue: name) {
            self = .op(op)
        } else if let function = Function(rawValue: name) {
            self = .function(function)
        } else {
            return nil
        }
    }

    static let names = OpName.allCases.map(\.rawValue) + Function.allCases.map(\.rawValue)
}
