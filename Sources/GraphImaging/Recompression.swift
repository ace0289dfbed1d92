extension Picture {
    /// The picture as it comes back from a JPEG file.
    ///
    /// - Parameters:
    ///   - quality: from 1 to 100, as libjpeg counts it.
    ///   - colours: how fine they are in the file.
    ///   - blockOffset: where the first block of 8 × 8 pixels begins, left of and above the picture: 0 to 7 each. The picture's
    ///     outermost pixels are repeated there.
    /// - Throws: when there is no memory left.
    public func recompressed(
        quality: Int, colours: JPEGWriter.Colours, blockOffset: (x: Int, y: Int) = (0, 0)
    ) throws(ImageError) -> Picture {
        let wide = (width: width + blockOffset.x, height: height + blockOffset.y)
        var samples: [UInt8] = []
        samples.reserveCapacity(3 * wide.width * wide.height)
        for y in 0..<wide.height {
            let row = row(max(0, y - blockOffset.y))
            for _ in 0..<blockOffset.x { samples += row.prefix(3) }
            samples += row
        }
        let writer = try JPEGWriter(to: .memory, width: wide.width, height: wide.height, quality: quality, colours: colours)
        try Picture(width: wide.width, height: wide.height, pixels: samples).write(to: writer)
        return try Picture(file: writer.bytes).cropped(x: blockOffset.x, y: blockOffset.y, width: width, height: height)
    }
}
