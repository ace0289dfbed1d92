extension CarriedMetadata {
    /// Most bytes of a profile or a packet that a chunk holds compressed.
    static let mostInflatedBytes = 16 << 20

    /// What the chunks of a PNG tell.
    ///
    /// Chunks of a wrong length, second ones where there may be one, and what cannot be inflated are left out, with a word
    /// in ``losses``. So are raw profiles of Exif and XMP, which some programs write as texts: they would go on telling of the
    /// picture's old size and orientation. Chunks that tell nothing of the picture itself, as the time of its last change,
    /// are passed over.
    ///
    /// Source: Portable Network Graphics, W3C Recommendation, 3rd edition, section 11.3.
    ///
    /// - Parameter chunks: in the order of the file; those of pixels may be among them.
    public init(pngChunks chunks: [PNGChunk]) {
        self.init(metadata: PictureMetadata())
        for chunk in chunks {
            do throws(Fault) {
                try read(chunk)
            } catch {
                let loss = "a chunk \(chunk.type) \(error.problem) and is left out"
                if !losses.contains(loss) { losses.append(loss) }
            }
        }
    }

    /// Why a chunk is left out.
    private enum Fault: Error {
        case length, contents, second, rawProfile(String)

        var problem: String {
            switch self {
            case .length: "has a wrong length"
            case .contents: "is damaged"
            case .second: "is one too many"
            case .rawProfile(let name): "holds a raw profile, '\(name)',"
            }
        }
    }

    private mutating func read(_ chunk: PNGChunk) throws(Fault) {
        let data = chunk.data
        switch chunk.type {
        case "cICP": try Self.set(&metadata.colour.codePoints, to: data, byteCount: 4)
        case "mDCV": try Self.set(&metadata.colour.mastering, to: data, byteCount: 24)
        case "cLLI": try Self.set(&metadata.colour.lightLevel, to: data, byteCount: 8)
        case "sRGB": try Self.set(&metadata.colour.sRGB, to: data, byteCount: 1)
        case "gAMA": try Self.set(&metadata.colour.gamma, to: data, byteCount: 4)
        case "cHRM": try Self.set(&metadata.colour.chromaticities, to: data, byteCount: 32)
        case "iCCP":
            guard metadata.iccProfile == nil else { throw .second }
            let parts = try Self.keyword(of: data)
            guard parts.rest.first == 0,
                let profile = ZlibStream.inflated(Array(parts.rest.dropFirst()), limit: Self.mostInflatedBytes),
                ICCProfile.colourSpace(of: profile) != nil
            else { throw .contents }
            try Self.set(&metadata.iccProfile, to: profile)
        case "eXIf":
            // Programs before the chunk was specified began it as in JPEG.
            let prefix = Array("Exif".utf8) + [0, 0]
            try Self.set(&metadata.exif, to: data.starts(with: prefix) ? Array(data.dropFirst(prefix.count)) : data)
        case "pHYs":
            guard data.count == 9 else { throw .length }
            guard let resolution = PictureMetadata.Resolution(physicalSize: data) else { throw .contents }
            guard metadata.resolution == nil else { throw .second }
            metadata.resolution = resolution
        case "tEXt", "zTXt", "iTXt":
            let (keyword, rest) = try Self.keyword(of: data)
            if chunk.type == "iTXt", keyword == PNGMetadata.xmpKeyword {
                guard metadata.xmp == nil else { throw .second }
                try Self.set(&metadata.xmp, to: Self.international(rest))
            } else if Self.rawProfiles.contains(keyword) {
                throw .rawProfile(String(decoding: keyword, as: UTF8.self))
            } else {
                metadata.texts.append(chunk)
            }
        default: break
        }
    }

    private static let rawProfiles = Set(["exif", "APP1", "xmp"].map { Array("Raw profile type \($0)".utf8) })

    private static func set(_ part: inout [UInt8]?, to data: [UInt8], byteCount: Int? = nil) throws(Fault) {
        if let byteCount, data.count != byteCount { throw .length }
        guard part == nil else { throw .second }
        part = data
    }

    /// The keyword of 1 to 79 bytes that a zero ends, and what follows.
    private static func keyword(of data: [UInt8]) throws(Fault) -> (keyword: [UInt8], rest: [UInt8]) {
        guard let end = data.prefix(80).firstIndex(of: 0), end > 0 else { throw .contents }
        return (Array(data[..<end]), Array(data[(end + 1)...]))
    }

    /// The text of an `iTXt` from behind its keyword: compression flag and method, language, translated keyword, text.
    private static func international(_ data: [UInt8]) throws(Fault) -> [UInt8] {
        guard data.count >= 4, let language = data[2...].firstIndex(of: 0),
            let translation = data[(language + 1)...].firstIndex(of: 0)
        else { throw .contents }
        let text = Array(data[(translation + 1)...])
        switch (data[0], data[1]) {
        case (0, _): return text
        case (1, 0):
            guard let text = ZlibStream.inflated(text, limit: mostInflatedBytes) else { throw .contents }
            return text
        default: throw .contents
        }
    }
}

extension PictureMetadata.Resolution {
    /// What the nine bytes of a `pHYs` chunk tell; nil where a number is 0 or the unit unknown.
    fileprivate init?(physicalSize data: [UInt8]) {
        let x = ByteOrder.big.number(in: data, at: 0, byteCount: 4)
        let y = ByteOrder.big.number(in: data, at: 4, byteCount: 4)
        guard x > 0, y > 0, data[8] <= 1 else { return nil }
        self.init(x: Double(x), y: Double(y), unit: data[8] == 1 ? .metre : .none)
    }
}
