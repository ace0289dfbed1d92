extension Picture {
    /// The lightness of each pixel, 0 to 255: 0.299 of red, 0.587 of green and 0.114 of blue, rounded, in whole numbers of 2⁻¹⁶.
    /// What is grey stays as it is.
    ///
    /// Source: ITU-R BT.601-7, section 2.5.1, in full range as JFIF has it.
    public func luma() -> [UInt8] {
        var luma: [UInt8] = []
        luma.reserveCapacity(width * height)
        for place in stride(from: 0, to: pixels.count, by: 3) {
            let sum = 19595 * UInt32(pixels[place]) + 38470 * UInt32(pixels[place + 1]) + 7471 * UInt32(pixels[place + 2])
            luma.append(UInt8((sum + (1 << 15)) >> 16))
        }
        return luma
    }
}
