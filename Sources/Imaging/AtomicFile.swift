import Glibc

/// A file that appears under its name whole or not at all.
///
/// Bytes go to a temporary file in the same folder; `commit` flushes it to the disk and renames it. A
/// file that is dropped without `commit` leaves nothing behind. A device or pipe is written directly.
public final class AtomicFile {
    /// Writes a whole text, as a table of figures or a chart.
    public static func write(_ text: String, to path: String) throws(ImageError) {
        let output = try AtomicFile(path: path)
        let bytes = Array(text.utf8)
        if fwrite(bytes, 1, bytes.count, output.file) < bytes.count { throw output.writeFailure(errno) }
        try output.commit()
    }

    let path: String
    /// Where the bytes go. Errors of writing may be left to `commit`, which sees them all.
    let file: UnsafeMutablePointer<FILE>

    /// Where the name points, through symbolic links.
    private let target: String
    /// nil when the target is written directly.
    private let temporary: String?
    private var isOpen = true

    init(path: String) throws(ImageError) {
        self.path = path
        target = resolvedLinks(path)
        var status = stat()
        let exists = stat(target, &status) == 0
        let type = status.st_mode & S_IFMT
        if exists, type == S_IFDIR { throw ImageError(path: path, "is a folder; name a file to write") }
        if path.isEmpty || path.hasSuffix("/") { throw ImageError(path: path, "names no file to write") }

        let isSpecial = exists && type != S_IFREG
        let name = isSpecial ? target : temporaryName(for: target)
        temporary = isSpecial ? nil : name
        let descriptor = open(
            name, isSpecial ? O_WRONLY | O_CLOEXEC : O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            let systemError = errno
            let isMissing = access(folder(of: target), F_OK) != 0
            let reason = isMissing ? "there is no folder '\(folder(of: target))'; make it first" : systemMessage(systemError)
            throw ImageError(path: path, "cannot be written: \(reason)")
        }
        if exists, !isSpecial { fchmod(descriptor, status.st_mode & 0o777) }
        guard let file = fdopen(descriptor, "wb") else {
            close(descriptor)
            if !isSpecial { unlink(name) }
            throw ImageError(path: path, "cannot be written: there is no memory left")
        }
        self.file = file
    }

    deinit { discard() }

    /// Makes the file visible under its name.
    func commit() throws(ImageError) {
        guard ferror(file) == 0, fflush(file) == 0 else { throw writeFailure(errno) }
        guard let temporary else {
            isOpen = false
            if fclose(file) != 0 { throw ImageError(path: path, "cannot be written: \(systemMessage(errno))") }
            return
        }
        guard fsync(fileno(file)) == 0, rename(temporary, target) == 0 else { throw writeFailure(errno) }
        isOpen = false
        fclose(file)
        // The name is durable once the folder is; some file systems cannot, and that is no failure.
        let folder = open(folder(of: target), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }

    /// The error for a failed write; what was written so far is removed.
    func writeFailure(_ systemError: Int32) -> ImageError {
        discard()
        let advice = systemError == ENOSPC || systemError == EDQUOT ? "; free some space or write elsewhere" : ""
        return ImageError(path: path, "cannot be written: \(systemMessage(systemError))\(advice)")
    }

    private func discard() {
        guard isOpen else { return }
        isOpen = false
        fclose(file)
        if let temporary { unlink(temporary) }
    }
}

func systemMessage(_ systemError: Int32) -> String {
    String(cString: strerror(systemError))
}

private func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// Hidden, beside `path`, and unlike any other.
private func temporaryName(for path: String) -> String {
    let name = path.split(separator: "/").last ?? ""
    let unique = String(UInt64.random(in: 0 ... .max), radix: 36)
    // A file name has at most 255 bytes.
    return "\(folder(of: path))/.\(String(decoding: name.utf8.prefix(200), as: UTF8.self)).\(unique).part"
}

/// `path`, or what it points to when it is a symbolic link to something that exists.
private func resolvedLinks(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
}
