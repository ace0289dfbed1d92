import GraphEnlarging
import GraphModel
import GraphImaging

/// Crops of a few validation pictures, shown each epoch: in low resolution, enlarged by bicubic interpolation
/// and by the model, and as they truly are.
struct ValidationStrip {
    private static let pictureLimit = 3

    private let crops: [PicturePair]
    private let enlarger: PictureEnlarger

    /// Takes the middle of evenly chosen pictures.
    ///
    /// - Parameter side: of a crop of the true picture; smaller where a picture is.
    init(_ model: Model, _ files: [PictureFiles], side: Int, scale: Int, threadCount: Int) throws(TrainingError) {
        let chosen = ValidationCrops.evenlyChosen(files, limit: Self.pictureLimit)
        var side = side
        for file in chosen {
            let size = try file.checkedSize(scale: scale)
            side = min(side, size.width, size.height)
        }
        var crops: [PicturePair] = []
        for file in chosen {
            let pair = try PicturePair(file, scale: scale)
            let middle = ValidationCrops.grid(1, over: pair.reduced.size, side: side / scale)
            crops += middle.map { $0.pair(from: pair, scale: scale) }
        }
        self.crops = crops
        enlarger = try asTrainingError { try PictureEnlarger(model, threadCount: threadCount, border: .zero) }
    }

    /// A row for each crop, as the model's weights are now.
    func picture() throws(TrainingError) -> Picture {
        try asTrainingError {
            let sheets = try crops.map { crop in
                try ComparisonSheet(
                    before: crop.reduced, scale: enlarger.scale, after: enlarger.enlarged(crop.reduced),
                    truth: crop.truth)
            }
            return Picture(stacking: sheets.map { $0.picture() })
        }
    }
}
