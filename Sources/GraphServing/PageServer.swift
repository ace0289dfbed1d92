import Glibc
import GraphEnlarging
import SystemPackage

/// A page on this machine's loopback address, on which pictures are enlarged.
///
///     let server = try PageServer([ServedModel("edsr-x4", model)], threadCount: 2)
///     print(server.address)
///     try server.run(until: { isInterrupted })
///
/// One thread speaks with browsers, others enlarge. HTTP is our own, as much as the page needs: FlyingFox, the smallest of the
/// packages for it, imports the whole of Foundation, which makes each command that is linked without Swift 40 MB larger.
/// Nobody reads a file of the machine by it: pictures come from the page,
/// and go to files without names.
package final class PageServer: Sendable {
    /// What is opened in a browser; it holds a key that changes with each server.
    package let address: String
    /// The port that is listened at.
    package let port: Int

    private let socket: LoopbackSocket
    private let routes: Routes
    private let limits: ServingLimits

    /// Milliseconds after which the server looks whether it shall end, and whether a picture is ready that a browser waits
    /// for.
    private static let pauses = (usual: Int32(200), waiting: Int32(20))

    /// - Parameters:
    ///   - models: at least one.
    ///   - memoryLimit: bytes that the process may take at its peak; see ``PictureEnlarger``.
    ///   - port: 0 for any free one.
    package init(
        _ models: [ServedModel], threadCount: Int, memoryLimit: Int? = nil, port: Int = 0,
        limits: ServingLimits = ServingLimits()
    ) throws(ServingError) {
        precondition(!models.isEmpty)
        socket = try LoopbackSocket(port: port)
        let guarding = RequestGuard(port: socket.port)
        routes = Routes(
            guarding: guarding,
            workshop: try Workshop(models, threadCount: threadCount, memoryLimit: memoryLimit, limits: limits))
        address = guarding.address
        self.port = socket.port
        self.limits = limits
    }

    /// Answers until it shall end; what is being enlarged then is left at that, and no picture is kept.
    package func run(until isEnded: () -> Bool) throws(ServingError) {
        defer { routes.workshop.close() }
        var connections: [Connection] = []
        while !isEnded() {
            let hasRoom = connections.count < limits.connectionCount || connections.contains { $0.idleSince != nil }
            let listener = pollfd(fd: socket.descriptor, events: Int16(hasRoom ? POLLIN : 0), revents: 0)
            var polled = connections.map(\.polled) + [listener]
            let pause = connections.contains(where: \.isWaiting) ? Self.pauses.waiting : Self.pauses.usual
            guard poll(&polled, nfds_t(polled.count), pause) >= 0 || errno == EINTR else { throw .refused(.latest) }
            for (connection, poll) in zip(connections, polled) {
                connection.advance(poll.revents, silentSeconds: limits.silentSeconds)
            }
            connections.removeAll(where: \.isEnded)
            guard polled[polled.count - 1].revents != 0 else { continue }
            if connections.count >= limits.connectionCount {
                // The one makes room that has asked for nothing for the longest time.
                let idle = connections.filter { $0.idleSince != nil }.min { $0.idleSince! < $1.idleSince! }
                guard let idle else { continue }
                connections.removeAll { $0 === idle }
            }
            if let accepted = socket.accept() { connections.append(Connection(accepted, routes)) }
        }
    }
}
