import Glibc

/// The system's calls by which a file is written, each of which can fail: tests replace them.
struct FileCalls: Sendable {
    var write: @Sendable (Int32, UnsafeRawPointer, Int) -> Int
    var synchronize: @Sendable (Int32) -> Int32
    var rename: @Sendable (String, String) -> Int32

    static let system = FileCalls(
        write: { Glibc.write($0, $1, $2) }, synchronize: { fsync($0) }, rename: { Glibc.rename($0, $1) })
}
