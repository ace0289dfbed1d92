import Imaging

/// A picture and its low-resolution counterpart, smaller by a whole factor in both directions.
public struct PicturePair: Hashable, Sendable {
    /// The true picture, cut to a multiple of the scale.
    public var truth: Picture
    /// The picture reduced by the scale.
    public var reduced: Picture

    /// Reads a pair; the true picture is cut to a multiple of the scale.
    ///
    /// - Throws: when a file cannot be read, or the sizes do not match.
    public init(_ files: PictureFiles, scale: Int) throws(TrainingError) {
        let picture = try Self.read(files.truthPath)
        guard let truth = picture.cropped(toMultipleOf: scale) else {
            throw .tooSmallForScale(path: files.truthPath, picture.size, scale: scale)
        }
        guard let reducedPath = files.reducedPath else {
            self.init(truth: truth, scale: scale)
            return
        }
        let reduced = try Self.read(reducedPath)
        guard reduced.width * scale == truth.width, reduced.height * scale == truth.height else {
            throw files.mismatch(reduced.size, truth.size, scale: scale)
        }
        self.init(truth: truth, reduced: reduced)
    }

    /// Reads a part of a pair, as though it were cut out of the whole; no row of the files that lies below what it is
    /// made of is read or checked.
    ///
    /// - Throws: when a file cannot be read, or the part does not lie inside.
    init(
        _ files: PictureFiles, scale: Int, reducedRows rows: Range<Int>, reducedColumns columns: Range<Int>
    ) throws(TrainingError) {
        func band(_ path: String, scale: Int, _ needed: (_ height: Int) -> Range<Int>) throws(TrainingError) -> PictureBand {
            try asTrainingError {
                let reader = try PNGReader(path: path)
                guard rows.upperBound <= reader.height / scale, columns.upperBound <= reader.width / scale else {
                    throw TrainingError.shrunkPicture(path: path)
                }
                return try PictureBand(reader, rows: needed(reader.height / scale * scale))
            }
        }
        let truthRows = scale * rows.lowerBound..<scale * rows.upperBound
        let truth = try band(files.truthPath, scale: scale) { height in
            guard files.reducedPath == nil else { return truthRows }
            let taps = PictureBand.rows(forReduced: rows, height: height, scale: scale)
            return min(taps.lowerBound, truthRows.lowerBound)..<max(taps.upperBound, truthRows.upperBound)
        }
        let reduced =
            if let reducedPath = files.reducedPath {
                try band(reducedPath, scale: 1) { _ in rows }.picture
                    .cropped(x: columns.lowerBound, y: 0, width: columns.count, height: rows.count)
            } else {
                truth.bicubicReduction(scale: scale, rows: rows, columns: columns)
            }
        self.init(
            truth: truth.picture.cropped(
                x: scale * columns.lowerBound, y: truthRows.lowerBound - truth.firstRow, width: scale * columns.count,
                height: truthRows.count),
            reduced: reduced)
    }

    /// Requires: `reduced` is smaller than `truth` by a whole factor.
    private init(truth: Picture, reduced: Picture) {
        self.truth = truth
        self.reduced = reduced
    }

    /// Reduces a picture whose sides are multiples of the scale.
    init(truth: Picture, scale: Int) {
        self.init(truth: truth, reduced: truth.bicubicReduction(scale: scale))
    }

    /// Memory that the pixels take.
    var byteCount: Int { truth.pixels.count + reduced.pixels.count }

    private static func read(_ path: String) throws(TrainingError) -> Picture {
        do { return try Picture(contentsOfPNG: path) } catch { throw .image(error) }
    }
}

extension PictureFiles {
    /// The size of the true picture, cut to a multiple of the scale, from the files' headers alone.
    ///
    /// - Parameter smallestSide: what both sides must reach, a multiple of the scale.
    /// - Throws: when a header cannot be read, or sizes do not match.
    func checkedSize(scale: Int, smallestSide: Int) throws(TrainingError) -> PictureSize {
        let stored = try Self.storedSize(truthPath)
        let size = PictureSize(width: stored.width / scale * scale, height: stored.height / scale * scale)
        guard min(size.width, size.height) >= smallestSide else {
            throw .tooSmallForCrop(path: truthPath, stored, side: smallestSide)
        }
        if let reducedPath {
            let reduced = try Self.storedSize(reducedPath)
            guard reduced.width * scale == size.width, reduced.height * scale == size.height else {
                throw mismatch(reduced, size, scale: scale)
            }
        }
        return size
    }

    fileprivate func mismatch(_ reduced: PictureSize, _ truth: PictureSize, scale: Int) -> TrainingError {
        .unequalPair(
            path: reducedPath ?? name, reduced, truth: truthPath, scale: scale,
            expected: PictureSize(width: truth.width / scale, height: truth.height / scale))
    }

    private static func storedSize(_ path: String) throws(TrainingError) -> PictureSize {
        do { return try PNGReader(path: path).size } catch { throw .image(error) }
    }
}
