extension Picture {
    /// The picture larger or smaller by any factor, as MATLAB's `imresize(image, factor, "bicubic")` makes it; smaller ones
    /// are smoothed on the way.
    ///
    /// Sides are rounded up. For whole factors it is ``bicubicEnlargement(scale:)``, for one over them
    /// ``bicubicReduction(scale:)``, to the bit.
    ///
    /// - Throws: ``ImageError/tooLargeResult(_:)``.
    public func bicubicResize(by factor: ResizeFactor) throws(ImageError) -> Picture {
        try checkResult(PictureSize(width: factor.side(of: width), height: factor.side(of: height)))
        return bicubicResampling(horizontally: factor, vertically: factor)
    }

    /// The picture in other sides, as MATLAB's `imresize(image, [height width], "bicubic")` makes it, NaN standing for nil.
    ///
    /// - Parameters:
    ///   - width: columns of the result; nil for as many as keep the picture's shape, rounded up.
    ///   - height: rows of the result, likewise. Without both the picture stays as it is.
    /// - Precondition: what is given is positive.
    /// - Throws: ``ImageError/tooLargeResult(_:)``.
    public func bicubicResize(width newWidth: Int?, height newHeight: Int?) throws(ImageError) -> Picture {
        let size = PictureSize(width: newWidth ?? width, height: newHeight ?? height)
        try checkResult(size)
        if let newWidth, newHeight == nil { return try bicubicResize(by: factor(newWidth, over: width)) }
        if let newHeight, newWidth == nil { return try bicubicResize(by: factor(newHeight, over: height)) }
        return bicubicResampling(to: size)
    }

    /// The picture with its longer side so many pixels long, its shape kept; one that is no longer stays as it is.
    ///
    /// - Precondition: `longestSide` is positive.
    public func bicubicReduction(longestSide: Int) -> Picture {
        let longer = max(width, height)
        guard longestSide < longer else { return self }
        let factor = factor(longestSide, over: longer)
        return bicubicResampling(horizontally: factor, vertically: factor)
    }

    /// - Precondition: both sides are positive and at most ``PNGReader/longestSide``.
    func bicubicResampling(to size: PictureSize) -> Picture {
        bicubicResampling(
            horizontally: factor(size.width, over: width), vertically: factor(size.height, over: height))
    }

    private func factor(_ newSide: Int, over side: Int) -> ResizeFactor {
        guard let factor = ResizeFactor(newSide, over: side) else {
            preconditionFailure("A side is positive and not longer than the longest one.")
        }
        return factor
    }

    /// The side that shrinks more goes first, as in MATLAB: whole samples are made between the two.
    private func bicubicResampling(horizontally x: ResizeFactor, vertically y: ResizeFactor) -> Picture {
        let columns = BicubicTaps(inputLength: width, outputs: 0..<x.side(of: width), scale: x.value)
        let rows = BicubicTaps(inputLength: height, outputs: 0..<y.side(of: height), scale: y.value)
        guard x.value < y.value else { return bicubicResampling(rows: rows, countedFrom: 0, columns: columns) }
        let sameRows = BicubicTaps(inputLength: height, outputs: 0..<height, scale: 1)
        let narrow = bicubicResampling(rows: sameRows, countedFrom: 0, columns: columns)
        let sameColumns = BicubicTaps(inputLength: narrow.width, outputs: 0..<narrow.width, scale: 1)
        return narrow.bicubicResampling(rows: rows, countedFrom: 0, columns: sameColumns)
    }

    private func checkResult(_ size: PictureSize) throws(ImageError) {
        guard max(size.width, size.height) <= PNGReader.longestSide,
            size.width * size.height <= PNGReader.mostPixelsInMemory
        else { throw .tooLargeResult(size) }
    }
}
