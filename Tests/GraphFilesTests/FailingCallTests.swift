import Glibc
import GraphFiles
import GraphTestSupport
import Synchronization
import SystemPackage
import Testing

/// What a call of the system that fails leaves behind: the right file, or the old one and why.
@Suite struct FailingCallTests {
    let folder = TemporaryFolder()

    /// Fails once, in its own way.
    private final class Once: Sendable {
        private let isDue = Atomic<Bool>(true)

        func fails(_ error: Int32) -> Bool {
            guard isDue.exchange(false, ordering: .relaxed) else { return false }
            errno = error
            return true
        }
    }

    @Test func whatASignalCutsShortIsDoneAgain() throws {
        let (write, synchronize) = (Once(), Once())
        var calls = FileCalls.system
        calls.write = { write.fails(EINTR) ? -1 : FileCalls.system.write($0, $1, $2) }
        calls.synchronize = { synchronize.fails(EINTR) ? -1 : FileCalls.system.synchronize($0) }
        let file = try AtomicFile(path: folder.file("a"), calls: calls)
        try file.append([1, 2, 3] as [UInt8])
        try file.synchronize()
        try file.commit()
        #expect(fileBytes(folder.file("a")) == [1, 2, 3] && folder.names == ["a"])
    }

    @Test(arguments: [ENOSPC, EIO])
    func nothingIsWrittenBehindAWriteThatFailed(_ error: Int32) throws {
        let path = folder.file("a", holding: [7])
        let write = Once()
        var calls = FileCalls.system
        calls.write = { write.fails(error) ? -1 : FileCalls.system.write($0, $1, $2) }
        let file = try AtomicFile(path: path, calls: calls)
        #expect(throws: FileError.self) { try file.append([1, 2, 3] as [UInt8]) }
        #expect(fileBytes(path) == [7] && folder.names == ["a"])
    }

    /// Nobody who may not read the file can open it while it is written.
    @Test(arguments: [0o600, 0o640, 0o644, 0o666, 0o400] as [mode_t])
    func aFileHasItsPermissionsFromTheBeginning(_ permissions: mode_t) throws {
        let path = folder.file("a", holding: [7])
        path.withPlatformString { #expect(chmod($0, permissions) == 0) }
        var calls = FileCalls.system
        calls.permitWriting = { _ in 0 }
        let file = try AtomicFile(path: path, calls: calls)
        #expect(FileStatus(try #require(file.partialPath))?.permissions == permissions)
        try file.append([1] as [UInt8])
        try file.synchronize()
        try file.commit()
        #expect(FileStatus(path)?.permissions == permissions && fileBytes(path) == [1])
    }

    @Test func linksAreFollowed() throws {
        let path = folder.file("a", holding: [7])
        for (link, destination) in [("relative", "a"), ("absolute", path.string), ("second", "relative")] {
            #expect(symlink(destination, folder.file(link).string) == 0)
            try AtomicFile.write(link, to: folder.file(link))
            #expect(fileBytes(path) == Array(link.utf8))
        }
        #expect(symlink("loop", folder.file("loop").string) == 0)
        #expect(errorText { try AtomicFile.write("", to: folder.file("loop")) }.contains("Too many levels of symbolic links"))
        #expect(folder.names == ["a", "absolute", "loop", "relative", "second"])
    }

    /// As root, who alone can make what belongs to another.
    @Test(.enabled(if: geteuid() == 0))
    func aLinkThatAnotherUserPlantedIsRefused() throws {
        let shared = folder.file("shared")
        try Folder.make(shared)
        let target = folder.file("precious", holding: [7])
        let link = shared.appending("big.png")
        #expect(symlink(target.string, link.string) == 0 && lchown(link.string, 1234, 1234) == 0)
        #expect(chown(shared.string, 4321, 4321) == 0 && chmod(shared.string, 0o1777) == 0)
        let refusal =
            "\(link): cannot be written: it leads elsewhere, by a link or pipe that another user put into '\(shared)', where "
            + "all may write; remove it or write elsewhere"
        #expect(errorText { try AtomicFile.write("", to: link) } == refusal)
        #expect(errorText { try AtomicFile.checkWritable(link) } == refusal)
        #expect(fileBytes(target) == [7])
        let pipe = shared.appending("pipe")
        #expect(mkfifo(pipe.string, 0o666) == 0 && chown(pipe.string, 1234, 1234) == 0)
        #expect(errorText { try AtomicFile.write("", to: pipe) }.contains("another user put into"))
        // What the user, or the folder's owner, put there is trusted, and so is what lies where not all may write.
        for (user, permissions) in [(0, 0o1777), (4321, 0o1777), (1234, 0o1755), (1234, 0o777)] as [(uid_t, mode_t)] {
            #expect(lchown(link.string, user, user) == 0 && chmod(shared.string, permissions) == 0)
            try AtomicFile.write("\(user)", to: link)
            #expect(fileBytes(target) == Array("\(user)".utf8))
        }
    }

    @Test func whatIsMissingIsToldFromWhatCannotBeLookedAt() throws {
        let file = folder.file("a", holding: [7])
        #expect(try FileStatus.found(folder.file("b")) == nil)
        #expect(try FileStatus.found(file.appending("b")) == nil)
        #expect(symlink("loop", folder.file("loop").string) == 0)
        #expect(try FileStatus.found(folder.file("loop")) == nil)
        #expect(throws: Errno.fileNameTooLong) { try FileStatus.found(folder.file(String(repeating: "x", count: 300))) }
        #expect(!FileStatus.exists(folder.file("b")) && FileStatus.exists(file))
    }

    @Test func aPipeIsNoFileAndIsNotWaitedFor() throws {
        let pipe = folder.file("a.png")
        #expect(mkfifo(pipe.string, 0o600) == 0)
        #expect(errorText { _ = try InputFile(pipe) } == "\(pipe): is not a regular file")
    }
}
