import GraphImaging

/// The pictures that are kept, in the order in which they came, and the room that is left.
struct Shelf: Sendable {
    private(set) var pictures: [ServedPicture] = []
    private let limits: ServingLimits
    private var lastNumber = 0
    private var isClosed = false
    /// Pictures that are on their way, and their bytes.
    private var reserved = (count: 0, byteCount: 0)

    init(_ limits: ServingLimits) { self.limits = limits }

    private var keptByteCount: Int { reserved.byteCount + pictures.reduce(0) { $0 + $1.keptByteCount } }

    func picture(_ number: Int) -> ServedPicture? { pictures.first { $0.number == number } }

    /// Changes a picture, unless it was removed.
    mutating func change(_ number: Int, _ body: (inout ServedPicture) -> Void) {
        guard let index = pictures.firstIndex(where: { $0.number == number }) else { return }
        body(&pictures[index])
    }

    /// What is there of a picture's bicubic enlargement; whoever finds it absent makes it.
    mutating func beginBicubic(_ number: Int) -> ServedPicture.Bicubic? {
        let found = picture(number)?.bicubic
        change(number) { if case .absent = $0.bicubic { $0.bicubic = .making } }
        return found
    }

    mutating func reserve(byteCount: Int) throws(LimitReached) {
        guard pictures.count + reserved.count < limits.pictureCount else { throw .pictureCount(limits.pictureCount) }
        guard keptByteCount + byteCount <= limits.keptByteCount else { throw .keptByteCount(limits.keptByteCount) }
        reserved.count += 1
        reserved.byteCount += byteCount
    }

    mutating func release(byteCount: Int) {
        reserved.count -= 1
        reserved.byteCount -= byteCount
    }

    mutating func add(_ order: ServedPicture.Order, _ upload: NamelessFile, byteCount: Int) -> Int? {
        release(byteCount: byteCount)
        guard !isClosed else { return nil }
        lastNumber += 1
        pictures.append(ServedPicture(number: lastNumber, order: order, upload: upload, byteCount: byteCount))
        return lastNumber
    }

    /// - Throws: when there is no room for the result.
    mutating func finish(_ number: Int, _ enlarged: ServedPicture.Enlarged) throws(LimitReached) {
        guard keptByteCount + enlarged.byteCount <= limits.keptByteCount else { throw .keptByteCount(limits.keptByteCount) }
        change(number) { $0.stage = .finished(enlarged) }
    }

    mutating func remove(_ number: Int) -> Bool {
        guard let index = pictures.firstIndex(where: { $0.number == number }) else { return false }
        pictures.remove(at: index)
        return true
    }

    mutating func removeAll() { pictures = [] }

    mutating func close() {
        isClosed = true
        pictures = []
    }
}
