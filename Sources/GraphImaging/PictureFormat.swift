import SystemPackage

/// A format of pictures. Those that are not ``builtIn`` are known by name and content alone.
public enum PictureFormat: String, Hashable, Sendable, CaseIterable {
    case png = "PNG"
    case jpeg = "JPEG"
    case webp = "WebP"
    case tiff = "TIFF"
    case heic = "HEIC"
    case avif = "AVIF"
    case jpegXL = "JPEG XL"

    /// The formats that are read and written: PNG, JPEG and WebP, and all of them where the package is built with its trait
    /// `Vips`.
    public static var builtIn: [PictureFormat] {
        #if Vips
            allCases
        #else
            [.png, .jpeg, .webp]
        #endif
    }

    /// Whether the format is among those that are read and written.
    public var isBuiltIn: Bool { Self.builtIn.contains(self) }

    /// Names of formats in a sentence: `PNG`, `PNG or JPEG`, `PNG, JPEG and WebP`.
    package static func list(_ formats: [PictureFormat], _ word: String) -> String {
        let names = formats.map(\.rawValue)
        return names.count < 2 ? names.joined() : names.dropLast().joined(separator: ", ") + " \(word) " + names.last!
    }

    /// The longest side of a picture that can be written, in pixels. Of JPEG it is libjpeg's limit, 35 pixels below that of
    /// the format, of the last four that of libvips.
    public var longestSide: Int {
        switch self {
        case .png: Int(Int32.max)
        case .jpeg: 65500
        case .webp: 16383
        case .heic, .avif: 16384
        case .tiff, .jpegXL: 10_000_000
        }
    }

    /// Bytes from which every format can be told, and what is none.
    static let startByteCount = 512

    /// The format of a file that begins with these bytes; nil for any other file.
    ///
    /// - Parameter start: ``startByteCount`` bytes, or all of a shorter file.
    init?(start: some Collection<UInt8>) {
        guard !impostors.contains(where: { $0.begins(start) }),
            let format = Self.allCases.first(where: { $0.signatures.contains { $0.begins(start) } })
        else { return nil }
        self = format == .heic && Self.isAVIF(brandsOf: Array(start)) ? .avif : format
    }

    /// Whether a file in boxes of a brand for pictures of any coding says that it is compatible with AVIF.
    private static func isAVIF(brandsOf start: [UInt8]) -> Bool {
        guard ["mif1", "msf1"].contains(String(decoding: start[8..<12], as: UTF8.self)) else { return false }
        let end = min(start.count, start[..<4].reduce(0) { $0 << 8 | Int($1) })
        return stride(from: 16, to: end - 3, by: 4).contains { place in
            ["avif", "avis"].contains(String(decoding: start[place..<place + 4], as: UTF8.self))
        }
    }

    /// What files begin with.
    var signatures: [Signature] {
        switch self {
        // PNG specification, section 5.2.
        case .png: [[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]]
        // The start of the image, and the first byte of another marker: ISO/IEC 10918-1, B.1.1.3.
        case .jpeg: [[0xFF, 0xD8, 0xFF]]
        // RFC 9649, section 2.4: between the words is the number of bytes that follow it.
        case .webp: [[0x52, 0x49, 0x46, 0x46, nil, nil, nil, nil, 0x57, 0x45, 0x42, 0x50]]
        // TIFF 6.0, section 2: the byte order, and the number 42; 43 where places have 64 bits.
        case .tiff:
            [[0x49, 0x49, 42, 0], [0x4D, 0x4D, 0, 42], [0x49, 0x49, 43, 0], [0x4D, 0x4D, 0, 43]]
        // ISO/IEC 23008-12, section 10, and annex B for HEVC.
        case .heic: ["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"].map(Signature.init(brand:))
        case .avif: ["avif", "avis"].map(Signature.init(brand:))
        // ISO/IEC 18181-1 and 18181-2: a codestream by itself, or in boxes.
        case .jpegXL: [[0xFF, 0x0A], [0x00, 0x00, 0x00, 0x0C, 0x4A, 0x58, 0x4C, 0x20]]
        }
    }

    /// Why a file that begins with these bytes is none of the formats.
    static func refusal(of start: some Collection<UInt8>, path: FilePath?, readable: [PictureFormat]) -> ImageError {
        let isCutShort = readable.contains { format in
            format.signatures.contains { $0.pattern.count > start.count && $0.agrees(with: start) }
        }
        if !start.isEmpty, isCutShort { return .cutShort(path: path, .signature) }
        return .notPicture(path: path, ImageError.OtherFile(start: start), readable: readable)
    }

    /// First bytes of a file; nil stands for any byte.
    struct Signature: ExpressibleByArrayLiteral {
        let pattern: [UInt8?]

        init(pattern: [UInt8?]) { self.pattern = pattern }

        init(arrayLiteral pattern: UInt8?...) { self.pattern = pattern }

        /// Of a file in boxes that begins by telling what it is: ISO/IEC 14496-12, section 4.3.
        init(brand: String) { pattern = [nil, nil, nil, nil] + Array("ftyp\(brand)".utf8) }

        /// Whether these bytes hold the signature.
        func begins(_ start: some Collection<UInt8>) -> Bool { start.count >= pattern.count && agrees(with: start) }

        /// Whether the bytes are those of the signature, as far as both go.
        func agrees(with start: some Collection<UInt8>) -> Bool {
            zip(pattern, start).allSatisfy { expected, byte in expected == nil || expected == byte }
        }
    }
}

extension PictureFormat: CustomStringConvertible {
    public var description: String { rawValue }
}

/// What begins as files of a format do and is none: Canon's raw photographs, CR2, and JPEG-LS.
private let impostors: [PictureFormat.Signature] = [
    [0x49, 0x49, 42, 0, nil, nil, nil, nil, 0x43, 0x52], [0xFF, 0xD8, 0xFF, 0xF7],
]
