import CPNGShim
import Glibc

extension Picture {
    /// The picture as the bytes of an 8-bit RGB PNG file.
    ///
    /// - Throws: when there is no memory left.
    func encodedPNG() throws(ImageError) -> [UInt8] {
        let output = MemoryFile()
        guard let file = output.file, let stream = png_shim_create_writer(file) else { throw .outOfMemory(path: nil, .writing) }
        defer { png_shim_free(stream) }
        let isWritten =
            png_shim_write_header(stream, UInt32(width), UInt32(height), pngCompressionLevel, pngFilters)
            && pixels.withUnsafeBufferPointer { bytes in
                (0..<height).allSatisfy { y in
                    let row = UnsafeBufferPointer(rebasing: bytes[y * rowStride..<(y + 1) * rowStride])
                    return png_shim_write_row(stream, row.baseAddress)
                }
            } && png_shim_write_end(stream)
        guard isWritten, let bytes = output.finish() else { throw .outOfMemory(path: nil, .writing) }
        return bytes
    }
}

/// A C stream whose bytes stay in memory.
private final class MemoryFile {
    /// nil when there is no memory.
    private(set) var file: UnsafeMutablePointer<FILE>?
    /// The stream writes to both whenever it is flushed.
    private let bytes = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: 1)
    private let byteCount = UnsafeMutablePointer<Int>.allocate(capacity: 1)

    init() {
        bytes.initialize(to: nil)
        byteCount.initialize(to: 0)
        file = open_memstream(bytes, byteCount)
    }

    deinit {
        if let file { fclose(file) }
        free(bytes.pointee)
        bytes.deallocate()
        byteCount.deallocate()
    }

    /// Ends the stream; nil when memory ran out on the way.
    func finish() -> [UInt8]? {
        guard let file, fclose(file) == 0, let start = bytes.pointee else { return nil }
        self.file = nil
        return Array(UnsafeRawBufferPointer(start: start, count: byteCount.pointee))
    }
}

/// RFC 4648, section 4.
func base64(_ bytes: [UInt8]) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for first in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[first..<min(first + 3, bytes.count)]
        let bits = group.enumerated().reduce(0) { $0 | Int($1.element) << (16 - 8 * $1.offset) }
        for place in 0..<4 {
            text.append(place <= group.count ? digits[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
        }
    }
    return String(decoding: text, as: UTF8.self)
}
