import Glibc
import SystemPackage

/// Keeps other runs out of a folder until it goes, or its process does. It leaves no file.
final class FolderLock {
    private let descriptor: Int32

    /// - Throws: when another run is in the folder.
    init(_ path: FilePath) throws(TrainingError) {
        descriptor = path.withPlatformString { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        // A file system without locks keeps nobody out.
        if descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
            throw .folderInUse(path: path)
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }
}
