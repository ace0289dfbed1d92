import GraphFiles
import SystemPackage

/// A SHA-256 hash; prints as 64 hexadecimal digits.
public struct Digest: Hashable, Sendable, CustomStringConvertible {
    package static let byteCount = 32

    /// 32 bytes: SHA-256 (FIPS 180-4).
    public let bytes: [UInt8]

    /// - Requires: 32 bytes.
    package init(_ bytes: [UInt8]) {
        precondition(bytes.count == Self.byteCount, "a SHA-256 hash has 32 bytes")
        self.bytes = bytes
    }

    public var description: String {
        bytes.map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }
}

extension Digest {
    /// The hash of a file's bytes.
    ///
    /// - Throws: when the file is missing, cannot be read or is cut short meanwhile.
    public init(ofFile path: FilePath) throws(FileError) { try self.init(of: InputFile(path)) }

    /// The hash of an open file's bytes.
    package init(of file: InputFile) throws(FileError) {
        var hash = SHA256()
        var bytes = [UInt8](repeating: 0, count: min(file.byteCount, 1 << 20))
        for offset in stride(from: 0, to: file.byteCount, by: 1 << 20) {
            let byteCount = min(file.byteCount - offset, 1 << 20)
            try file.fill(&bytes, byteCount: byteCount, at: offset)
            bytes.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<byteCount])) }
        }
        self = hash.finished()
    }

    /// The hash of bytes.
    public init(ofBytes bytes: [UInt8]) { self = SHA256.hash(of: bytes) }

    /// The hash of named things, each known by its own, in order.
    public init(of parts: [(name: [UInt8], digest: Digest)]) {
        var hash = SHA256()
        for (name, digest) in parts {
            hash.update(Self.encodedHeading(path: name, shape: []))
            hash.update(digest.bytes)
        }
        self = hash.finished()
    }

    /// What ties weights to graphs: the hash of all paths and shapes, whatever the values.
    ///
    /// Weights fit a graph exactly when the fingerprints are equal. It is taken of paths and shapes, not of
    /// the graph's text: neither another spelling of the same model nor another loss invalidates weights.
    ///
    /// - Parameter tensors: in any order.
    public static func fingerprint(of tensors: [(path: String, shape: [Int])]) -> Digest {
        var hash = SHA256()
        for (path, shape) in tensors.sorted(by: { $0.path.precedesInBytes($1.path) }) {
            hash.update(encodedHeading(path: Array(path.utf8), shape: shape))
        }
        return hash.finished()
    }

    /// The hash of tensors from those of their values: it stays the same however they are stored.
    ///
    /// - Parameter tensors: in any order, each with the hash of its values as little-endian float32.
    static func weights(_ tensors: [(path: String, shape: [Int], values: Digest)]) -> Digest {
        var hash = SHA256()
        for (path, shape, values) in tensors.sorted(by: { $0.path.precedesInBytes($1.path) }) {
            hash.update(encodedHeading(path: Array(path.utf8), shape: shape))
            hash.update(values.bytes)
        }
        return hash.finished()
    }

    /// The length of the path in two bytes, the path, the rank in one, each size in eight.
    private static func encodedHeading(path: [UInt8], shape: [Int]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(UInt16(truncatingIfNeeded: path.count))
        bytes += path
        bytes.append(UInt8(truncatingIfNeeded: shape.count))
        for size in shape { bytes.appendLittleEndian(UInt64(size)) }
        return bytes
    }
}
