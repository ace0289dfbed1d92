/// What the pixels of a picture's rows are: interleaved samples of one width, colours before alpha.
///
/// A row of `width` pixels takes `width * byteCount` bytes. Samples of 16 bits are in the processor's own byte order. Alpha
/// is straight: colours are not multiplied by it.
public struct PixelLayout: Hashable, Sendable {
    /// One colour sample for each pixel instead of red, green and blue.
    public var isGrey: Bool
    /// Whether a sample of opacity follows the colour: 0 for transparent.
    public var hasAlpha: Bool
    /// 8 or 16.
    public var bitDepth: Int

    /// - Precondition: the depth is 8 or 16.
    public init(isGrey: Bool = false, hasAlpha: Bool = false, bitDepth: Int = 8) {
        precondition(bitDepth == 8 || bitDepth == 16)
        self.isGrey = isGrey
        self.hasAlpha = hasAlpha
        self.bitDepth = bitDepth
    }

    /// Red, green and blue of 8 bits each.
    public static let rgb8 = PixelLayout()

    /// Samples of colour in a pixel: 1 or 3.
    public var colourCount: Int { isGrey ? 1 : 3 }
    /// Samples in a pixel: 1 to 4.
    public var sampleCount: Int { colourCount + (hasAlpha ? 1 : 0) }
    /// Bytes of a sample: 1 or 2.
    public var sampleByteCount: Int { bitDepth / 8 }
    /// Bytes of a pixel: 1 to 8.
    public var byteCount: Int { sampleCount * sampleByteCount }
    /// The sample that is white, or opaque: 255 or 65535.
    public var greatestSample: Int { bitDepth == 8 ? 255 : 65535 }
}

extension PixelLayout: CustomStringConvertible {
    /// `RGB with 8 bits`, `grey and alpha with 16 bits`
    public var description: String {
        (isGrey ? "grey" : "RGB") + (hasAlpha ? " and alpha" : "") + " with \(bitDepth) bits"
    }
}
