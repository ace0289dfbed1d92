import GraphLanguage
import GraphModel
import GraphRuntime

/// What a command prints on its standard error for an error: one line that begins with the command's name and names the
/// option that helps, or, for mistakes in a `.graph` file, all of them with their places.
///
/// - Parameter option: the option that helps against an error that no other command meets.
public func errorMessage(
    _ error: any Error, command: String, option: (any Error) -> String? = { _ in nil }
) -> String {
    let causes = causes(of: error)
    for case ModelError.mistakes(let diagnostics, let source) in causes {
        return diagnostics.rendered(file: source.name, source: source.text, option: "-D")
    }
    let text = "\(command): \(error)"
    guard let option = causes.compactMap({ option($0) ?? sharedOption(for: $0) }).first else { return text }
    // In the first line: others are a list.
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    lines[0] = lines[0].hasSuffix(":") ? "\(lines[0].dropLast()) (\(option)):" : "\(lines[0]) (\(option))"
    return lines.joined(separator: "\n")
}

private func sharedOption(for error: any Error) -> String? {
    switch error {
    case RuntimeError.threadRefused: "--threads"
    case ModelError.parametersOfPack, ModelError.misfit: "-D"
    default: nil
    }
}

/// An error, and those that are payloads of it, outermost first.
private func causes(of error: any Error) -> [any Error] {
    func errors(in value: Any) -> [any Error] {
        if let error = value as? any Error { return causes(of: error) }
        return Mirror(reflecting: value).children.flatMap { errors(in: $0.value) }
    }
    guard Mirror(reflecting: error).displayStyle == .enum else { return [error] }
    return [error] + Mirror(reflecting: error).children.flatMap { errors(in: $0.value) }
}
