import ArgumentParser

/// `name=value` pairs as people write them on a command line: `N=1,H=48,W=48`.
public struct NamedValues<Value: LosslessStringConvertible> {
    /// The values by name.
    public var values: [String: Value]

    /// nil where a pair is not `name=value`, a value is no `Value`, or a name stands there twice.
    public init?(_ text: String) {
        values = [:]
        for pair in text.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty, let value = Value(parts[1]),
                values.updateValue(value, forKey: parts[0]) == nil
            else { return nil }
        }
    }
}

extension NamedValues: Sendable where Value: Sendable {}

extension NamedValues: ExpressibleByArgument {
    /// As ``init(_:)``, for an argument of a command.
    public init?(argument: String) { self.init(argument) }
}
