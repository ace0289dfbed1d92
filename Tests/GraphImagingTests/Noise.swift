import GraphImaging

/// A picture of noise, the same one each time.
func noise(_ width: Int, _ height: Int) -> Picture {
    var state: UInt32 = 7
    return Picture(
        width: width, height: height,
        pixels: (0..<3 * width * height).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(state >> 24)
        })
}
