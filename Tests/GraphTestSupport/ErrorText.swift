/// The error that a body throws, as words; "no error" without one.
///
/// - Parameter describe: the words; as the error describes itself where it gives none.
public func errorText(of body: () throws -> Void, as describe: (any Error) -> String? = { _ in nil }) -> String {
    do {
        try body()
        return "no error"
    } catch {
        return describe(error) ?? "\(error)"
    }
}
