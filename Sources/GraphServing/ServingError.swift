import SystemPackage

/// Why the page cannot be offered.
package enum ServingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The port is taken, or may not be used by this user.
    case portRefused(Int, Errno)
    /// The system starts no more threads.
    case threadRefused(Errno)
    /// The system refuses a call that goes on with connections.
    case refused(Errno)

    package var description: String {
        switch self {
        case .portRefused(let port, .addressInUse):
            "port \(port) is in use by another program; choose another, or none for any free one"
        case .portRefused(let port, let error):
            "port \(port) cannot be opened: \(error); choose another, or none for any free one"
        case .threadRefused(let error): "the system refuses a thread: \(error); end other programs"
        case .refused(let error): "connections cannot be taken: \(error)"
        }
    }
}
