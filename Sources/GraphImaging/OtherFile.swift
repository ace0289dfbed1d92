extension ImageError {
    /// What a file is that is no picture of a format that is read.
    public enum OtherFile: Hashable, Sendable {
        case empty
        /// A kind of picture or video, as `GIF`.
        case picture(String)
        /// Any other kind, as `an HTML page`, and what to do about it; nil where that is plain.
        case file(String, advice: String?)
        /// A PNG whose signature was changed on the way.
        case damagedSignature
        /// Apple's variant, with chunk `CgBI`: as Xcode puts it into programs for phones.
        case appleVariant
        case unknown
    }
}

extension ImageError.OtherFile {
    /// What a file is that begins with these bytes, and not as it should.
    ///
    /// - Parameter start: the first ``PictureFormat/startByteCount`` bytes, or all of a shorter file.
    init(start: some Collection<UInt8>) {
        let start = Array(start)
        if start.isEmpty {
            self = .empty
        } else if let known = signatures.first(where: { $0.signature.begins(start) }) {
            self = known.kind
        } else if let format = PictureFormat.allCases.first(where: { format in
            // 8 bytes tell all formats apart.
            format.signatures.contains { start.count >= min($0.pattern.count, 8) && $0.agrees(with: start) }
        }) {
            self = .picture(format.rawValue)
        } else if PictureFormat.Signature(brand: "").begins(start) {
            self = .picture("QuickTime or MPEG-4")
        } else if start.count == PictureFormat.startByteCount, start.allSatisfy({ $0 == 0 }) {
            self = .file("nothing but zeros", advice: "it was not copied to its end; copy it again")
        } else if start.starts(with: [0xC2, 0x89]) {
            self = .damagedSignature
        } else if let place = start.place(of: PictureFormat.png.bytes) {
            self = .file("a PNG behind \(place) other bytes", advice: "cut them off")
        } else if start.prefix(16).contains(0x50),
            start.first == 0x89 || Array(start.prefix(12)).place(of: "PNG\n", "PNG\r") != nil
        {
            self = .damagedSignature
        } else if let text = Self(text: start) {
            self = text
        } else {
            self = .unknown
        }
    }

    /// A kind of text; nil of bytes that are none.
    private init?(text start: [UInt8]) {
        let text = start.starts(with: [0xEF, 0xBB, 0xBF]) ? start.dropFirst(3) : start[...]
        guard !text.contains(where: { $0 < 0x20 && !(9...13).contains($0) }) else { return nil }
        let words = String(decoding: text, as: UTF8.self).lowercased().drop { $0.isWhitespace }
        if words.hasPrefix("<"), words.contains("<svg") {
            self = .file("an SVG drawing", advice: "export it as PNG")
        } else if ["<!doctype html", "<html", "<head", "<body", "<title", "<script"].contains(where: words.hasPrefix) {
            self = .file("an HTML page", advice: "download the picture that the page shows")
        } else if words.hasPrefix("<?xml"), words.contains("<html") {
            self = .file("an HTML page", advice: "download the picture that the page shows")
        } else if words.hasPrefix("<?xml") || words.hasPrefix("<error") {
            self = .file("an XML text", advice: "a server may have sent it in place of the picture; read what it says")
        } else if words.hasPrefix("version https://git-lfs") {
            self = .file("a Git LFS pointer", advice: "fetch the picture that it stands for with 'git lfs pull'")
        } else if words.contains("annex/objects/") {
            self = .file("a git-annex pointer", advice: "fetch the picture that it stands for with 'git annex get'")
        } else if words.hasPrefix("data:image/") || words.hasPrefix("ivborw0kggo") || words.hasPrefix("/9j/") {
            self = .file("a picture as base64 text", advice: "decode it, as 'base64 -d' does")
        } else if words.hasPrefix("http/") {
            self = .file("a server's answer with its header", advice: "save what stands behind the first empty line")
        } else if words.hasPrefix("{") || words.hasPrefix("[") {
            self = .file("a JSON text", advice: "a server may have sent it in place of the picture; read what it says")
        } else {
            self = .file("a text", advice: nil)
        }
    }

    /// What follows the path in a message.
    func problem(readable: [PictureFormat]) -> String {
        let formats = PictureFormat.list(readable, "or")
        return switch self {
        case .empty: "the file is empty"
        case .picture(let format): "is \(article(format)) file; convert it to \(formats)"
        case .file(let kind, let advice): "is \(kind), not a \(formats) file\(advice.map { "; \($0)" } ?? "")"
        case .damagedSignature: "the PNG signature is damaged, as a transfer in text mode does; copy the file again"
        case .appleVariant:
            "is a PNG of Apple's own variant (CgBI), as programs for phones hold it; convert it with \"xcrun pngcrush -revert-iphone-optimizations\""
        case .unknown: "is not a \(formats) file"
        }
    }
}

/// What files begin with that are none of ``PictureFormat``, and of those what would pass for one.
private let signatures: [(signature: PictureFormat.Signature, kind: ImageError.OtherFile)] =
    pictures.map { (.init($0), .picture($1)) } + archives.map { (.init($0), .file($1, advice: "unpack it first")) }
    + others.map { (.init($0), .file($1, advice: $2)) }

/// `·` stands for any byte.
private let pictures: [(start: String, name: String)] =
    [
        ("GIF8", "GIF"), ("BM", "BMP"), ("YUV4MPEG2", "raw video"), ("\u{0}\u{0}\u{0}\u{C}jP  ", "JPEG 2000"),
        ("\u{FF}O\u{FF}Q", "JPEG 2000"), ("\u{FF}\u{D8}\u{FF}\u{F7}", "JPEG-LS"), ("II\u{BC}", "JPEG XR"), ("8BPS", "Photoshop"),
        ("gimp xcf", "GIMP"), ("%PDF", "PDF"), ("%!PS", "PostScript"), ("\u{C5}\u{D0}\u{D3}\u{C6}", "PostScript"),
        ("\u{0}\u{0}\u{1}\u{0}", "ICO"), ("\u{0}\u{0}\u{2}\u{0}", "CUR"), ("icns", "ICNS"), ("v/1\u{1}", "OpenEXR"),
        ("#?RADIANCE", "Radiance HDR"), ("#?RGBE", "Radiance HDR"), ("\u{8A}MNG\r\n", "MNG"), ("\u{8B}JNG\r\n", "JNG"),
        ("qoif", "QOI"), ("DDS ", "DDS"), ("BPG\u{FB}", "BPG"), ("FLIF", "FLIF"), ("farbfeld", "farbfeld"), ("AT&TFORM", "DjVu"),
        ("SIMPLE  =", "FITS"), ("\u{A}\u{5}\u{1}\u{8}", "PCX"), ("\u{1}\u{DA}", "SGI"), ("FORM····ILBM", "ILBM"),
        ("FUJIFILM", "Fujifilm raw"), ("IIRO", "Olympus raw"), ("IIRS", "Olympus raw"), ("MMOR", "Olympus raw"),
        ("IIU\u{0}", "Panasonic raw"), ("II*\u{0}····CR", "Canon raw"), ("····ftypcrx", "Canon raw"),
        ("\u{1A}E\u{DF}\u{A3}", "Matroska or WebM video"), ("RIFF····AVI ", "AVI video"), ("FLV\u{1}", "Flash video"),
        ("\u{0}\u{0}\u{1}\u{BA}", "MPEG video"),
    ]
    + ["P1", "P2", "P3", "P4", "P5", "P6", "P7", "PF", "Pf"].flatMap { name in
        ["\n", " ", "\r"].map { ("\(name)\($0)", "PBM, PGM or PPM") }
    }

private let archives: [(start: String, name: String)] = [
    ("PK\u{3}\u{4}", "a ZIP archive"), ("PK\u{5}\u{6}", "an empty ZIP archive"), ("\u{1F}\u{8B}", "a gzip file"),
    ("BZh", "a bzip2 file"), ("\u{FD}7zXZ", "an xz file"), ("(\u{B5}/\u{FD}", "a Zstandard file"),
    ("7z\u{BC}\u{AF}'\u{1C}", "a 7-Zip archive"), ("Rar!", "a RAR archive"),
    (String(repeating: "·", count: 257) + "ustar", "a tar archive"),
]

private let others: [(start: String, name: String, advice: String?)] = [
    ("\u{0}\u{5}\u{16}\u{7}", "what macOS keeps beside a file (AppleDouble)", "the picture has the same name without '._'"),
    ("\u{7F}ELF", "a program", nil), ("RIFF····WAVE", "a sound", nil), ("ID3", "a sound", nil), ("OggS", "a sound or video", nil),
    ("SQLite format 3", "a database", nil), ("\u{D0}\u{CF}\u{11}\u{E0}", "an Office file", "export its pictures"),
]

extension PictureFormat.Signature {
    /// Each character is a byte of its number, and `·` any byte.
    fileprivate init(_ start: String) {
        self.init(pattern: start.unicodeScalars.map { $0 == "·" ? nil : UInt8($0.value) })
    }
}

extension PictureFormat {
    /// The signature of a format that has one, of known bytes.
    fileprivate var bytes: [UInt8] { signatures[0].pattern.compactMap(\.self) }
}

extension [UInt8] {
    /// Where some bytes stand.
    fileprivate func place(of bytes: [UInt8]) -> Int? {
        indices.first { self[$0...].starts(with: bytes) }
    }

    /// Where one of some words stands.
    fileprivate func place(of words: String...) -> Int? {
        words.lazy.compactMap { self.place(of: Array($0.utf8)) }.first
    }
}
