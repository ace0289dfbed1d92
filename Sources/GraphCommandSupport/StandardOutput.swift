@preconcurrency import Glibc
import GraphFiles
import SystemPackage

/// Standard output for lines that a program reads while the command goes on.
public enum StandardOutput {
    /// Writes text as it is, at once. Whether that failed is told at the end: ``failure()``.
    public static func write(_ text: String) {
        print(text, terminator: "")
        fflush(stdout)
    }

    /// What kept any of all that was printed from being written; nil where nothing did.
    static func failure() -> CommandError? {
        errno = 0
        guard fflush(stdout) != 0 || ferror(stdout) != 0 else { return nil }
        let error = Errno(rawValue: errno)
        return CommandError("standard output: cannot be written" + (error.rawValue == 0 ? "" : ": \(error)"))
    }
}
