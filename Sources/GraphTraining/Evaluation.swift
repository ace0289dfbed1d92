import GraphEnlarging
import GraphBasics
import GraphModel
import GraphImaging
import SystemPackage

/// How close a model and bicubic enlargement come to true pictures.
public struct Evaluation: Hashable, Sendable {
    /// How near an enlargement comes to the true picture.
    public struct Scores: Hashable, Sendable {
        /// Peak signal-to-noise ratio in dB; infinite for equal pictures.
        public var psnr: Double
        /// Structural similarity, 1 for equal pictures.
        public var ssim: Double

        /// - Parameter border: pixels left out on each side.
        /// - Throws: when the pictures differ in size, or fewer than 11×11 pixels are left inside the border.
        public init(
            _ picture: Picture, truth: Picture, on channels: MetricChannels, border: Int
        ) throws(ImageError) {
            psnr = try picture.psnr(against: truth, on: channels, border: border)
            ssim = try picture.ssim(against: truth, on: channels, border: border)
        }

        fileprivate init(meanOf scores: [Scores]) {
            psnr = scores.map(\.psnr).reduce(0, +) / Double(scores.count)
            ssim = scores.map(\.ssim).reduce(0, +) / Double(scores.count)
        }
    }

    /// The scores of one picture.
    public struct Row: Hashable, Sendable {
        /// The picture's name, without its ending.
        public var name: FilePath
        /// Scores of the model's enlargement.
        public var model: Scores
        /// Scores of bicubic interpolation.
        public var bicubic: Scores
    }

    /// How many times pictures were enlarged.
    public let scale: Int
    /// The convention that the figures follow, but for another border where one was asked for.
    public let convention: EvaluationProtocol
    /// Pixels left out on each side.
    public let border: Int
    /// Whether the model's enlargement is the mean of eight, as `ResultForm/isEnsemble` says.
    public let isEnsemble: Bool
    /// What was done to the low-resolution pictures.
    public let degradation: Degradation
    /// One row for each picture, in the order given.
    public private(set) var rows: [Row] = []

    /// Enlarges the low-resolution picture of each pair and compares the result with the true one.
    ///
    /// - Parameters:
    ///   - extras: what the model takes beside the pictures.
    ///   - border: pixels left out on each side; nil for as many as the convention says.
    ///   - isEnsemble: whether the model's enlargement is the mean of eight flips and turns.
    ///   - degradation: of the low-resolution pictures, drawn from `seed`.
    ///   - progress: called after each picture.
    /// - Throws: when a picture cannot be read or is too small to compare, or the model cannot run.
    public init(
        _ model: Model, _ files: [PictureFiles], extras: TrainingExtras = TrainingExtras(),
        by convention: EvaluationProtocol = .paper, border: Int? = nil,
        isEnsemble: Bool = false, degradation: Degradation = Degradation(), seed: UInt64 = 0,
        threadCount: Int, progress: (_ done: Int) -> Void = { _ in }
    ) throws(TrainingError) {
        let enlarger = try asTrainingError { try PictureEnlarger(model, threadCount: threadCount, border: .zero) }
        scale = enlarger.scale
        self.convention = convention
        self.border = border ?? convention.border(scale: scale)
        self.isEnsemble = isEnsemble
        self.degradation = degradation
        // What does not fit is said before anything is computed.
        if let name = extras.noises.sorted().first, degradation.noise == nil { throw .noNoise(input: name) }
        for picture in files { _ = try picture.checkedSize(scale: scale) }
        for (index, picture) in files.enumerated() {
            let pair = try degradation.applied(
                to: PicturePair(picture, scale: scale), scale: scale, seed: seed, .judging, index: index)
            let form = ResultForm(isEnsemble: isEnsemble, extras: extras.values(beside: pair))
            let result = try asTrainingError { try enlarger.enlarged(pair.reduced, form: form) }
            rows.append(try row(picture, pair, result, threadCount: threadCount))
            progress(rows.count)
        }
    }

    private func row(
        _ files: PictureFiles, _ pair: PicturePair, _ result: Picture, threadCount: Int
    ) throws(TrainingError) -> Row {
        let scores = try parallelMap(2, threadCount: threadCount, tool: { () throws(TrainingError) in }) {
            (_, index) throws(TrainingError) in
            let picture = index == 0 ? result : pair.reduced.bicubicEnlargement(scale: scale)
            do throws(ImageError) {
                return try Scores(picture, truth: pair.truth, on: convention.channels, border: border)
            } catch {
                throw .incomparable(path: files.truthPath, error)
            }
        }
        return Row(name: files.name, model: scores[0], bicubic: scores[1])
    }

    /// The mean of each score over the pictures.
    public var mean: Row {
        Row(name: "mean", model: Scores(meanOf: rows.map(\.model)), bicubic: Scores(meanOf: rows.map(\.bicubic)))
    }
}
