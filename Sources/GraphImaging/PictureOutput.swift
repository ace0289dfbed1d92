import Glibc
import GraphFiles
import SystemPackage

/// Where an encoder writes a picture: a file that appears when it is whole (see `AtomicFile`), or memory.
final class PictureOutput {
    /// The file; nil for one in memory.
    let path: String?
    /// Open until this object goes.
    let file: UnsafeMutablePointer<FILE>

    private enum Place {
        case file(AtomicFile)
        case memory(MemoryFile)
    }

    private let place: Place
    /// An encoder must not be called again after an error.
    private var failure: ImageError?

    /// - Throws: when the folder cannot be written to.
    init(path: String) throws(ImageError) {
        let output = try inFile { () throws(FileError) in try AtomicFile(path: path, acceptsDevices: true) }
        let descriptor = dup(output.descriptor)
        guard descriptor >= 0, let file = fdopen(descriptor, "wb") else {
            if descriptor >= 0 { close(descriptor) }
            throw .outOfMemory(path: path, .writing)
        }
        self.path = path
        self.file = file
        place = .file(output)
    }

    /// Writes into memory.
    ///
    /// - Throws: when there is no memory left.
    init() throws(ImageError) {
        guard let output = MemoryFile() else { throw .outOfMemory(path: nil, .writing) }
        path = nil
        file = output.file
        place = .memory(output)
    }

    deinit {
        // A file in memory closes its own stream.
        if case .file = place { fclose(file) }
    }

    /// Does a step of writing. Once one has failed, none is done any more, and each throws what the first did.
    ///
    /// - Parameters:
    ///   - message: what the encoder says where a step failed and the system did not.
    ///   - step: returns whether it went well.
    func write(message: () -> String, _ step: () -> Bool) throws(ImageError) {
        if let failure { throw failure }
        errno = 0
        if step() { return }
        let error = problem(of: .latest, message)
        failure = error
        throw error
    }

    private func problem(of systemError: Errno, _ message: () -> String) -> ImageError {
        guard systemError.rawValue != 0 else { return .unwritable(path: path, message: message()) }
        return switch place {
        case .file(let output): .file(output.failure(systemError))
        case .memory: .outOfMemory(path: nil, .writing)
        }
    }

    /// Ends the file and puts it in its place.
    ///
    /// - Returns: of a file in memory all its bytes, of others none.
    func finish() throws(ImageError) -> [UInt8] {
        try write(message: { "" }) { fflush(file) == 0 }
        switch place {
        case .file(let output):
            try inFile { () throws(FileError) in
                try output.synchronize()
                try output.commit()
            }
            return []
        case .memory(let output):
            return output.contents
        }
    }
}
