import Glibc

/// Reads a text file of reasonable size.
func readText(_ path: String) throws(ModelError) -> String {
    let limit = 64 << 20
    var status = stat()
    guard stat(path, &status) == 0 else {
        throw ModelError("\(path): \(errno == ENOENT ? "no such file" : systemMessage()); is the name right?")
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw ModelError("\(path): not a file; name a .graph file") }
    guard status.st_size <= limit else { throw ModelError("\(path): larger than \(limit >> 20) MiB, no .graph file is") }
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw ModelError("\(path): \(systemMessage())") }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var filled = 0
    while filled < bytes.count {
        let count = bytes.withUnsafeMutableBytes { buffer in read(file, buffer.baseAddress! + filled, buffer.count - filled) }
        guard count > 0 else { break }
        filled += count
    }
    guard let text = String(validating: bytes[..<filled], as: UTF8.self) else {
        throw ModelError("\(path): not UTF-8 text; name a .graph file, or a .gpack with its ending")
    }
    return text
}

private func systemMessage() -> String { String(cString: strerror(errno)).lowercasedFirst }

extension String {
    fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
