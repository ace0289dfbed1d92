/// Bytes as base64 (RFC 4648, section 4), with padding.
///
/// Our own, since Foundation's would come into the shared library for C: its archive has 15.7 MB, and SwiftPM does not find
/// the parts of it when it links a shared library with the static ones of Swift 6.3.
public func base64(_ bytes: [UInt8]) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(4 * bytes.count.ceilingDivided(by: 3))
    for first in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[first..<min(first + 3, bytes.count)]
        let number = (0..<3).reduce(0) { $0 << 8 | (first + $1 < group.endIndex ? Int(group[first + $1]) : 0) }
        for place in 0..<4 {
            text.append(place <= group.count ? letters[number >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
        }
    }
    return String(decoding: text, as: UTF8.self)
}
