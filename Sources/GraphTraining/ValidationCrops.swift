import GraphBasics
import GraphImaging

/// The crops that validation measures: on a regular grid over each picture, as many rows and columns as keep
/// the whole number within a limit, at least one per picture. Where there are more pictures than the limit,
/// evenly chosen ones serve.
struct ValidationCrops: Sendable {
    /// Side of a crop of the true picture, in pixels.
    let side: Int
    /// The crops of each picture.
    let pictures: [[PicturePair]]
    /// For each picture, the mean squared error of bicubic enlargement over its crops.
    let bicubicErrors: [Double]

    var count: Int { pictures.map(\.count).reduce(0, +) }

    /// - Parameters:
    ///   - side: of a crop; smaller where a picture is. A multiple of the scale.
    ///   - limit: most crops.
    init(
        _ files: [PictureFiles], cache: PictureCache, side: Int, limit: Int, degradation: Degradation, seed: UInt64,
        threadCount: Int,
        isInterrupted: @Sendable () -> Bool, progress: @Sendable (_ done: Int, _ count: Int) -> Void
    ) throws(TrainingError) {
        let scale = cache.scale
        let chosen = Self.evenlyChosen(files, limit: limit)
        let perAxis = Self.cropsPerAxis(pictureCount: chosen.count, limit: limit)
        var side = side
        for file in chosen {
            let size = try file.checkedSize(scale: scale, from: cache.files)
            side = min(side, size.width, size.height)
        }
        let reducedSide = side / scale
        let errors = PictureErrors()
        let found = try parallelMap(
            chosen.count, threadCount: threadCount, isInterrupted: isInterrupted,
            progress: { progress($0, chosen.count) }, tool: { () throws(TrainingError) in }
        ) { (_, index) throws(TrainingError) -> ([PicturePair], Double) in
            guard let pair = errors.collect({ () throws(TrainingError) in try cache.decoded(chosen[index]) }) else {
                return ([], 0)
            }
            var crops: [PicturePair] = []
            for (place, patch) in Self.grid(perAxis, over: pair.reduced.size, side: reducedSide).enumerated() {
                crops.append(
                    try degradation.applied(
                        to: patch.pair(from: pair, scale: scale), scale: scale, seed: seed, .validation,
                        index: index * perAxis * perAxis + place))
            }
            var error = 0.0
            for crop in crops { error += try crop.bicubicError(scale: scale) / Double(crops.count) }
            return (crops, error)
        }
        try errors.throwAll()
        self.side = side
        (pictures, bicubicErrors) = (found?.map(\.0) ?? [], found?.map(\.1) ?? [])
    }

    static func evenlyChosen<Item>(_ items: [Item], limit: Int) -> [Item] {
        guard items.count > limit else { return items }
        return (0..<limit).map { items[$0 * items.count / limit] }
    }

    /// The most rows and columns of crops, the same in each picture, that keep to the limit.
    static func cropsPerAxis(pictureCount: Int, limit: Int) -> Int {
        var perAxis = 1
        while (perAxis + 1) * (perAxis + 1) * pictureCount <= limit { perAxis += 1 }
        return perAxis
    }

    /// One crop in the middle of each cell of a grid, moved inside where it would stand out; each place once.
    static func grid(_ perAxis: Int, over size: PictureSize, side: Int) -> [Patch] {
        func starts(_ length: Int) -> [Int] {
            let starts = (0..<perAxis).map { cell in
                let middle = (2 * cell + 1) * length / (2 * perAxis)
                return min(max(0, middle - side / 2), length - side)
            }
            return Set(starts).sorted()
        }
        return starts(size.height).flatMap { y in
            starts(size.width).map { x in
                Patch(picture: 0, x: x, y: y, side: side, quarterRotations: 0, isMirrored: false)
            }
        }
    }
}
