import Glibc
import GraphFiles
import SystemPackage

/// Keeps other runs out of a folder until it goes, or its process does. It leaves no file.
final class FolderLock {
    private let descriptor: Int32

    /// - Throws: when another run is in the folder, or it cannot be opened.
    init(_ path: FilePath) throws(TrainingError) {
        descriptor = path.withPlatformString { name in retried { open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC) } }
        guard descriptor >= 0 else { throw .file(.unreadable(path: path, .system(.latest))) }
        // A file system without locks keeps nobody out.
        if retried({ flock(descriptor, LOCK_EX | LOCK_NB) }) != 0, errno == EWOULDBLOCK { throw .folderInUse(path: path) }
    }

    deinit { close(descriptor) }
}
