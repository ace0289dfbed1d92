/// How samples of luma and colour differences stand to red, green and blue from 0 to 255.
///
/// Which of two matrices a video was made by, its header does not tell: as players do, it is known by the height.
///
/// Source: ITU-R BT.601-7, section 2.5; ITU-R BT.709-6, section 3; for the full range ITU-T H.273, section 8.3.
struct VideoColours {
    private let black: Float
    private let middle: Float
    /// Of luma for each step of grey, and the other way.
    private let lumaStep, greyStep: Float
    /// Shares of luma.
    private let red, green, blue: Float
    /// Of a colour difference for each step of a colour's difference to grey, and the other way.
    private let bluenessStep, blueStep, rednessStep, redStep: Float

    init(_ header: VideoHeader) {
        let unit = Float(1 << (header.layout.bitDepth - 8))
        let greatest = Float(header.layout.greatestSample)
        let (black, lumaSpan, differenceSpan) =
            header.isFullRange ? (0, greatest, greatest) : (16 * unit, 219 * unit, 224 * unit)
        let (red, blue): (Float, Float) = header.size.height < 720 ? (0.299, 0.114) : (0.2126, 0.0722)
        self.black = black
        middle = 128 * unit
        lumaStep = lumaSpan / 255
        greyStep = 255 / lumaSpan
        self.red = red
        self.blue = blue
        green = 1 - red - blue
        bluenessStep = differenceSpan / (510 * (1 - blue))
        blueStep = 510 * (1 - blue) / differenceSpan
        rednessStep = differenceSpan / (510 * (1 - red))
        redStep = 510 * (1 - red) / differenceSpan
    }

    /// Grey from 0 to 255, and beyond where luma is.
    func grey(_ luma: Float) -> Float { greyStep * (luma - black) }

    func luma(_ grey: Float) -> Float { black + lumaStep * grey }

    /// What a difference of grey is of luma.
    func difference(_ grey: Float) -> Float { lumaStep * grey }

    func colour(_ luma: Float, _ blueness: Float, _ redness: Float) -> Colour {
        let grey = grey(luma)
        let redBeyondGrey = redStep * (redness - middle)
        let blueBeyondGrey = blueStep * (blueness - middle)
        return Colour(
            red: grey + redBeyondGrey, green: grey - (red * redBeyondGrey + blue * blueBeyondGrey) / green,
            blue: grey + blueBeyondGrey)
    }

    func samples(_ colour: Colour) -> (luma: Float, blueness: Float, redness: Float) {
        let (luma, blueness, redness) = difference(colour)
        return (black + luma, middle + blueness, middle + redness)
    }

    /// What a difference of colours is of samples.
    func difference(_ colour: Colour) -> (luma: Float, blueness: Float, redness: Float) {
        let grey = red * colour.red + green * colour.green + blue * colour.blue
        return (lumaStep * grey, bluenessStep * (colour.blue - grey), rednessStep * (colour.red - grey))
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
