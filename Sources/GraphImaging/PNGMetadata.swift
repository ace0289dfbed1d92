/// What a PNG tells beside its pixels, as the chunks that stand before and behind these.
public struct PNGMetadata: Hashable, Sendable {
    /// To be written behind `IHDR` and before `PLTE` and `IDAT`, in this order: PNG specification, section 5.6.
    public var first: [PNGChunk]
    /// To be written behind `IDAT`.
    public var last: [PNGChunk]
    /// What a PNG cannot hold, each as a sentence without a point.
    public var losses: [String]

    /// The keyword of an XMP packet in `iTXt`: XMP specification, part 3, section 1.1.5.
    static let xmpKeyword = Array("XML:com.adobe.xmp".utf8)
    /// Bytes of a text that is so long that it would delay the picture.
    fileprivate static let longTextByteCount = 16 << 10
    /// The greatest number of a chunk: section 7.1.
    fileprivate static let greatestNumber = Double(Int32.max)
}

extension PictureMetadata {
    /// What a PNG with these pixels tells.
    ///
    /// XMP and texts stand before the pixels, since some programs read no further; long texts stand behind them. Of a
    /// profile and `sRGB` the profile is written: a file must not have both (section 11.3.2.5). A profile of other colours
    /// than the pixels' is left out.
    ///
    /// Source: Portable Network Graphics, W3C Recommendation, 3rd edition, sections 5.6 and 11.3.
    public func pngChunks(for layout: PixelLayout) -> PNGMetadata {
        var chunks = PNGMetadata(first: [], last: [], losses: [])
        func add(_ type: String, _ data: [UInt8]?) {
            if let data { chunks.first.append(PNGChunk(type: type, data: data)) }
        }
        let carried = withFittingProfile(for: layout)
        chunks.losses = carried.losses
        let profile = carried.metadata.iccProfile.flatMap(ZlibStream.deflated)
        add("cICP", colour.codePoints)
        add("mDCV", colour.mastering)
        add("cLLI", colour.lightLevel)
        add("iCCP", profile.map { Array("ICC profile".utf8) + [0, 0] + $0 })
        if profile == nil { add("sRGB", colour.sRGB) }
        add("gAMA", colour.gamma)
        add("cHRM", colour.chromaticities)
        if let resolution {
            let size = resolution.physicalSize
            if size == nil { chunks.losses.append("the resolution is not one that a PNG can hold, and left out") }
            add("pHYs", size)
        }
        add("eXIf", exif)
        // Not compressed, in no language, and with no translation of the keyword.
        add("iTXt", xmp.map { PNGMetadata.xmpKeyword + [0, 0, 0, 0, 0] + $0 })
        let isLong = { (text: PNGChunk) in text.data.count >= PNGMetadata.longTextByteCount }
        chunks.first += texts.filter { !isLong($0) }
        chunks.last = texts.filter(isLong)
        return chunks
    }
}

extension PictureMetadata.Resolution {
    /// The data of `pHYs`, section 11.3.4.3; nil where the numbers are none that it can hold.
    fileprivate var physicalSize: [UInt8]? {
        var (x, y) = (self.x, self.y)
        if let metric = converted(to: .metre) {
            (x, y) = (metric.x, metric.y)
        } else if x != x.rounded() || y != y.rounded() {
            // A pixel's shape alone: whole numbers of about the same ratio.
            let factor = 10_000 / max(x, y)
            (x, y) = (x * factor, y * factor)
        }
        let numbers = [x, y].map { $0.rounded() }
        guard numbers.allSatisfy({ 1...PNGMetadata.greatestNumber ~= $0 }) else { return nil }
        return numbers.flatMap { ByteOrder.big.bytes(of: Int($0), byteCount: 4) } + [unit == .none ? 0 : 1]
    }
}
