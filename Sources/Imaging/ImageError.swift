import Glibc
import GraphFiles

/// What is wrong with a picture or its file, and what to do about it, in one line.
public struct ImageError: Error, Hashable, CustomStringConvertible, Sendable {
    /// The file; nil where the fault lies in pictures already read.
    public let path: String?
    public let problem: String

    public init(path: String? = nil, _ problem: String) {
        self.path = path
        self.problem = problem
    }

    public var description: String {
        if let path { "\(path): \(problem)" } else { problem }
    }
}

/// What a body does to a file, its errors as those of pictures.
func writing<Result>(_ body: () throws(FileError) -> Result) throws(ImageError) -> Result {
    do { return try body() } catch { throw ImageError(path: error.path, error.problem) }
}

func systemMessage(_ systemError: Int32) -> String { String(cString: strerror(systemError)) }
