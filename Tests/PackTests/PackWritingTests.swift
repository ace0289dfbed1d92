import Glibc
import Testing

@testable import Pack

/// Writes that cannot succeed leave what was there, and nothing beside it.
@Suite struct PackWritingTests {
    let folder = TemporaryFolder()

    @Test func impossibleTargetsAreRefused() throws {
        #expect(message { try smallPack.write(to: folder.file("none/a.gpack")) }.contains("make it first"))
        #expect(message { try smallPack.write(to: folder.path) }.contains("it is a folder"))
        #expect(message { try smallPack.write(to: folder.path + "/") }.contains("it is a folder"))
        #expect(message { try smallPack.write(to: "") }.contains("the name is empty"))
        #expect(message { try smallPack.write(to: "/dev/full") }.contains("it is not a regular file"))
        let long = folder.file(String(repeating: "a", count: 250))
        #expect(message { try smallPack.write(to: long) }.contains("File name too long"))
        #expect(folder.names.isEmpty)
    }

    @Test(.enabled(if: getuid() != 0, "the superuser may write anywhere"))
    func foldersWithoutPermissionAreRefused() throws {
        chmod(folder.path, 0o500)
        defer { chmod(folder.path, 0o700) }
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
        let writer = open(partial, O_WRONLY)
        defer { close(writer) }
        #expect(flock(writer, LOCK_EX) == 0)
        let found = message { try smallPack.write(to: folder.file("a.gpack")) }
        #expect(found == "cannot be written: another program is writing it now")
        #expect(folder.names == [".a.gpack.partial"])
    }

    @Test func aLinkInTheWayIsNotFollowed() throws {
        let victim = folder.file("victim", holding: [7])
        symlink(victim, folder.file(".a.gpack.partial"))
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
                    for _ in 0..<20 { try? smallPack.write(to: path) }
                }
            }
        }
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
        let deepest = PackedTensor(path: "deep", shape: Array(repeating: 1, count: 300), values: [1])
        #expect(refusal([deepest]).contains("its rank is 300"))
        let long = PackedTensor(path: String(repeating: "x", count: 70_000), shape: [1], values: [1])
        #expect(refusal([long]).contains("a name of 70008 bytes: the limit is 1024"))
        let lines = PackedTensor(path: "a\nb", shape: [1], values: [1])
        #expect(refusal([lines]).contains("not printable"))
        #expect(folder.names.isEmpty)
    }
}
