import SystemPackage

extension PictureReader {
    /// Reads the next row into an array of `width * layout.byteCount` bytes.
    func readRow(into row: inout [UInt8]) throws(ImageError) {
        // Of the closures that arrays take, only those of buffers of elements throw the type that is stated.
        try row.withUnsafeMutableBufferPointer { (bytes) throws(ImageError) in
            try readRow(into: UnsafeMutableRawBufferPointer(bytes))
        }
    }
}

/// What is lost of a file with several pictures, as an animation.
func onlyFirst(of count: Int) -> String { "the file holds \(count) pictures, of which only the first is read" }

extension Picture {
    /// Reads a whole picture of any format that is read, upright and as 8-bit RGB: grey becomes RGB, 16 bits are scaled to
    /// 8 with rounding, and what is transparent is composited over white.
    ///
    /// Memory grows with the rows that arrive, so that a header alone claims none.
    ///
    /// - Parameter acceptsPipes: whether a pipe or device is waited for and copied; it is refused otherwise.
    public init(contentsOf path: FilePath, acceptsPipes: Bool = true) throws(ImageError) {
        try self.init(PictureSource(path: path, acceptsPipes: acceptsPipes))
    }

    /// Reads a whole picture in memory, converted in the same way.
    ///
    /// - Parameter bytes: the whole file.
    public init(file bytes: some Sequence<UInt8>) throws(ImageError) { try self.init(PictureSource(bytes)) }

    /// Reads a whole picture, converted in the same way.
    package init(_ source: PictureSource) throws(ImageError) {
        let reader = try source.reader().upright()
        guard reader.width * reader.height <= PNGReader.mostPixelsInMemory else {
            throw .tooLarge(path: reader.path, reader.size)
        }
        try self.init(reader, rows: 0..<reader.height)
    }

    /// Reads rows of a picture of which none has been read yet, converted in the same way but for the orientation.
    init(_ reader: any PictureReader, rows: Range<Int>) throws(ImageError) {
        var row = [UInt8](repeating: 0, count: reader.layout.byteCount * reader.width)
        var pixels: [UInt8] = []
        for y in 0..<rows.upperBound {
            try reader.readRow(into: &row)
            if y >= rows.lowerBound { reader.layout.appendRGB(of: row, to: &pixels) }
        }
        self.init(width: reader.width, height: rows.count, pixels: pixels)
    }
}

extension PixelLayout {
    /// Converts a row of pixels to 8-bit RGB.
    fileprivate func appendRGB(of row: [UInt8], to pixels: inout [UInt8]) {
        if self == .rgb8 {
            pixels.append(contentsOf: row)
        } else if bitDepth == 8 {
            append(row, to: &pixels)
        } else {
            row.withUnsafeBytes { append($0.bindMemory(to: UInt16.self), to: &pixels) }
        }
    }

    private func append<Samples: RandomAccessCollection>(_ samples: Samples, to pixels: inout [UInt8])
    where Samples.Element: FixedWidthInteger & UnsignedInteger, Samples.Index == Int {
        let top = Int(Samples.Element.max)
        for pixel in stride(from: 0, to: samples.count, by: sampleCount) {
            let alpha = hasAlpha ? Int(samples[pixel + colourCount]) : top
            for channel in 0..<3 {
                let composite = Int(samples[pixel + (isGrey ? 0 : channel)]) * alpha + top * (top - alpha)
                pixels.append(UInt8((255 * composite + top * top / 2) / (top * top)))
            }
        }
    }
}
