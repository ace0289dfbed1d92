/// An 8-bit RGB picture in memory. Samples are taken as sRGB.
public struct Picture: Hashable, Sendable {
    /// Columns, in pixels.
    public let width: Int
    /// Rows, in pixels.
    public let height: Int

    /// Red, green, blue of each pixel, row after row from the top: `height * width * 3` bytes.
    public var pixels: [UInt8] {
        didSet { precondition(pixels.count == 3 * width * height, "A picture keeps its size.") }
    }

    /// - Precondition: the sides are positive and `pixels` holds `height * width * 3` bytes.
    public init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0 && pixels.count == 3 * width * height)
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// A picture of one colour.
    public init(width: Int, height: Int, fill: Color = .white) {
        var pixels: [UInt8] = []
        pixels.reserveCapacity(3 * width * height)
        for _ in 0..<width * height {
            pixels.append(fill.red)
            pixels.append(fill.green)
            pixels.append(fill.blue)
        }
        self.init(width: width, height: height, pixels: pixels)
    }

    /// Red, green and blue of a pixel, 0 to 255 each, in the picture's own colour space.
    public struct Color: Hashable, Sendable {
        /// The three channels.
        public var red, green, blue: UInt8

        /// Each argument is the property of its name.
        public init(red: UInt8, green: UInt8, blue: UInt8) {
            self.red = red
            self.green = green
            self.blue = blue
        }

        /// 255 in each channel.
        public static let white = Color(red: 255, green: 255, blue: 255)
    }

    /// Bytes from one row to the next.
    public var rowStride: Int { 3 * width }

    /// The bytes of row `y`.
    public func row(_ y: Int) -> ArraySlice<UInt8> {
        pixels[y * rowStride..<(y + 1) * rowStride]
    }

    /// The pixel of column x and row y, counted from the upper left corner.
    public subscript(x: Int, y: Int) -> Color {
        get {
            let first = offset(x, y)
            return Color(red: pixels[first], green: pixels[first + 1], blue: pixels[first + 2])
        }
        set {
            let first = offset(x, y)
            pixels[first] = newValue.red
            pixels[first + 1] = newValue.green
            pixels[first + 2] = newValue.blue
        }
    }

    private func offset(_ x: Int, _ y: Int) -> Int {
        precondition(0 <= x && x < width && 0 <= y && y < height, "The pixel lies outside the picture.")
        return y * rowStride + 3 * x
    }
}
