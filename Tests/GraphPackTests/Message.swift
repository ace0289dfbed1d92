@testable import GraphPack

/// The error that a body throws, after the file's name.
func message(_ body: () throws -> Void) -> String {
    do {
        try body()
        return "no error"
    } catch {
        return (error as? PackError)?.problem ?? "\(error)"
    }
}
