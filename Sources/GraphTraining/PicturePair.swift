import GraphBasics
import GraphEnlarging
import GraphImaging
import SystemPackage

/// A picture and its low-resolution counterpart, smaller by a whole factor in both directions.
public struct PicturePair: Hashable, Sendable {
    /// The true picture, cut to a multiple of the scale.
    public var truth: Picture
    /// The picture reduced by the scale.
    public var reduced: Picture
    /// What the model takes beside the reduced picture.
    var extras: [ExtraPicture] = []
    /// Of the noise that the reduced picture was given, in levels of 255.
    var noiseDeviation: Float = 0

    /// Reads a pair; the true picture is cut to a multiple of the scale, and so is the reduced one where its sides were
    /// rounded up.
    ///
    /// - Throws: when a file cannot be read, or the sizes do not match.
    public init(_ files: PictureFiles, scale: Int) throws(TrainingError) {
        try self.init(files, scale: scale, from: DigestedFiles())
    }

    /// Reads a pair in the same way from files of which some may be known.
    init(_ files: PictureFiles, scale: Int, from known: DigestedFiles) throws(TrainingError) {
        let picture = try known.read(files.truthPath) { try Picture($0) }
        guard let truth = picture.cropped(toMultipleOf: scale) else {
            throw .tooSmallForScale(path: files.truthPath, picture.size, scale: scale)
        }
        if let reducedPath = files.reducedPath {
            let reduced = try known.read(reducedPath) { try Picture($0) }
            try files.check(reduced.size, truth: picture.size, scale: scale)
            let part = reduced.cropped(x: 0, y: 0, width: truth.width / scale, height: truth.height / scale)
            self.init(truth: truth, reduced: part)
        } else {
            self.init(truth: truth, scale: scale)
        }
        for extra in files.extras {
            let picture = try known.read(extra.path) { try Picture($0) }
            try extra.check(picture.size, reduced: reduced.size)
            try add(extra, picture)
        }
    }

    /// Requires: the picture is at least as many times larger than the reduced one as the extra's scale.
    private mutating func add(_ extra: ExtraFile, _ picture: Picture) throws(TrainingError) {
        let scale = extra.input.pictureScale ?? 1
        let part = picture.cropped(x: 0, y: 0, width: scale * reduced.width, height: scale * reduced.height)
        do throws(EnlargingError) { try extra.input.check(.picture(part), beside: reduced.size) } catch {
            throw .unusableExtra(path: extra.path, error)
        }
        extras.append(ExtraPicture(input: extra.input, picture: part))
    }

    /// Reads a part of a pair, as though it were cut out of the whole; no row of the files that lies below what it is
    /// made of is read or checked.
    ///
    /// - Throws: when a file cannot be read, or the part does not lie inside.
    init(
        _ files: PictureFiles, scale: Int, reducedRows rows: Range<Int>, reducedColumns columns: Range<Int>,
        from known: DigestedFiles
    ) throws(TrainingError) {
        func band(_ path: FilePath, scale: Int, _ needed: (_ height: Int) -> Range<Int>) throws(TrainingError) -> PictureBand {
            try known.read(path) { source in
                let reader = try source.reader().upright()
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
        for extra in files.extras {
            let scale = extra.input.pictureScale ?? 1
            let rows = scale * rows.lowerBound..<scale * rows.upperBound
            let picture = try band(extra.path, scale: scale) { _ in rows }.picture
            try add(extra, picture.cropped(x: scale * columns.lowerBound, y: 0, width: scale * columns.count, height: rows.count))
        }
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
    var byteCount: Int { extras.reduce(truth.pixels.count + reduced.pixels.count) { $0 + $1.picture.pixels.count } }
}

extension PictureFiles {
    /// The size of the true picture, cut to a multiple of the scale, from the files' headers alone.
    ///
    /// - Throws: when a header cannot be read, a side is shorter than the scale, or sizes do not match.
    func checkedSize(scale: Int, from known: DigestedFiles = DigestedFiles()) throws(TrainingError) -> PictureSize {
        try checkedSize(of: storedSize(from: known), scale: scale, from: known)
    }

    /// The same of the size that the true picture has.
    func checkedSize(
        of stored: PictureSize, scale: Int, from known: DigestedFiles
    ) throws(TrainingError) -> PictureSize {
        let size = PictureSize(width: stored.width / scale * scale, height: stored.height / scale * scale)
        guard min(size.width, size.height) > 0 else {
            throw .tooSmallForScale(path: truthPath, stored, scale: scale)
        }
        if let reducedPath { try check(Self.storedSize(reducedPath, from: known), truth: stored, scale: scale) }
        let reduced = PictureSize(width: size.width / scale, height: size.height / scale)
        for extra in extras { try extra.check(Self.storedSize(extra.path, from: known), reduced: reduced) }
        return size
    }

    /// The size of the true picture, as its header says.
    func storedSize(from known: DigestedFiles) throws(TrainingError) -> PictureSize {
        try Self.storedSize(truthPath, from: known)
    }

    /// A reduced picture is of the true one cut to a multiple of the scale, or of the whole one with its sides rounded up,
    /// as MATLAB's `imresize` makes it: pixels of both lie at the same places.
    ///
    /// - Parameter truth: the size of the whole picture.
    fileprivate func check(_ reduced: PictureSize, truth: PictureSize, scale: Int) throws(TrainingError) {
        let cut = PictureSize(width: truth.width / scale, height: truth.height / scale)
        let roundedUp = PictureSize(
            width: truth.width.ceilingDivided(by: scale), height: truth.height.ceilingDivided(by: scale))
        guard reduced == cut || reduced == roundedUp else {
            throw .unequalPair(
                path: reducedPath ?? name, reduced, truth: truthPath, scale: scale, expected: cut, roundedUp: roundedUp)
        }
    }

    private static func storedSize(_ path: FilePath, from known: DigestedFiles) throws(TrainingError) -> PictureSize {
        try known.read(path) { try $0.uprightSize() }
    }
}
