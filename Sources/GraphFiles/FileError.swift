import Glibc
import SystemPackage

/// Why a file or folder cannot be read or written, and what to do about it.
public enum FileError: Error, Hashable, Sendable {
    /// The file cannot be read.
    case unreadable(path: FilePath, ReadingProblem)
    /// The file or folder cannot be written.
    case unwritable(path: FilePath, WritingProblem)

    /// What keeps a file or folder from being read.
    public enum ReadingProblem: Hashable, Sendable {
        case missing
        case missingFolder
        case isFolder
        case isNotFolder
        /// A device, a pipe or a socket.
        case isNotRegularFile
        /// It became shorter while it was read.
        case isCutShort
        case isLarger(byteLimit: Int)
        case isNotText
        /// A pipe or device, which is copied to the folder for what passes before it is read.
        case cannotBeCopied(Errno)
        /// The system refuses.
        case system(Errno)
    }

    /// What keeps a file from being written, or a folder from being made or changed.
    public enum WritingProblem: Hashable, Sendable {
        case hasNoName
        case isFolder
        case isNotFolder
        case isNotRegularFile
        /// The folder that the file should lie in does not exist.
        case lacksFolder(FilePath)
        /// Nothing may be written in the folder that the file should lie in.
        case folderIsClosed(FilePath, Errno)
        /// Something that is no leftover of a writer has the name of the partial file.
        case isObstructed(by: FilePath)
        /// The file is there, and may not be written.
        case isProtected(Errno)
        /// A link or pipe of another user, in a folder where all may write.
        case isAnothers(in: FilePath)
        /// Another program is writing it.
        case isBeingWritten
        /// Other programs wrote it again and again.
        case keepsBeingWritten
        /// It is written, and may be lost if the power fails now.
        case folderIsNotSynchronized(Errno)
        /// The folder itself.
        case isClosed(Errno)
        case cannotBeMade(Errno)
        case cannotBeRemoved(Errno)
        /// The system refuses.
        case system(Errno)
    }
}

extension FileError: CustomStringConvertible {
    /// The file or folder, as the caller named it.
    public var path: FilePath {
        switch self {
        case .unreadable(let path, _), .unwritable(let path, _): path
        }
    }

    /// What is wrong and what to do about it, without the path.
    public var problem: String {
        switch self {
        case .unreadable(_, let problem): problem.description
        case .unwritable(_, let problem): problem.description
        }
    }

    public var description: String { "\(path): \(problem)" }
}

extension FileError.ReadingProblem: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missing: "no such file; is the name right?"
        case .missingFolder: "there is no such folder; is the name right?"
        case .isFolder: "is a folder; name a file"
        case .isNotFolder: "is a file; name a folder"
        case .isNotRegularFile: "is not a regular file"
        case .isCutShort: "was cut short while it was read; try again"
        case .isLarger(let byteLimit): "is larger than \(byteLimit >> 20) MiB, the limit for such a file"
        case .isNotText: "is not UTF-8 text"
        case .cannotBeCopied(let error): "cannot be copied to a file that passes: \(error)"
        case .system(let error): "cannot be read: \(error)"
        }
    }
}

extension FileError.WritingProblem: CustomStringConvertible {
    public var description: String {
        switch self {
        case .hasNoName: "cannot be written: the name is empty"
        case .isFolder: "cannot be written: it is a folder; name a file inside it"
        case .isNotFolder: "is a file; name a folder"
        case .isNotRegularFile: "cannot be written: it is not a regular file"
        case .lacksFolder(let folder): "cannot be written: there is no folder '\(folder)'; make it first"
        case .folderIsClosed(let folder, let error): "cannot be written: the folder '\(folder)': \(error)"
        case .isObstructed(let other): "cannot be written: '\(other)' is in the way; remove it"
        case .isProtected(let error):
            "cannot be written: what is there may not be changed: \(error); write to another file or change its permissions"
        case .isAnothers(let folder):
            "cannot be written: it leads elsewhere, by a link or pipe that another user put into '\(folder)', where all may "
                + "write; remove it or write elsewhere"
        case .isBeingWritten: "cannot be written: another program is writing it now"
        case .keepsBeingWritten: "cannot be written: other programs keep writing it"
        case .folderIsNotSynchronized(let error): "is written, but its folder cannot be synchronised: \(error)"
        case .isClosed(let error): "the folder cannot be written to: \(error)"
        case .cannotBeMade(let error): "the folder cannot be made: \(error)"
        case .cannotBeRemoved(let error): "cannot be removed: \(error)"
        case .system(let error):
            "cannot be written: \(error)"
                + (error == .noSpace || error == .diskQuotaExceeded ? "; free some space or write elsewhere" : "")
        }
    }
}

extension Errno {
    /// Why the call of the system that was made last failed.
    package static var latest: Errno { Errno(rawValue: errno) }
}
