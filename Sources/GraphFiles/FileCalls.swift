import Glibc
import SystemPackage

/// The system's calls by which a file is written, each of which can fail: tests replace them.
public struct FileCalls: Sendable {
    /// `write(2)`: descriptor, bytes and their count; how many were written, or -1 with `errno`.
    public var write: @Sendable (Int32, UnsafeRawPointer, Int) -> Int
    /// `fsync(2)` of a descriptor: 0, or -1 with `errno`.
    public var synchronize: @Sendable (Int32) -> Int32
    /// `rename(2)` of one path to another: 0, or -1 with `errno`.
    public var rename: @Sendable (FilePath, FilePath) -> Int32
    /// `access(2)` of a file for writing: 0, or -1 with `errno`.
    public var permitWriting: @Sendable (FilePath) -> Int32

    /// The system's own calls.
    public static let system = FileCalls(
        write: { Glibc.write($0, $1, $2) }, synchronize: { fsync($0) },
        rename: { from, to in from.withPlatformString { from in to.withPlatformString { Glibc.rename(from, $0) } } },
        permitWriting: { $0.withPlatformString { access($0, W_OK) } })
}
