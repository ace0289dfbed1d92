import Imaging

/// A picture and its low-resolution counterpart, smaller by a whole factor in both directions.
public struct PicturePair: Hashable, Sendable {
    public var truth: Picture
    public var reduced: Picture

    /// Reads a pair; the true picture is cut to a multiple of the scale.
    ///
    /// - Throws: when a file cannot be read, or the sizes do not match.
    public init(_ files: PictureFiles, scale: Int) throws(TrainingError) {
        let picture = try Self.read(files.truthPath)
        guard let truth = picture.cropped(toMultipleOf: scale) else {
            throw TrainingError(
                "\(files.truthPath): \(picture.width)×\(picture.height) pixels are too few for a scale of \(scale)")
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
        do { return try Picture(contentsOfPNG: path) } catch { throw TrainingError(error.description) }
    }
}

/// Sides in pixels.
struct PictureSize: Hashable, Sendable {
    var width: Int
    var height: Int
}

extension Picture {
    var size: PictureSize { PictureSize(width: width, height: height) }
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
            throw TrainingError(
                "\(truthPath): \(stored.width)×\(stored.height) pixels are smaller than the crop of "
                    + "\(smallestSide)×\(smallestSide); remove the picture or choose a smaller --patch")
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
        TrainingError(
            "\(reducedPath ?? name): \(reduced.width)×\(reduced.height) pixels are not those of \(truthPath) divided "
                + "by \(scale), \(truth.width / scale)×\(truth.height / scale); remove the file to have it made")
    }

    private static func storedSize(_ path: String) throws(TrainingError) -> PictureSize {
        do {
            let reader = try PNGReader(path: path)
            return PictureSize(width: reader.width, height: reader.height)
        } catch {
            throw TrainingError(error.description)
        }
    }
}
