import Glibc
import GraphFiles
import Synchronization
import GraphTestSupport
import Testing

@testable import GraphPack

/// Counts calls, of which one fails as on a broken disk.
private final class CallCounter: Sendable {
    private let failing: Int
    private let count = Atomic<Int>(0)

    init(failing: Int) { self.failing = failing }

    func fails() -> Bool {
        errno = EIO
        return count.add(1, ordering: .relaxed).newValue == failing
    }
}

/// Writes that cannot succeed leave what was there, and nothing beside it.
@Suite struct PackWritingTests {
    let folder = TemporaryFolder()

    @Test func impossibleTargetsAreRefused() throws {
        #expect(message { try smallPack.write(to: folder.file("none/a.gpack")) }.contains("make it first"))
        #expect(message { try smallPack.write(to: folder.path) }.contains("it is a folder"))
        #expect(message { try smallPack.write(to: "") }.contains("the name is empty"))
        #expect(message { try smallPack.write(to: "/dev/full") }.contains("it is not a regular file"))
        let long = folder.file(String(repeating: "a", count: 256))
        #expect(message { try smallPack.write(to: long) }.contains("File name too long"))
        #expect(folder.names.isEmpty)
    }

    @Test(.enabled(if: getuid() != 0, "the superuser may write anywhere"))
    func foldersWithoutPermissionAreRefused() throws {
        chmod(folder.path.string, 0o500)
        defer { chmod(folder.path.string, 0o700) }
        #expect(message { try smallPack.write(to: folder.file("a.gpack")) }.contains("Permission denied"))
    }

    @Test func leftoversOfKilledWritersAreRemoved() throws {
        _ = folder.file(".a.gpack.partial", holding: [1, 2, 3])
        _ = folder.file(".b.gpack.partial", holding: [1, 2, 3])
        try smallPack.write(to: folder.file("a.gpack"))
        #expect(folder.names == [".b.gpack.partial", "a.gpack"])
        #expect(try Pack(contentsOf: folder.file("a.gpack")) == smallPack)
    }

    @Test func aFileThatIsBeingWrittenIsLeftToItsWriter() throws {
        let partial = folder.file(".a.gpack.partial", holding: [1, 2, 3])
        let writer = open(partial.string, O_WRONLY)
        defer { close(writer) }
        #expect(flock(writer, LOCK_EX) == 0)
        let found = message { try smallPack.write(to: folder.file("a.gpack")) }
        #expect(found == "cannot be written: another program is writing it now")
        #expect(folder.names == [".a.gpack.partial"])
    }

    @Test func aLinkInTheWayIsNotFollowed() throws {
        let victim = folder.file("victim", holding: [7])
        symlink(victim.string, folder.file(".a.gpack.partial").string)
        #expect(message { try smallPack.write(to: folder.file("a.gpack")) }.contains("is in the way"))
        #expect(fileBytes(victim) == [7])
    }

    @Test func manyWritersOfOneFileLeaveOneWholeFile() async throws {
        let path = folder.file("a.gpack")
        try smallPack.write(to: path)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    // A writer that finds another at work is refused, which is no failure here.
                    for _ in 0..<20 { _ = try? smallPack.write(to: path) }
                }
            }
        }
        #expect(try Pack(contentsOf: path) == smallPack)
        #expect(folder.names == ["a.gpack"])
    }

    /// Every call that can fail does once, one after the other: the old file stays, and nothing beside it.
    @Test(arguments: ["write", "synchronize", "rename"])
    func whateverCallFailsLeavesAWholeFile(call: String) throws {
        let path = folder.file("a.gpack")
        try smallPack.write(to: path)
        var other = smallPack
        other.graphText = "another"
        var failures = 0
        for k in 1... {
            let counter = CallCounter(failing: k)
            var calls = FileCalls.system
            switch call {
            case "write": calls.write = { counter.fails() ? -1 : FileCalls.system.write($0, $1, $2) }
            case "rename": calls.rename = { counter.fails() ? -1 : FileCalls.system.rename($0, $1) }
            default: calls.synchronize = { counter.fails() ? -1 : FileCalls.system.synchronize($0) }
            }
            let found = message { _ = try other.write(to: path, calls: calls) }
            #expect(folder.names == ["a.gpack"])
            guard found != "no error" else { break }
            failures += 1
            // Once it is renamed, the new file is whole, and only its name may be lost with the power.
            let isRenamed = found == "is written, but its folder cannot be synchronised: Input/output error"
            #expect(isRenamed || found == "cannot be written: Input/output error")
            #expect(try Pack(contentsOf: path) == (isRenamed ? other : smallPack))
            if isRenamed { try smallPack.write(to: path) }
        }
        // The front and eight chunks; file and folder; one name.
        #expect(failures == ["write": 9, "synchronize": 2, "rename": 1][call])
        #expect(try Pack(contentsOf: path) == other)
    }

    @Test func shortWritesAreContinued() throws {
        var calls = FileCalls.system
        calls.write = { FileCalls.system.write($0, $1, min($2, 7)) }
        _ = try smallPack.write(to: folder.file("a.gpack"), calls: calls)
        #expect(try Pack(contentsOf: folder.file("a.gpack")) == smallPack)
    }

    /// A disk that keeps other bytes than it was given.
    @Test func whatIsWrittenIsReadBackBeforeItIsRenamed() throws {
        let path = folder.file("a.gpack")
        try smallPack.write(to: path)
        let counter = CallCounter(failing: 5)
        var calls = FileCalls.system
        calls.write = { descriptor, bytes, count in
            guard counter.fails() else { return FileCalls.system.write(descriptor, bytes, count) }
            return FileCalls.system.write(descriptor, [UInt8](repeating: 7, count: count), count)
        }
        let found = message { _ = try smallPack.write(to: path, calls: calls) }
        #expect(
            found == "cannot be written: what was read back is not what was written: "
                + "damaged: section 'metadata': its checksum does not match; copy the file again or restore it from a backup")
        #expect(try Pack(contentsOf: path) == smallPack)
        #expect(folder.names == ["a.gpack"])
    }

    /// A child process whose files may not grow past 4096 bytes stands for a full disk.
    @Test func aFullDiskLeavesTheOldFile() async {
        await #expect(processExitsWith: .success) {
            let folder = TemporaryFolder()
            let path = folder.file("a.gpack")
            try smallPack.write(to: path)
            var large = smallPack
            large.weights.append(PackedTensor(path: "z", shape: [4000], values: Array(repeating: 1, count: 4000)))
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 4096, rlim_max: 4096)
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            let found = message { try large.write(to: path) }
            guard found == "cannot be written: File too large" else { exit(2) }
            guard try Pack(contentsOf: path) == smallPack, folder.names == ["a.gpack"] else { exit(3) }
        }
    }

    @Test func contentsBeyondTheFormatAreRefused() throws {
        func refusal(_ weights: [PackedTensor]) -> String {
            let pack = Pack(graphText: "", compilerVersion: "", weights: weights)
            return message { try pack.write(to: folder.file("a.gpack")) }
        }
        let one = PackedTensor(path: "a", shape: [1], values: [1])
        #expect(refusal([one, one]).contains("section 'weights/a': its name stands there twice"))
        let deep = PackedTensor(path: "deep", shape: Array(repeating: 1, count: 9), values: [1])
        #expect(refusal([deep]).contains("section 'weights/deep': its rank is 9, and the limit is 8"))
        let wide = PackedTensor(path: "wide", shape: [0, 1 << 41], values: [])
        #expect(refusal([wide]).contains("section 'weights/wide': its shape [0, 2199023255552] is beyond"))
        let deepest = PackedTensor(path: "deep", shape: Array(repeating: 1, count: 300), values: [1])
        #expect(refusal([deepest]).contains("its rank is 300"))
        let long = PackedTensor(path: String(repeating: "x", count: 70_000), shape: [1], values: [1])
        #expect(refusal([long]).contains("a name of 70008 bytes: the limit is 1024"))
        let lines = PackedTensor(path: "a\nb", shape: [1], values: [1])
        #expect(refusal([lines]).contains("not printable"))
        #expect(folder.names.isEmpty)
    }
}
