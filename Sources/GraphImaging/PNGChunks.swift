import CGraphZlib
import Glibc

/// The chunks of a PNG beside its pixels, as they stand in the file.
///
/// They are read before the pixels, those behind these included, since an orientation may stand anywhere. What is damaged
/// or too large is passed over: pixels alone decide whether a file can be read.
struct PNGChunks {
    /// Chunks that tell something of the picture, in the file's order.
    private(set) var carried: [PNGChunk] = []
    /// What is passed over, each as a sentence without a point.
    private(set) var losses: [String] = []

    /// Most bytes of one chunk, and of all, that are carried: 8 MiB and 64 MiB.
    static let mostBytes = (ofChunk: 8 << 20, ofAll: 64 << 20)

    private static let carriedTypes: Set<String> = [
        "iCCP", "gAMA", "cHRM", "sRGB", "cICP", "mDCV", "cLLI", "eXIf", "pHYs", "tEXt", "zTXt", "iTXt",
    ]

    /// Walks through a file from behind its signature; it is left at its first byte again.
    ///
    /// - Throws: for Apple's variant of the format, which no reader of PNG understands.
    init(_ input: PictureInput) throws(ImageError) {
        let file = input.file
        fseeko(file, 8, SEEK_SET)
        defer { rewind(file) }
        var byteCount = 0
        while let (type, length) = Self.header(file) {
            switch type {
            case "CgBI": throw .notPicture(path: input.path, .appleVariant, readable: [.png])
            case "IEND": return
            case "acTL" where length == 8:
                let count = Self.data(file, type, length)?.prefix(4).reduce(0) { $0 << 8 | Int($1) } ?? 1
                if count > 1 { losses.append(onlyFirst(of: count)) }
                continue
            case _ where Self.carriedTypes.contains(type):
                guard length <= Self.mostBytes.ofChunk, byteCount + length <= Self.mostBytes.ofAll else {
                    losses.append("a chunk \(type) of \(length) bytes is left out")
                    break
                }
                if let data = Self.data(file, type, length) {
                    carried.append(PNGChunk(type: type, data: data))
                    byteCount += length
                } else {
                    losses.append("a chunk \(type) is damaged and left out")
                }
                continue
            default: break
            }
            guard fseeko(file, off_t(length) + 4, SEEK_CUR) == 0 else { return }
        }
    }

    /// Type and length of the chunk that begins here; nil at the end of the file and where none begins.
    private static func header(_ file: UnsafeMutablePointer<FILE>) -> (type: String, length: Int)? {
        var bytes = [UInt8](repeating: 0, count: 8)
        guard fread(&bytes, 1, 8, file) == 8 else { return nil }
        let length = bytes[..<4].reduce(0) { $0 << 8 | Int($1) }
        let letters = bytes[4...]
        guard length < 1 << 31, letters.allSatisfy({ (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }) else {
            return nil
        }
        return (String(decoding: letters, as: UTF8.self), length)
    }

    /// The data of a chunk, where its checksum is right. The file is then behind the chunk.
    private static func data(_ file: UnsafeMutablePointer<FILE>, _ type: String, _ length: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: length + 4)
        guard fread(&bytes, 1, bytes.count, file) == bytes.count else { return nil }
        let stated = bytes[length...].reduce(0) { $0 << 8 | UInt($1) }
        var checksum = crc32(0, Array(type.utf8), 4)
        bytes.withUnsafeBufferPointer { checksum = crc32(checksum, $0.baseAddress, uInt(length)) }
        guard checksum == stated else { return nil }
        bytes.removeLast(4)
        return bytes
    }
}
