/// One channel of a picture, as the metrics read it: samples 0…255, row after row.
struct Plane {
    let width: Int
    let height: Int
    let samples: [Double]

    /// The samples of a channel inside a border of `border` pixels on each side.
    init(_ channel: Channel, of picture: Picture, border: Int) {
        width = picture.width - 2 * border
        height = picture.height - 2 * border
        precondition(width > 0 && height > 0)
        var samples: [Double] = []
        samples.reserveCapacity(width * height)
        for y in border..<border + height {
            for x in border..<border + width {
                samples.append(channel.sample(picture.pixels, at: y * picture.rowStride + 3 * x))
            }
        }
        self.samples = samples
    }

    init(width: Int, height: Int, samples: [Double]) {
        precondition(samples.count == width * height)
        self.width = width
        self.height = height
        self.samples = samples
    }

    enum Channel {
        case red, green, blue
        /// Y of BT.601 in its studio range 16…235, not rounded to a whole value.
        ///
        /// Source: ITU-R BT.601-7, as MATLAB's `rgb2ycbcr` computes it of doubles and BasicSR's `bgr2ycbcr` of floats.
        case luma

        func sample(_ pixels: [UInt8], at first: Int) -> Double {
            switch self {
            case .red: return Double(pixels[first])
            case .green: return Double(pixels[first + 1])
            case .blue: return Double(pixels[first + 2])
            case .luma:
                let red = Double(pixels[first]), green = Double(pixels[first + 1]), blue = Double(pixels[first + 2])
                return 16 + (65.481 * red + 128.553 * green + 24.966 * blue) / 255
            }
        }
    }
}
