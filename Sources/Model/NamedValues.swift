import GraphIR

/// `name=value` pairs as people write them on a command line: `N=1,H=48,W=48`.
public struct NamedValues<Value: LosslessStringConvertible> {
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

extension [NamedValues<CompileTimeValue>] {
    /// All pairs of a repeated option.
    ///
    /// - Throws: when a name stands in two of them.
    public func merged() throws(ModelError) -> [String: CompileTimeValue] {
        var merged: [String: CompileTimeValue] = [:]
        for (name, value) in flatMap(\.values) {
            guard let first = merged.updateValue(value, forKey: name) else { continue }
            throw ModelError("-D \(name)=\(first) and -D \(name)=\(value): a parameter has one value; give it once")
        }
        return merged
    }
}

extension CompileTimeValue: LosslessStringConvertible {}
