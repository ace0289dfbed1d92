import Glibc

/// The system's calls by which a file is written, each of which can fail: tests replace them.
public struct FileCalls: Sendable {
    public var write: @Sendable (Int32, UnsafeRawPointer, Int) -> Int
    public var synchronize: @Sendable (Int32) -> Int32
    public var rename: @Sendable (String, String) -> Int32

    public static let system = FileCalls(
        write: { Glibc.write($0, $1, $2) }, synchronize: { fsync($0) }, rename: { Glibc.rename($0, $1) })
}
