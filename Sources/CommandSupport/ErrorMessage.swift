import GraphModel

/// What a command prints on its standard error for an error: one line that begins with the command's
/// name, or, for mistakes in a `.graph` file, all of them as they were rendered.
public func errorMessage(_ error: any Error, command: String) -> String {
    if let error = error as? ModelError, error.isRendered { return error.description }
    return "\(command): \(error)"
}
