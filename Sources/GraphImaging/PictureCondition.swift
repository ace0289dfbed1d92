/// What has happened to the pixels of a picture before it came here, as far as its file tells.
///
/// Networks that undo a clean reduction sharpen noise and the edges of compression's blocks along with all else.
public enum PictureCondition: Hashable, Sendable {
    /// Nothing is known: a screenshot, a drawing, a picture that was made smaller.
    case clean
    /// A camera took it, or a format stores it that loses something.
    case degraded
}

extension PictureSource {
    /// The condition of the picture: degraded where the file is of a format that loses something, or its Exif names a camera.
    ///
    /// - Throws: what ``reader()`` throws.
    public func condition() throws(ImageError) -> PictureCondition {
        let reader = try reader()
        if reader.metadata.exif.flatMap(ExifBlock.init)?.namesCamera ?? false { return .degraded }
        switch reader {
        case let webP as WebPReader: return webP.isLossy ? .degraded : .clean
        // A JPEG XL does not say; hardly any is without loss.
        default: return format?.losses == .never ? .clean : .degraded
        }
    }

    /// How a picture that is made of this one is written where nobody says in which quality: of a WebP without loss, without.
    ///
    /// - Throws: what ``reader()`` throws.
    package func encoding(like encoding: PictureEncoding) throws(ImageError) -> PictureEncoding {
        guard format == .webp, encoding == PictureEncoding(.webp), let webP = try reader() as? WebPReader, !webP.isLossy else {
            return encoding
        }
        return PictureEncoding(.webp, quality: .lossless)
    }
}
