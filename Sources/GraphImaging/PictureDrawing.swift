extension Picture {
    /// Pictures below each other, on white where they are narrower than the widest.
    ///
    /// - Precondition: there is one.
    public init(stacking pictures: [Picture]) {
        precondition(!pictures.isEmpty)
        self.init(width: pictures.map(\.width).max() ?? 1, height: pictures.map(\.height).reduce(0, +))
        var y = 0
        for picture in pictures {
            draw(picture, x: 0, y: y)
            y += picture.height
        }
    }

    /// Each pixel as a block of `scale` by `scale`.
    public func nearestEnlargement(scale: Int) -> Picture {
        precondition(scale > 0)
        var result: [UInt8] = []
        result.reserveCapacity(pixels.count * scale * scale)
        for y in 0..<height {
            let first = result.count
            for x in 0..<width {
                let pixel = y * rowStride + 3 * x
                for _ in 0..<scale { result += pixels[pixel..<pixel + 3] }
            }
            let row = result[first...]
            for _ in 1..<scale { result += row }
        }
        return Picture(width: scale * width, height: scale * height, pixels: result)
    }

    /// Writes a line of text whose top left corner is at `x`, `y`, in pixels of `scale` by `scale`.
    ///
    /// What lies outside the picture is left out.
    mutating func draw(_ text: String, x: Int, y: Int, scale: Int, color: Color) {
        for (index, character) in text.enumerated() {
            let left = x + index * BitmapFont.advance * scale
            for (row, bits) in BitmapFont.rows(of: character).enumerated() {
                for column in 0..<BitmapFont.glyphWidth where bits >> (BitmapFont.glyphWidth - 1 - column) & 1 == 1 {
                    fill(x: left + column * scale, y: y + row * scale, width: scale, height: scale, color: color)
                }
            }
        }
    }

    /// Puts `picture` over this one, its top left corner at `x`, `y`.
    ///
    /// - Precondition: it lies inside.
    mutating func draw(_ picture: Picture, x: Int, y: Int) {
        for row in 0..<picture.height {
            let first = (y + row) * rowStride + 3 * x
            pixels.replaceSubrange(first..<first + picture.rowStride, with: picture.row(row))
        }
    }

    private mutating func fill(x: Int, y: Int, width: Int, height: Int, color: Color) {
        let columns = (x..<x + width).clamped(to: 0..<self.width)
        for row in (y..<y + height).clamped(to: 0..<self.height) {
            for column in columns { self[column, row] = color }
        }
    }
}
