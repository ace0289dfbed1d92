extension Picture {
    /// The part of the picture that starts at column `x` and row `y`.
    ///
    /// - Precondition: the part is not empty and lies inside the picture.
    public func cropped(x: Int, y: Int, width: Int, height: Int) -> Picture {
        precondition(x >= 0 && y >= 0 && x + width <= self.width && y + height <= self.height)
        var part: [UInt8] = []
        part.reserveCapacity(3 * width * height)
        for row in y..<y + height {
            let first = row * rowStride + 3 * x
            part.append(contentsOf: pixels[first..<first + 3 * width])
        }
        return Picture(width: width, height: height, pixels: part)
    }

    /// The picture without the last rows and columns that exceed a multiple of `scale`, as pairs for
    /// super-resolution are cut; nil when a side is shorter than `scale`.
    public func cropped(toMultipleOf scale: Int) -> Picture? {
        guard width >= scale, height >= scale else { return nil }
        return cropped(x: 0, y: 0, width: width - width % scale, height: height - height % scale)
    }

    /// Left and right exchanged.
    public func mirrored() -> Picture {
        rearranged(width: width, height: height) { x, y in (width - 1 - x, y) }
    }

    /// Rotated clockwise by `quarterRotations` times 90 degrees; anticlockwise where the count is negative.
    public func rotated(quarterRotations: Int) -> Picture {
        switch quarterRotations & 3 {
        case 1: rearranged(width: height, height: width) { x, y in (y, height - 1 - x) }
        case 2: rearranged(width: width, height: height) { x, y in (width - 1 - x, height - 1 - y) }
        case 3: rearranged(width: height, height: width) { x, y in (width - 1 - y, x) }
        default: self
        }
    }

    /// Each pixel of the result from the pixel of this picture that `source` names.
    private func rearranged(
        width newWidth: Int, height newHeight: Int, source: (_ x: Int, _ y: Int) -> (x: Int, y: Int)
    ) -> Picture {
        var result: [UInt8] = []
        result.reserveCapacity(pixels.count)
        for y in 0..<newHeight {
            for x in 0..<newWidth {
                let from = source(x, y)
                let first = from.y * rowStride + 3 * from.x
                result.append(pixels[first])
                result.append(pixels[first + 1])
                result.append(pixels[first + 2])
            }
        }
        return Picture(width: newWidth, height: newHeight, pixels: result)
    }
}
