@testable import GraphInterchange
import GraphTestSupport

/// The error that a body throws, after the file's name.
func message(_ body: () throws -> Void) -> String { errorText(of: body) { ($0 as? InterchangeError)?.problem } }
