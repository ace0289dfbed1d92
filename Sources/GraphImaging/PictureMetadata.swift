/// What a picture's file tells beside its pixels, in forms that every format can hold or leave out.
///
/// Each part is carried as it was written, so that what this library does not understand survives.
public struct PictureMetadata: Hashable, Sendable {
    /// An ICC profile: the colour space of the samples.
    public var iccProfile: [UInt8]?
    /// How the colours are to be read where there is no profile, as PNG tells it.
    public var colour: ColourTags
    /// A TIFF structure, as Exif 2.32 describes it, from its byte order mark on.
    public var exif: [UInt8]?
    /// An XMP packet, UTF-8.
    public var xmp: [UInt8]?
    /// Texts of a PNG, each a whole chunk.
    public var texts: [PNGChunk]
    /// Pixels for each unit of length.
    public var resolution: Resolution?

    /// Nothing but what is given.
    public init(
        iccProfile: [UInt8]? = nil, colour: ColourTags = ColourTags(), exif: [UInt8]? = nil, xmp: [UInt8]? = nil,
        texts: [PNGChunk] = [], resolution: Resolution? = nil
    ) {
        self.iccProfile = iccProfile
        self.colour = colour
        self.exif = exif
        self.xmp = xmp
        self.texts = texts
        self.resolution = resolution
    }

    /// Pixels for each unit of length.
    public struct Resolution: Hashable, Sendable {
        /// Along a row and along a column.
        public var x, y: Double
        /// In what unit of length.
        public var unit: Unit

        /// Each argument is the property of its name.
        public init(x: Double, y: Double, unit: Unit) {
            self.x = x
            self.y = y
            self.unit = unit
        }

        /// What is as long as so many pixels. Without one, x and y tell the shape of a pixel alone.
        public enum Unit: Hashable, Sendable { case inch, centimetre, metre, none }
    }

    /// Chunks of a PNG that tell the colour space; PNG specification, sections 11.3.2.1 to 11.3.2.8. Each is the chunk's
    /// data.
    public struct ColourTags: Hashable, Sendable {
        /// `gAMA`: 100,000 times the exponent of the encoding, 4 bytes.
        public var gamma: [UInt8]?
        /// `cHRM`: white point and primaries, 32 bytes.
        public var chromaticities: [UInt8]?
        /// `sRGB`: a rendering intent, 1 byte.
        public var sRGB: [UInt8]?
        /// `cICP`: code points of ITU-T H.273, 4 bytes.
        public var codePoints: [UInt8]?
        /// `mDCV` and `cLLI`: of a display in whose light the picture was made.
        public var mastering, lightLevel: [UInt8]?

        /// None.
        public init() {}

        /// Whether there is one.
        public var isEmpty: Bool { self == ColourTags() }
    }
}

/// A chunk of a PNG as it stands in the file.
public struct PNGChunk: Hashable, Sendable {
    /// Four letters.
    public var type: String
    /// Without length and checksum.
    public var data: [UInt8]

    /// Each argument is the property of its name.
    public init(type: String, data: [UInt8]) {
        self.type = type
        self.data = data
    }
}
