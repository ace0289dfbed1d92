import Glibc

/// Standard output for lines that a program reads while the command goes on.
public enum StandardOutput {
    /// Writes text as it is, at once.
    public static func write(_ text: String) { writeAll(text, to: STDOUT_FILENO) }
}

/// Writes text as it is, at once. Nobody can be told when that fails.
func writeAll(_ text: String, to descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 || errno == EINTR else { return }
        rest = rest.dropFirst(max(0, count))
    }
}
