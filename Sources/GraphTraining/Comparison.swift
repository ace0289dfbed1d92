import GraphEnlarging
import GraphBasics
import GraphModel
import GraphImaging
import SystemPackage

/// A picture reduced and enlarged again, by a model and by bicubic interpolation.
public struct Comparison: Sendable {
    /// How many times the picture was reduced and enlarged again.
    public let scale: Int
    /// How near the model comes to the true picture.
    public let model: Ratios
    /// How near bicubic interpolation comes.
    public let bicubic: Ratios
    /// The pictures side by side.
    public let sheet: ComparisonSheet

    /// PSNR in dB, inside a border as wide as the scale.
    public struct Ratios: Hashable, Sendable {
        /// Of Y, and of all three channels.
        public var luma, rgb: Double

        fileprivate init(_ picture: Picture, truth: Picture, border: Int) throws(ImageError) {
            luma = try picture.psnr(against: truth, on: .luma, border: border)
            rgb = try picture.psnr(against: truth, on: .rgb, border: border)
        }
    }

    /// - Parameter path: of the true picture.
    /// - Throws: when it cannot be read or is too small, or the model cannot run.
    public init(_ model: Model, _ path: FilePath, threadCount: Int) throws(TrainingError) {
        let enlarger = try asTrainingError { try PictureEnlarger(model, threadCount: threadCount, border: .zero) }
        let scale = enlarger.scale
        let picture = try asTrainingError { try Picture(contentsOf: path) }
        guard let truth = picture.cropped(toMultipleOf: scale) else {
            throw .tooSmallForScale(path: path, picture.size, scale: scale)
        }
        let pair = PicturePair(truth: truth, scale: scale)
        let result = try asTrainingError { try enlarger.enlarged(pair.reduced) }
        do throws(ImageError) {
            self.model = try Ratios(result, truth: pair.truth, border: scale)
            bicubic = try Ratios(pair.reduced.bicubicEnlargement(scale: scale), truth: pair.truth, border: scale)
            sheet = try ComparisonSheet(before: pair.reduced, scale: scale, after: result, truth: pair.truth)
        } catch {
            throw .incomparable(path: path, error)
        }
        self.scale = scale
    }

    /// PSNR in dB of both, inside a border as wide as the scale.
    public var table: String {
        func line(_ name: String, _ ratios: Ratios) -> String {
            "\(name)  \(decimal(ratios.luma, digits: 2)) dB on Y, \(decimal(ratios.rgb, digits: 2)) dB on RGB\n"
        }
        return line("bicubic", bicubic) + line("model  ", model)
    }
}
