/// Why training or an evaluation cannot start or go on: what, where and what to do, in one line.
public struct TrainingError: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String

    public init(_ description: String) { self.description = description }
}

/// Runs `body` and passes on what it throws as a ``TrainingError`` with the same words.
func asTrainingError<Value>(_ body: () throws -> Value) throws(TrainingError) -> Value {
    do {
        return try body()
    } catch let error as TrainingError {
        throw error
    } catch {
        throw TrainingError("\(error)")
    }
}
