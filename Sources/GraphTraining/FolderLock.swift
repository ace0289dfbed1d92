import Glibc

/// Keeps other runs out of a folder until it goes, or its process does. It leaves no file.
final class FolderLock {
    private let descriptor: Int32

    /// - Throws: when another run is in the folder.
    init(_ path: String) throws(TrainingError) {
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        // A file system without locks keeps nobody out.
        if descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
            throw .folderInUse(path: path)
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }
}
