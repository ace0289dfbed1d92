import GraphFiles
import SystemPackage

/// Why a pack could not be read or written.
public enum PackError: Error, Hashable, Sendable {
    /// The file system refused.
    case file(FileError)
    /// The file is something else.
    case notPack(path: FilePath, OtherFile)
    /// The pack is of another version of the format than this program writes.
    case unsupportedVersion(path: FilePath, version: Int)
    /// The file is larger than any pack.
    case tooLarge(path: FilePath)
    /// The file breaks a rule of the format.
    case damaged(path: FilePath, PackFault)
    /// The contents are not what the format can hold.
    case unstorable(path: FilePath, PackFault)
    /// The file that was written reads as something else; it is not put in its place.
    indirect case readsBackOtherwise(path: FilePath, PackVerification.Damage)
    /// Memory ran out while the pack was encoded.
    case outOfMemory(path: FilePath)

    /// What a file is that is no pack.
    public enum OtherFile: Hashable, Sendable {
        case empty
        case png
        case unknown
    }
}

extension PackError: CustomStringConvertible {
    /// The file, as the caller named it.
    public var path: FilePath {
        switch self {
        case .file(let error): error.path
        case .notPack(let path, _), .unsupportedVersion(let path, _), .tooLarge(let path), .damaged(let path, _),
            .unstorable(let path, _), .readsBackOtherwise(let path, _), .outOfMemory(let path):
            path
        }
    }

    /// What is wrong and what to do about it, without the path.
    public var problem: String {
        switch self {
        case .file(let error): error.problem
        case .notPack(_, .empty): "not a pack: the file is empty"
        case .notPack(_, .png): "not a pack: it is a PNG picture"
        case .notPack(_, .unknown): "not a pack: it does not begin with a pack's signature"
        case .unsupportedVersion(_, let version):
            "header: it is of version \(version) of the format, and this program reads version "
                + "\(SectionTable.version); make the pack again, use a newer program, or copy the file again if it is damaged"
        case .tooLarge: "header: a pack has at most \(SectionTable.Limit.fileByteCount) bytes"
        case .damaged(_, let fault): "damaged: \(fault); copy the file again or restore it from a backup"
        case .unstorable(_, let fault): "cannot be written: \(fault)"
        case .readsBackOtherwise(_, let damage):
            "cannot be written: what was read back is not what was written: \(damage)"
        case .outOfMemory: "cannot be written: memory ran out"
        }
    }

    public var description: String { "\(path): \(problem)" }
}

/// What a body does to a file, its errors as those of packs.
func inFile<Result>(_ body: () throws(FileError) -> Result) throws(PackError) -> Result {
    do { return try body() } catch { throw .file(error) }
}
