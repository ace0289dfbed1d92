import Glibc
import Imaging
import Model
import Synchronization

/// Measures a model on the same crops each epoch, so that epochs compare.
///
/// The crops lie on a regular grid over each validation picture: as many rows and columns of them as
/// keep the whole number within a limit, at least one per picture; where there are more pictures than
/// the limit, evenly chosen ones serve. The PSNR of a picture is that of its crops together, on whole RGB
/// pixels as inference makes them, without a border as wide as the scale; the mean over the pictures is
/// reported. Averaging over crops instead would let a few of empty sky, which anything enlarges well,
/// outweigh all others. A picture that is met exactly counts as ``highestPSNR``.
public final class Validation {
    public static let highestPSNR = 100.0

    /// The mean PSNR of bicubic enlargement on the same crops, in dB.
    public let bicubicPSNR: Double
    public var cropCount: Int { crops.map(\.count).reduce(0, +) }
    /// Side of a crop of the true picture, in pixels.
    public let side: Int

    /// The crops of each picture.
    private let crops: [[PicturePair]]
    private let enlarger: PictureEnlarger

    /// - Parameters:
    ///   - side: of a crop of the true picture; smaller where a picture is. A multiple of the scale.
    ///   - cropLimit: most crops.
    /// - Throws: when a picture cannot be read, or the model cannot run.
    public init(
        _ model: Model, _ files: [PictureFiles], scale: Int, side: Int, cropLimit: Int, threadCount: Int,
        isInterrupted: @Sendable () -> Bool = { false }, progress: @Sendable (_ done: Int) -> Void = { _ in }
    ) throws(TrainingError) {
        let chosen = Self.evenlyChosen(files, limit: cropLimit)
        let perAxis = Self.cropsPerAxis(pictureCount: chosen.count, limit: cropLimit)
        var side = side
        for file in chosen {
            let size = try file.checkedSize(scale: scale, smallestSide: scale)
            side = min(side, size.width, size.height)
        }
        let cropSide = side
        let found = Mutex(chosen.map { _ in Crops() })
        try inParallel(
            chosen.count, threadCount: threadCount, isInterrupted: isInterrupted, progress: progress
        ) { (index) throws(TrainingError) in
            let crops = try Crops(chosen[index], scale: scale, perAxis: perAxis, side: cropSide)
            found.withLock { $0[index] = crops }
        }
        let crops = found.withLock { $0 }
        self.side = side
        self.crops = crops.map(\.pairs)
        bicubicPSNR = crops.map { Self.psnr(meanSquaredError: $0.bicubicError) }.reduce(0, +) / Double(max(1, crops.count))
        enlarger = try asTrainingError { try PictureEnlarger(model, threadCount: threadCount) }
    }

    /// The mean PSNR of the model in dB; nil when interrupted, which is asked between crops.
    public func psnr(isInterrupted: () -> Bool = { false }) throws(TrainingError) -> Double? {
        var sum = 0.0
        for picture in crops {
            var error = 0.0
            for crop in picture {
                if isInterrupted() { return nil }
                error += try Self.meanSquaredError(
                    try asTrainingError { try enlarger.enlarged(crop.reduced) }, crop.truth, border: enlarger.scale)
            }
            sum += Self.psnr(meanSquaredError: error / Double(picture.count))
        }
        return sum / Double(crops.count)
    }

    /// The crops of one picture.
    private struct Crops {
        var pairs: [PicturePair] = []
        /// The mean squared error of bicubic enlargement over them.
        var bicubicError = 0.0

        init() {}

        init(_ files: PictureFiles, scale: Int, perAxis: Int, side: Int) throws(TrainingError) {
            let pair = try PicturePair(files, scale: scale)
            pairs = grid(perAxis, over: pair.reduced.size, side: side / scale).map { $0.pair(from: pair, scale: scale) }
            for crop in pairs {
                bicubicError += try meanSquaredError(
                    crop.reduced.bicubicEnlargement(scale: scale), crop.truth, border: scale)
            }
            bicubicError /= Double(pairs.count)
        }
    }

    /// In units of the full range, 255.
    private static func meanSquaredError(
        _ picture: Picture, _ truth: Picture, border: Int
    ) throws(TrainingError) -> Double {
        let kept = min(border, (min(truth.width, truth.height) - 1) / 2)
        return pow(10, try asTrainingError { try picture.psnr(against: truth, on: .rgb, border: kept) } / -10)
    }

    private static func psnr(meanSquaredError: Double) -> Double {
        min(highestPSNR, -10 * log10(meanSquaredError))
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
                Patch(picture: 0, x: x, y: y, side: side, quarterTurns: 0, isMirrored: false)
            }
        }
    }
}
