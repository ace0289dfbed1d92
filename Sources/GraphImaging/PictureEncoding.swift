import SystemPackage

/// How a picture is written.
public struct PictureEncoding: Hashable, Sendable {
    /// Of the file.
    public var format: PictureFormat
    /// Of what loses something; nil for what is usual in the format: 95 for JPEG, 90 for the others.
    public var quality: Quality?

    /// Each argument is the property of its name.
    public init(_ format: PictureFormat, quality: Quality? = nil) {
        self.format = format
        self.quality = quality
    }

    /// The format that a file's name ends in, in its usual quality.
    ///
    /// - Throws: ``ImageError/unknownEnding(path:)``.
    public init(endingOf path: FilePath) throws(ImageError) {
        guard let format = PictureFormat(ending: path.extension ?? "") else { throw .unknownEnding(path: path) }
        self.init(format)
    }

    /// How near a written picture is to the original.
    public enum Quality: Hashable, Sendable {
        /// From 1 to 100, as libraries of the formats count it.
        case level(Int)
        /// Each pixel as it is, which WebP and JPEG XL can.
        case lossless
    }
}

extension PictureEncoding {
    /// A writer of a picture in this format.
    ///
    /// - Parameters:
    ///   - layout: of the rows, one that the format has: ``PictureFormat/holding(_:isOpaque:)``.
    ///   - metadata: of the picture that is written, its sizes and orientation.
    /// - Throws: when a side is longer than the format allows, the folder cannot be written to, or the format is not built in.
    public func writer(
        to destination: PictureDestination, size: PictureSize, layout: PixelLayout, metadata: PictureMetadata
    ) throws(ImageError) -> PictureWriter {
        let (width, height) = (size.width, size.height)
        switch format {
        case .png:
            return try PNGWriter(to: destination, width: width, height: height, layout: layout, metadata: metadata)
        case .jpeg:
            let level = if case .level(let level) = quality { level } else { JPEGWriter.usualQuality }
            return try JPEGWriter(
                to: destination, width: width, height: height, layout: layout, metadata: metadata, quality: level)
        case .webp:
            let compression: WebPWriter.Compression =
                switch quality {
                case .level(let level): .lossy(quality: level)
                case .lossless: .lossless
                case nil: .usual
                }
            return try WebPWriter(
                to: destination, width: width, height: height, layout: layout, metadata: metadata, compression: compression)
        case .tiff, .heic, .avif, .jpegXL:
            #if Vips
                return try VipsWriter(to: destination, format, size: size, layout: layout, metadata: metadata, quality: quality)
            #else
                throw .notBuiltIn(path: destination.path, format, .writing)
            #endif
        }
    }
}

extension PictureFormat {
    /// The format that a file's name tells by its ending, in capitals or not; nil for other endings.
    public init?(ending: String) {
        switch ending.lowercased() {
        case "png", "apng": self = .png
        case "jpg", "jpeg", "jpe", "jfif": self = .jpeg
        case "webp": self = .webp
        case "tif", "tiff": self = .tiff
        case "heic", "heif", "hif": self = .heic
        case "avif": self = .avif
        case "jxl": self = .jpegXL
        default: return nil
        }
    }

    /// The ending that files of the format are given, as `jpg`.
    public var ending: String {
        switch self {
        case .png: "png"
        case .jpeg: "jpg"
        case .webp: "webp"
        case .tiff: "tif"
        case .heic: "heic"
        case .avif: "avif"
        case .jpegXL: "jxl"
        }
    }

    /// The most bits of a sample that are written.
    public var bitDepth: Int {
        switch self {
        case .jpeg, .webp: 8
        // Of a HEIF those that its encoders are good at.
        case .heic: 10
        case .avif: 12
        case .png, .tiff, .jpegXL: 16
        }
    }

    /// How near a result may be to the picture.
    public var losses: Losses {
        switch self {
        case .png, .tiff: .never
        case .jpeg, .heic, .avif: .always
        case .webp, .jpegXL: .byChoice
        }
    }

    /// Whether encoders of a format change pixels.
    public enum Losses: Hashable, Sendable {
        /// ``PictureEncoding/quality`` is not asked for.
        case never
        /// ``PictureEncoding/Quality-swift.enum/lossless`` is none of its qualities.
        case always
        /// Each quality is one of its own.
        case byChoice
    }

    /// The layout that files of the format have for pixels of this one, and what is lost by it, each as a sentence without a
    /// point.
    ///
    /// - Parameter isOpaque: whether every pixel is opaque, so that alpha tells nothing.
    public func holding(_ layout: PixelLayout, isOpaque: Bool) -> (layout: PixelLayout, losses: [String]) {
        var held = layout
        var losses: [String] = []
        if layout.bitDepth > bitDepth {
            held.bitDepth = bitDepth > 8 ? 16 : 8
            losses.append("\(self) has \(bitDepth) bits, of \(layout.bitDepth)")
        }
        if self == .jpeg, layout.hasAlpha {
            held.hasAlpha = false
            if !isOpaque { losses.append("JPEG has no transparency: the picture is laid on white") }
        }
        return (held, losses)
    }

    /// Makes sure that the format can hold a picture, before its file is begun.
    func checkLongestSide(of size: PictureSize, path: FilePath?) throws(ImageError) {
        guard max(size.width, size.height) <= longestSide else { throw .tooLongToWrite(path: path, size, self) }
    }
}
