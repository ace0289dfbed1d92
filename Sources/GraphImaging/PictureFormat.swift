import SystemPackage

/// A format of pictures that this library reads and writes.
public enum PictureFormat: String, Hashable, Sendable, CaseIterable {
    case png = "PNG"
    case jpeg = "JPEG"
    case webp = "WebP"

    /// The longest side of a picture that can be written, in pixels. Of JPEG it is libjpeg's limit, 35 pixels below that of
    /// the format.
    public var longestSide: Int {
        switch self {
        case .png: Int(Int32.max)
        case .jpeg: 65500
        case .webp: 16383
        }
    }

    /// Bytes from which every format that ``init(start:)`` knows can be told.
    static let startByteCount = 12

    /// The format of a file that begins with these bytes; nil for any other file.
    ///
    /// - Parameter start: ``startByteCount`` bytes, or all of a shorter file.
    init?(start: some Collection<UInt8>) {
        guard let format = Self.allCases.first(where: { $0.signature.begins(start) }) else { return nil }
        self = format
    }

    /// What files begin with.
    var signature: Signature {
        switch self {
        // PNG specification, section 5.2.
        case .png: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        // The start of the image, and the first byte of another marker: ISO/IEC 10918-1, B.1.1.3.
        case .jpeg: [0xFF, 0xD8, 0xFF]
        // RFC 9649, section 2.4: between the words is the number of bytes that follow it.
        case .webp: [0x52, 0x49, 0x46, 0x46, nil, nil, nil, nil, 0x57, 0x45, 0x42, 0x50]
        }
    }

    /// Why a file that begins with these bytes is none of the formats.
    static func refusal(of start: some Collection<UInt8>, path: FilePath?, readable: [PictureFormat]) -> ImageError {
        let isCutShort = readable.contains { $0.signature.pattern.count > start.count && $0.signature.agrees(with: start) }
        if !start.isEmpty, isCutShort { return .cutShort(path: path, .signature) }
        return .notPicture(path: path, ImageError.OtherFile(start: start), readable: readable)
    }

    /// First bytes of a file; nil stands for any byte.
    struct Signature: ExpressibleByArrayLiteral {
        let pattern: [UInt8?]

        init(arrayLiteral pattern: UInt8?...) { self.pattern = pattern }

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

/// What pictures of formats begin with that are not read.
private let otherFormats: [(name: String, signature: PictureFormat.Signature)] = [
    ("GIF", [0x47, 0x49, 0x46, 0x38]),
    ("TIFF", [0x49, 0x49, 0x2A, 0x00]),
    ("TIFF", [0x4D, 0x4D, 0x00, 0x2A]),
    ("BMP", [0x42, 0x4D]),
    ("HEIF or AVIF", [nil, nil, nil, nil, 0x66, 0x74, 0x79, 0x70]),
    ("raw video", [0x59, 0x55, 0x56, 0x34, 0x4D, 0x50, 0x45, 0x47, 0x32]),
    ("JPEG XL", [0xFF, 0x0A]),
    ("JPEG XL", [0x00, 0x00, 0x00, 0x0C, 0x4A, 0x58, 0x4C, 0x20]),
    ("JPEG 2000", [0x00, 0x00, 0x00, 0x0C, 0x6A, 0x50, 0x20, 0x20]),
]

extension ImageError.OtherFile {
    /// What a file is that begins with these bytes, and not as it should.
    ///
    /// - Parameter start: the first 8 bytes or more, or all of a shorter file.
    init(start: some Collection<UInt8>) {
        let signatures = PictureFormat.allCases.map { (name: $0.rawValue, signature: $0.signature) } + otherFormats
        if start.isEmpty {
            self = .empty
        } else if let (format, _) = signatures.first(where: { _, signature in
            // 8 bytes tell all formats apart.
            start.count >= min(signature.pattern.count, 8) && signature.agrees(with: start)
        }) {
            self = .picture(format)
        } else if start.prefix(8).contains(0x50), start.first == 0x89 || start.dropFirst().starts(with: [0x50, 0x4E, 0x47]) {
            self = .damagedSignature
        } else {
            self = .unknown
        }
    }
}
