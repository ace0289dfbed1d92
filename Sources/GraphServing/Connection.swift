import Glibc

/// One connection of a browser: requests one after another, never waiting for the other side.
final class Connection {
    private let descriptor: Int32
    private let routes: Routes
    private var phase = Phase.reading
    /// Received and not yet understood.
    private var received: [UInt8] = []
    private var keepsConnection = true
    /// When something last went in or out.
    private var lastMoved = ContinuousClock.now
    /// When it began to wait for a whole head, whatever came since.
    private var headAwaited = ContinuousClock.now

    private enum Phase {
        case reading
        case receiving(Upload)
        case waiting(() -> HTTPResponse?)
        case sending(Sending)
        /// The answer is sent before all was read: what still comes is read, since a client whose sending fails sees no answer.
        case draining(since: ContinuousClock.Instant)
        case ended
    }

    /// An answer, as far as it is not sent.
    private struct Sending {
        var bytes: ArraySlice<UInt8>
        var file: NamelessFile?
        var offset = 0
        var fileByteCount = 0
        var drains = false
    }

    private static let chunkByteCount = 128 << 10
    /// Requests that are answered at a time before other connections have their turn.
    private static let requestsPerTurn = 64

    init(_ descriptor: Int32, _ routes: Routes) {
        self.descriptor = descriptor
        self.routes = routes
    }

    deinit { close(descriptor) }

    var isEnded: Bool { if case .ended = phase { true } else { false } }
    var isWaiting: Bool { if case .waiting = phase { true } else { false } }

    /// Since when it has asked for nothing; nil while it is served. One that is in nobody's way may stay so.
    var idleSince: ContinuousClock.Instant? {
        if case .reading = phase { hasRequest ? nil : headAwaited } else { nil }
    }

    /// Whether a head was received as a whole, but not yet understood.
    private var hasRequest: Bool { if case .reading = phase { Self.endOfHead(in: received) != nil } else { false } }

    /// What it waits for, for `poll`.
    var polled: pollfd {
        let events: Int32 =
            switch phase {
            // One can be sent to at once, and so has its next turn at once.
            case .reading where hasRequest: POLLOUT
            case .reading, .receiving, .draining: POLLIN
            case .sending: POLLOUT
            case .waiting, .ended: 0
            }
        return pollfd(fd: descriptor, events: Int16(events), revents: 0)
    }

    /// Goes on as far as it can without waiting.
    ///
    /// - Parameter events: what `poll` found.
    func advance(_ events: Int16, silentSeconds: Int) {
        let failed = Int16(POLLERR | POLLNVAL)
        if events & failed != 0 { return end() }
        switch phase {
        case .reading where hasRequest: break
        case .reading, .receiving, .draining: if events & Int16(POLLIN | POLLHUP) != 0 { read() }
        case .sending: if events & Int16(POLLOUT | POLLHUP) != 0 { send() }
        case .waiting(let answer):
            if events & Int16(POLLHUP) != 0 { return end() }
            if let response = answer() { respond(response) }
            lastMoved = .now
        case .ended: break
        }
        for _ in 0..<Self.requestsPerTurn where hasRequest { understand() }
        if ContinuousClock.now - lastMoved > .seconds(silentSeconds) { end() }
        if case .draining(let since) = phase, ContinuousClock.now - since > .seconds(10) { end() }
    }

    private func end() {
        phase = .ended
        received = []
    }

    private func read() {
        var bytes = [UInt8](repeating: 0, count: Self.chunkByteCount)
        let count = bytes.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        // Without a byte, the other side has ended.
        guard count > 0 else { return end() }
        lastMoved = .now
        switch phase {
        case .reading:
            received += bytes[..<count]
            if !hasRequest, received.count > HTTPRequest.byteLimit { refuse(.headTooLarge) }
        case .receiving(let upload): receive(bytes[..<count], upload)
        case .draining, .waiting, .sending, .ended: break
        }
    }

    /// Reads a head, if all of it is there.
    private func understand() {
        guard let end = Self.endOfHead(in: received) else { return }
        guard end <= HTTPRequest.byteLimit else { return refuse(.headTooLarge) }
        let request: HTTPRequest
        do { request = try HTTPRequest(received[..<end]) } catch { return refuse(error) }
        let rest = received[(end + 4)...]
        received = []
        keepsConnection = request.keepsConnection
        switch routes.reaction(to: request) {
        case .receive(let upload):
            if request.waitsToSend {
                let word = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
                // So short a word always fits.
                _ = word.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            }
            phase = .receiving(upload)
            receive(rest, upload)
        case .answer(let response):
            if request.bodyByteCount == 0 { received = Array(rest) } else { keepsConnection = false }
            respond(response, drains: request.bodyByteCount > 0)
        case .later(let answer):
            received = Array(rest)
            phase = .waiting(answer)
        }
    }

    private func receive(_ bytes: ArraySlice<UInt8>, _ upload: Upload) {
        let own = bytes.prefix(upload.missingByteCount)
        do {
            try upload.append(own)
        } catch {
            keepsConnection = false
            return respond(.message(.insufficientStorage, "the file cannot be stored: \(error)"), drains: true)
        }
        guard upload.missingByteCount == 0 else { return }
        received = Array(bytes.dropFirst(own.count))
        respond(upload.finish())
    }

    private func refuse(_ status: HTTPStatus) {
        keepsConnection = false
        received = []
        respond(.message(status, "the browser sent what this page does not understand: \(status.reason)"), drains: true)
    }

    private func respond(_ response: HTTPResponse, drains: Bool = false) {
        var sending = Sending(bytes: response.head(keepsConnection: keepsConnection)[...], drains: drains)
        switch response.body {
        case .bytes(let bytes): sending.bytes += bytes
        case .file(let file, let byteCount):
            sending.file = file
            sending.fileByteCount = byteCount
        }
        phase = .sending(sending)
        send()
    }

    private func send() {
        guard case .sending(var sending) = phase else { return }
        while true {
            if sending.bytes.isEmpty, let file = sending.file, sending.offset < sending.fileByteCount {
                let count = min(Self.chunkByteCount, sending.fileByteCount - sending.offset)
                guard let bytes = try? file.bytes(at: sending.offset, count: count), bytes.count == count else { return end() }
                sending.offset += count
                sending.bytes = bytes[...]
            }
            guard !sending.bytes.isEmpty else { return finishAnswer(drains: sending.drains) }
            let count = sending.bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { break }
            guard count > 0 else { return end() }
            lastMoved = .now
            sending.bytes = sending.bytes.dropFirst(count)
        }
        phase = .sending(sending)
    }

    private func finishAnswer(drains: Bool) {
        if drains {
            shutdown(descriptor, Int32(SHUT_WR))
            phase = .draining(since: .now)
        } else if keepsConnection {
            phase = .reading
            headAwaited = .now
        } else {
            end()
        }
    }

    /// Where the empty line begins that ends a head.
    private static func endOfHead(in bytes: [UInt8]) -> Int? {
        let mark: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A]
        return (0..<max(0, bytes.count - 3)).first { bytes[$0] == 0x0D && bytes[$0..<$0 + 4].elementsEqual(mark) }
    }
}
