/// Why a file could not be read or written, in one line that says what, where and what to do.
public struct PackError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        /// There is no such file.
        case missing
        /// The file exists and cannot be read: a folder, a device, no permission.
        case unreadable
        /// The file is something else.
        case wrongFormat
        /// The file is of a later version, or holds what this program does not read.
        case unsupported
        /// The file breaks the rules of its format.
        case damaged
        /// The contents exceed what the format can hold.
        case invalidContents
        /// The file system refused to write.
        case unwritable
    }

    public var kind: Kind
    /// The file, as the caller named it.
    public var path: String
    public var message: String

    public init(_ kind: Kind, _ path: String, _ message: String) {
        self.kind = kind
        self.path = path
        self.message = message
    }

    public var description: String { "\(path): \(message)" }
}

/// A broken rule inside a file, before it is known which file and whether it was being read or written.
package struct FormatProblem: Error {
    package var message: String

    package init(_ part: String, _ problem: String) { message = "\(part): \(problem)" }
}

extension PackError {
    package static func damaged(_ path: String, _ problem: FormatProblem) -> PackError {
        PackError(
            .damaged, path, "damaged: \(problem.message); copy the file again or restore it from a backup")
    }

    package static func invalidContents(_ path: String, _ problem: FormatProblem) -> PackError {
        PackError(.invalidContents, path, "cannot be written: \(problem.message)")
    }
}
