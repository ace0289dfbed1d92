import Glibc
import SystemPackage

/// A socket that takes connections from this machine alone.
final class LoopbackSocket: Sendable {
    let descriptor: Int32
    let port: Int

    /// - Parameter port: 0 for any free one.
    init(port: Int) throws(ServingError) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .refused(.latest) }
        var isTrue: Int32 = 1
        // A page that was ended a moment ago does not keep its port.
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isTrue, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
        }
        guard isBound == 0, listen(descriptor, 16) == 0 else {
            let error = Errno.latest
            close(descriptor)
            throw .portRefused(port, error)
        }
        let isNamed = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        guard isNamed == 0 else {
            let error = Errno.latest
            close(descriptor)
            throw .refused(error)
        }
        self.descriptor = descriptor
        self.port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(descriptor) }

    /// The next connection; nil where none waits, or it is gone again.
    func accept() -> Int32? {
        let accepted = Glibc.accept(descriptor, nil, nil)
        guard accepted >= 0 else { return nil }
        _ = fcntl(accepted, F_SETFL, O_NONBLOCK)
        _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
        return accepted
    }
}
