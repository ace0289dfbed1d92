import CGraphStreamShim
import Glibc
import GraphFiles
import SystemPackage

/// Where an encoder writes a picture: a file that appears when it is whole (see `AtomicFile`), or memory.
final class PictureOutput {
    /// The file; nil for one in memory.
    let path: FilePath?
    /// Open until this object goes.
    let file: UnsafeMutablePointer<FILE>

    private enum Place {
        case file(WrittenFile)
        case memory(MemoryFile)
    }

    private let place: Place
    /// An encoder must not be called again after an error.
    private var failure: ImageError?

    /// - Throws: when the folder cannot be written to, or there is no memory left.
    init(_ destination: PictureDestination) throws(ImageError) {
        path = destination.path
        switch destination {
        case .file(let path):
            (file, place) = try Self.open(
                inFile { () throws(FileError) in try AtomicFile(path: path, acceptsDevices: true) })
        case .stream(let descriptor, let name):
            (file, place) = try Self.open(
                inFile { () throws(FileError) in try AtomicFile(stream: descriptor, name: name) })
        case .memory:
            guard let output = MemoryFile() else { throw .outOfMemory(path: nil, .writing) }
            (file, place) = (output.file, .memory(output))
        }
    }

    private static func open(_ output: AtomicFile) throws(ImageError) -> (UnsafeMutablePointer<FILE>, Place) {
        let written = WrittenFile(output)
        guard let file = stream_shim_open_to_write(Unmanaged.passUnretained(written).toOpaque(), writeNext) else {
            throw .outOfMemory(path: output.path, .writing)
        }
        setvbuf(file, nil, _IOFBF, 1 << 16)
        return (file, .file(written))
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
        if case .file(let written) = place, let failure = written.failure { return .file(failure) }
        guard systemError.rawValue != 0 else { return .unwritable(path: path, message: message()) }
        return switch place {
        case .file(let written): .file(written.output.failure(systemError))
        case .memory: .outOfMemory(path: nil, .writing)
        }
    }

    /// Ends the file and puts it in its place.
    ///
    /// - Returns: of a file in memory all its bytes, of others none.
    func finish() throws(ImageError) -> [UInt8] {
        try write(message: { "" }) { fflush(file) == 0 }
        switch place {
        case .file(let written):
            try inFile { () throws(FileError) in
                try written.output.synchronize()
                try written.output.commit()
            }
            return []
        case .memory(let output):
            return output.contents
        }
    }
}

/// What takes the bytes of a stream. Once it could not take some, it takes none that come after them.
private final class WrittenFile {
    let output: AtomicFile
    private(set) var failure: FileError?

    init(_ output: AtomicFile) { self.output = output }

    func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard failure == nil else { return false }
        do throws(FileError) {
            try output.append(bytes)
            return true
        } catch {
            failure = error
            return false
        }
    }
}

private func writeNext(_ context: UnsafeMutableRawPointer?, _ bytes: UnsafePointer<CChar>?, _ count: Int) -> Int {
    let file = Unmanaged<WrittenFile>.fromOpaque(context!).takeUnretainedValue()
    return file.append(UnsafeRawBufferPointer(start: bytes, count: count)) ? count : 0
}
