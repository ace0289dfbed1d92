import GraphEnlarging
import Glibc
import GraphBasics
import GraphCompiler
import GraphModel
import GraphRuntime
import GraphImaging

/// Measures a model on the same pictures each epoch, so that epochs compare: on whole pictures, or on crops of
/// them that lie on a regular grid.
///
/// The PSNR of a picture is that of all its crops together, on whole RGB pixels as inference makes them,
/// without a border as wide as the scale; the mean over the pictures is reported. Averaging over crops instead
/// would let a few of empty sky, which anything enlarges well, outweigh all others. A picture that is met
/// exactly counts as ``highestPSNR``.
public final class Validation {
    /// PSNR in dB that stands for equal pictures, whose own has no bound.
    public static let highestPSNR = 100.0

    /// What a picture is measured on.
    public enum Kind: String, Hashable, Sendable, CaseIterable, LosslessStringConvertible {
        /// Crops of fixed places, the same in every epoch: see `ValidationCrops`.
        case crops
        /// The whole picture.
        case images

        /// A case by its name; nil for any other word.
        public init?(_ text: String) { self.init(rawValue: text) }

        public var description: String { rawValue }
    }

    /// The mean PSNR of bicubic enlargement on the same pictures, in dB.
    public let bicubicPSNR: Double
    /// What is measured, in words.
    public let summary: String

    private let parts: Parts
    private let enlarger: PictureEnlarger
    private let extras: TrainingExtras

    private enum Parts {
        /// The crops of each picture.
        case crops([[PicturePair]])
        case images([PictureFiles], PictureCache, Degradation, seed: UInt64)
    }

    /// - Parameters:
    ///   - extras: what the model takes beside the pictures.
    ///   - side: of a crop of the true picture; smaller where a picture is. A multiple of the scale.
    ///   - cropLimit: most crops.
    ///   - instructionSet: one that this processor runs, by which the model enlarges.
    ///   - cache: of what scale the pictures are, and where whole ones stay between epochs if there is room.
    ///   - degradation: of the low-resolution pictures, the same in every epoch, by the seed.
    ///   - progress: called with the number of pictures that are done, and how many there are.
    /// - Throws: when a picture cannot be read, or the model cannot run.
    public init(
        _ model: Model, _ files: [PictureFiles], extras: TrainingExtras = TrainingExtras(), kind: Kind, side: Int, cropLimit: Int,
        cache: PictureCache,
        degradation: Degradation = Degradation(), seed: UInt64 = 0, threadCount: Int, instructionSet: InstructionSet = .best,
        isInterrupted: @Sendable () -> Bool = { false },
        progress: @Sendable (_ done: Int, _ count: Int) -> Void = { _, _ in }
    ) throws(TrainingError) {
        self.extras = extras
        let bicubicErrors: [Double]
        switch kind {
        case .crops:
            let crops = try ValidationCrops(
                files, cache: cache, side: side, limit: cropLimit, degradation: degradation, seed: seed,
                threadCount: threadCount,
                isInterrupted: isInterrupted, progress: progress)
            parts = .crops(crops.pictures)
            bicubicErrors = crops.bicubicErrors
            summary = "\(readable(count: crops.count, "crop")) of \(crops.side)×\(crops.side)"
        case .images:
            let unusable = PictureErrors()
            let errors = try parallelMap(
                files.count, threadCount: threadCount, isInterrupted: isInterrupted,
                progress: { progress($0, files.count) }, tool: { () throws(TrainingError) in }
            ) { (_, index) throws(TrainingError) -> Double in
                let error = unusable.collect { () throws(TrainingError) in
                    try degradation.applied(
                        to: cache.pair(files[index]), scale: cache.scale, seed: seed, .validation, index: index
                    ).bicubicError(scale: cache.scale)
                }
                return error ?? 0
            }
            try unusable.throwAll()
            parts = .images(files, cache, degradation, seed: seed)
            bicubicErrors = errors ?? []
            summary = readable(count: files.count, "whole picture")
        }
        bicubicPSNR = bicubicErrors.map(Self.psnr).reduce(0, +) / Double(max(1, bicubicErrors.count))
        enlarger = try asTrainingError {
            try PictureEnlarger(model, threadCount: threadCount, border: .zero, instructionSet: instructionSet)
        }
    }

    /// The mean PSNR of the model in dB; nil when interrupted, which is asked within pictures, too.
    ///
    /// - Parameter ranks: share out the pictures, and each gets the mean.
    public func psnr(
        among ranks: any RankGroup = LoneRank(), isInterrupted: () -> Bool = { false }
    ) throws(TrainingError) -> Double? {
        let most = (pictureCount + ranks.count - 1) / ranks.count
        let own = try ranks.together { () throws(TrainingError) -> [Double]? in
            var values: [Double] = []
            for index in stride(from: ranks.rank, to: pictureCount, by: ranks.count) {
                guard let error = try meanError(ofPicture: index, isInterrupted) else { return nil }
                values.append(Self.psnr(meanSquaredError: error))
            }
            return values
        }
        guard !ranks.any(own == nil), let own else { return nil }
        let all = ranks.gather(own + Array(repeating: 0, count: most - own.count))
        let sum = (0..<pictureCount).reduce(0) { $0 + all[$1 % ranks.count * most + $1 / ranks.count] }
        return sum / Double(pictureCount)
    }

    private var pictureCount: Int {
        switch parts {
        case .crops(let pictures): pictures.count
        case .images(let files, _, _, _): files.count
        }
    }

    private func meanError(ofPicture index: Int, _ isInterrupted: () -> Bool) throws(TrainingError) -> Double? {
        switch parts {
        case .crops(let pictures):
            return try meanError(of: pictures[index], isInterrupted)
        case .images(let files, let cache, let degradation, let seed):
            let pair = try degradation.applied(
                to: cache.pair(files[index]), scale: cache.scale, seed: seed, .validation, index: index)
            return try meanError(of: [pair], isInterrupted)
        }
    }

    /// The mean squared error over parts of one size.
    private func meanError(of pairs: [PicturePair], _ isInterrupted: () -> Bool) throws(TrainingError) -> Double? {
        var sum = 0.0
        for pair in pairs {
            guard let enlarged = try enlarged(pair, isInterrupted) else { return nil }
            sum += try pair.meanSquaredError(of: enlarged, border: enlarger.scale)
        }
        return sum / Double(pairs.count)
    }

    /// Nil when interrupted.
    private func enlarged(_ pair: PicturePair, _ isInterrupted: () -> Bool) throws(TrainingError) -> Picture? {
        do throws(EnlargingError) {
            return try withoutActuallyEscaping(isInterrupted) { (isInterrupted) throws(EnlargingError) in
                try enlarger.enlarged(
                    pair.reduced, form: ResultForm(extras: extras.values(beside: pair)),
                    observer: RunObserver(isCancelled: isInterrupted))
            }
        } catch .cancelled {
            return nil
        } catch {
            throw .enlarging(error)
        }
    }

    private static func psnr(meanSquaredError: Double) -> Double {
        min(highestPSNR, -10 * log10(meanSquaredError))
    }
}

extension PicturePair {
    /// Of an enlargement of the reduced picture, in units of the full range, 255.
    ///
    /// - Parameter border: pixels left out on each side, where the picture has so many.
    fileprivate func meanSquaredError(of picture: Picture, border: Int) throws(TrainingError) -> Double {
        let kept = min(border, (min(truth.width, truth.height) - 1) / 2)
        return pow(10, try asTrainingError { try picture.psnr(against: truth, on: .rgb, border: kept) } / -10)
    }

    /// Of bicubic enlargement.
    func bicubicError(scale: Int) throws(TrainingError) -> Double {
        try meanSquaredError(of: reduced.bicubicEnlargement(scale: scale), border: scale)
    }
}
