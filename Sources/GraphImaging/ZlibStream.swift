import CGraphZlib

/// Data that zlib compressed (RFC 1950), whole in memory.
enum ZlibStream {
    /// What a stream holds.
    ///
    /// - Parameter limit: most bytes of the result, positive.
    /// - Returns: nil where the stream is damaged, cut short, or holds more. Bytes behind its end do not matter.
    static func inflated(_ stream: [UInt8], limit: Int) -> [UInt8]? {
        var capacity = min(limit, max(4096, 4 * stream.count))
        while true {
            var bytes = [UInt8](repeating: 0, count: capacity)
            var byteCount = uLong(capacity)
            switch uncompress(&bytes, &byteCount, stream, uLong(stream.count)) {
            case Z_OK: return Array(bytes.prefix(Int(byteCount)))
            // The length stands nowhere: with twice the room, all attempts together take twice as long as the last.
            case Z_BUF_ERROR where capacity < limit: capacity = min(limit, 2 * capacity)
            default: return nil
            }
        }
    }

    /// A stream that holds these bytes; nil when there is no memory.
    static func deflated(_ bytes: [UInt8]) -> [UInt8]? {
        var byteCount = compressBound(uLong(bytes.count))
        var stream = [UInt8](repeating: 0, count: Int(byteCount))
        guard compress(&stream, &byteCount, bytes, uLong(bytes.count)) == Z_OK else { return nil }
        return Array(stream.prefix(Int(byteCount)))
    }
}
