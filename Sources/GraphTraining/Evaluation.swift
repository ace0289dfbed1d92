import Enlarging
import GraphBasics
import GraphModel
import Imaging

/// How close a model and bicubic enlargement come to true pictures.
public struct Evaluation: Hashable, Sendable {
    /// PSNR in dB, and SSIM.
    public struct Scores: Hashable, Sendable {
        /// PSNR in dB and SSIM, of luma alone and of all three channels.
        public var lumaPSNR, lumaSSIM, rgbPSNR, rgbSSIM: Double

        /// - Parameter border: pixels left out on each side.
        public init(_ picture: Picture, truth: Picture, border: Int) throws(ImageError) {
            lumaPSNR = try picture.psnr(against: truth, on: .luma, border: border)
            lumaSSIM = try picture.ssim(against: truth, on: .luma, border: border)
            rgbPSNR = try picture.psnr(against: truth, on: .rgb, border: border)
            rgbSSIM = try picture.ssim(against: truth, on: .rgb, border: border)
        }

        fileprivate init(meanOf scores: [Scores]) {
            func mean(_ value: (Scores) -> Double) -> Double { scores.map(value).reduce(0, +) / Double(scores.count) }
            lumaPSNR = mean(\.lumaPSNR)
            lumaSSIM = mean(\.lumaSSIM)
            rgbPSNR = mean(\.rgbPSNR)
            rgbSSIM = mean(\.rgbSSIM)
        }
    }

    /// The scores of one picture.
    public struct Row: Hashable, Sendable {
        /// The picture's name, without its ending.
        public var name: String
        /// Scores of the model's enlargement.
        public var model: Scores
        /// Scores of bicubic interpolation.
        public var bicubic: Scores
    }

    /// One row for each picture, in the order given.
    public var rows: [Row]

    /// Enlarges the low-resolution picture of each pair and compares the result with the true one.
    ///
    /// - Parameters:
    ///   - border: pixels left out on each side; nil for as many as the scale, as papers do.
    ///   - progress: called after each picture.
    /// - Throws: when a picture cannot be read or is too small to compare, or the model cannot run.
    public init(
        _ model: Model, _ files: [PictureFiles], border: Int? = nil, threadCount: Int,
        progress: (_ done: Int) -> Void = { _ in }
    ) throws(TrainingError) {
        let enlarger = try asTrainingError { try PictureEnlarger(model, threadCount: threadCount) }
        let scale = enlarger.scale
        rows = []
        for picture in files {
            let pair = try PicturePair(picture, scale: scale)
            let result = try asTrainingError { try enlarger.enlarged(pair.reduced) }
            let bicubic = pair.reduced.bicubicEnlargement(scale: scale)
            do throws(ImageError) {
                rows.append(
                    Row(
                        name: picture.name, model: try Scores(result, truth: pair.truth, border: border ?? scale),
                        bicubic: try Scores(bicubic, truth: pair.truth, border: border ?? scale)))
            } catch {
                throw .incomparable(path: picture.truthPath, error)
            }
            progress(rows.count)
        }
    }

    /// The mean of each score over the pictures.
    public var mean: Row {
        Row(name: "mean", model: Scores(meanOf: rows.map(\.model)), bicubic: Scores(meanOf: rows.map(\.bicubic)))
    }

    /// Aligned columns: a line for each picture and one for the mean.
    public var table: String {
        let names = (rows + [mean]).map(\.name)
        let width = max(7, names.map(\.count).max() ?? 0)
        func line(_ name: String, _ cells: [String]) -> String {
            name + String(repeating: " ", count: width - name.count)
                + cells.map { String(repeating: " ", count: max(1, 9 - $0.count)) + $0 }.joined() + "\n"
        }
        let groups = ["Y PSNR dB", "Y SSIM", "RGB PSNR dB", "RGB SSIM"]
        let heading =
            String(repeating: " ", count: width)
            + groups.map { String(repeating: " ", count: 18 - $0.count) + $0 }.joined() + "\n"
        let body = (rows + [mean]).map { row in
            line(
                row.name,
                [
                    decimal(row.model.lumaPSNR, digits: 2), decimal(row.bicubic.lumaPSNR, digits: 2),
                    decimal(row.model.lumaSSIM, digits: 4), decimal(row.bicubic.lumaSSIM, digits: 4),
                    decimal(row.model.rgbPSNR, digits: 2), decimal(row.bicubic.rgbPSNR, digits: 2),
                    decimal(row.model.rgbSSIM, digits: 4), decimal(row.bicubic.rgbSSIM, digits: 4),
                ])
        }
        return heading + line("picture", groups.flatMap { _ in ["model", "bicubic"] }) + body.joined()
    }
}
