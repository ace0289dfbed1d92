import SystemPackage

/// A picture on its way from the page, for which room is reserved until it has come or is given up.
final class Upload {
    private let workshop: Workshop
    private let order: ServedPicture.Order
    private let file: NamelessFile
    let byteCount: Int
    private var receivedByteCount = 0
    private var holdsRoom = true

    /// - Throws: which limit is in the way, or what the system says of a new file.
    init(_ order: ServedPicture.Order, byteCount: Int, for workshop: Workshop) throws {
        self.workshop = workshop
        self.order = order
        self.byteCount = byteCount
        try workshop.reserve(byteCount: byteCount)
        do {
            file = try NamelessFile()
        } catch {
            workshop.release(byteCount: byteCount)
            throw error
        }
    }

    deinit { if holdsRoom { workshop.release(byteCount: byteCount) } }

    var missingByteCount: Int { byteCount - receivedByteCount }

    /// - Precondition: no more bytes than are missing.
    func append(_ bytes: some Collection<UInt8>) throws(Errno) {
        precondition(bytes.count <= missingByteCount)
        try file.append(bytes)
        receivedByteCount += bytes.count
    }

    /// The answer, when all bytes are there.
    func finish() -> HTTPResponse {
        precondition(missingByteCount == 0)
        holdsRoom = false
        guard let number = workshop.add(order, file, byteCount: byteCount) else {
            return .message(.conflict, "the page has been ended; start it again")
        }
        return .json("{\"number\": \(number)}\n", .created)
    }
}
