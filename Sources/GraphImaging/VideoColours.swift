/// How samples of luma and colour differences stand to red, green and blue from 0 to 255.
///
/// Which of two matrices a video was made by, its header does not tell: as players do, it is known by the height.
///
/// Source: ITU-R BT.601-7, section 2.5; ITU-R BT.709-6, section 3; for the full range ITU-T H.273, section 8.3.
struct VideoColours {
    private let black: Float
    /// From black to white.
    private let lumaSpan: Float
    private let middle: Float
    /// From the least colour difference to the greatest.
    private let differenceSpan: Float
    /// Shares of luma.
    private let red, green, blue: Float

    init(_ header: VideoHeader) {
        let unit = Float(1 << (header.layout.bitDepth - 8))
        middle = 128 * unit
        if header.isFullRange {
            black = 0
            lumaSpan = Float(header.layout.greatestSample)
            differenceSpan = lumaSpan
        } else {
            black = 16 * unit
            lumaSpan = 219 * unit
            differenceSpan = 224 * unit
        }
        (red, blue) = header.size.height < 720 ? (0.299, 0.114) : (0.2126, 0.0722)
        green = 1 - red - blue
    }

    /// Grey from 0 to 255, and beyond where luma is.
    func grey(_ luma: Float) -> Float { 255 / lumaSpan * (luma - black) }

    func luma(_ grey: Float) -> Float { black + lumaSpan / 255 * grey }

    /// What a difference of grey is of luma.
    func difference(_ grey: Float) -> Float { lumaSpan / 255 * grey }

    func colour(_ luma: Float, _ blueness: Float, _ redness: Float) -> Colour {
        let grey = grey(luma)
        let unit = 255 / differenceSpan
        let red = grey + 2 * (1 - self.red) * unit * (redness - middle)
        let blue = grey + 2 * (1 - self.blue) * unit * (blueness - middle)
        return Colour(red: red, green: (grey - self.red * red - self.blue * blue) / green, blue: blue)
    }

    func samples(_ colour: Colour) -> (luma: Float, blueness: Float, redness: Float) {
        let difference = difference(colour)
        return (black + difference.luma, middle + difference.blueness, middle + difference.redness)
    }

    /// What a difference of colours is of samples.
    func difference(_ colour: Colour) -> (luma: Float, blueness: Float, redness: Float) {
        let grey = red * colour.red + green * colour.green + blue * colour.blue
        let unit = differenceSpan / 255
        return (
            lumaSpan / 255 * grey, unit * (colour.blue - grey) / (2 * (1 - blue)), unit * (colour.red - grey) / (2 * (1 - red))
        )
    }

    struct Colour {
        var red, green, blue: Float

        /// What of it lies beyond 0 to 255.
        var excess: Colour {
            Colour(red: GraphImaging.excess(red), green: GraphImaging.excess(green), blue: GraphImaging.excess(blue))
        }

        var isNone: Bool { red == 0 && green == 0 && blue == 0 }
    }
}

/// What of a sample lies beyond 0 to 255; rounding errors are none.
func excess(_ sample: Float) -> Float {
    let excess = sample - min(max(sample, 0), 255)
    return abs(excess) < 0.001 ? 0 : excess
}
