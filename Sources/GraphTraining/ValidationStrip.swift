import GraphCompiler
import GraphEnlarging
import GraphModel
import GraphImaging

/// Crops of a few validation pictures, shown each epoch: in low resolution, enlarged by bicubic interpolation
/// and by the model, and as they truly are.
struct ValidationStrip {
    private static let pictureLimit = 3

    private let crops: [PicturePair]
    private let enlarger: PictureEnlarger
    private let extras: TrainingExtras

    /// Takes the middle of evenly chosen pictures.
    ///
    /// - Parameter recipe: of which crops are as large as those of validation, smaller where a picture is, and as degraded.
    init(
        _ model: Model, _ files: [PictureFiles], _ extras: TrainingExtras, _ recipe: Recipe, cache: PictureCache,
        threadCount: Int,
        instructionSet: InstructionSet
    ) throws(TrainingError) {
        let scale = cache.scale
        let chosen = ValidationCrops.evenlyChosen(files, limit: Self.pictureLimit)
        var side = recipe.validationSide
        for file in chosen {
            let size = try file.checkedSize(scale: scale, from: cache.files)
            side = min(side, size.width, size.height)
        }
        var crops: [PicturePair] = []
        for (index, file) in chosen.enumerated() {
            let pair = try cache.decoded(file)
            for middle in ValidationCrops.grid(1, over: pair.reduced.size, side: side / scale) {
                crops.append(
                    try recipe.degradation.applied(
                        to: middle.pair(from: pair, scale: scale), scale: scale, seed: recipe.seed, .judging, index: index))
            }
        }
        self.crops = crops
        self.extras = extras
        enlarger = try asTrainingError {
            try PictureEnlarger(model, threadCount: threadCount, border: .zero, instructionSet: instructionSet)
        }
    }

    /// A row for each crop, as the model's weights are now.
    func picture() throws(TrainingError) -> Picture {
        try asTrainingError {
            let sheets = try crops.map { crop in
                try ComparisonSheet(
                    before: crop.reduced, scale: enlarger.scale,
                    after: enlarger.enlarged(crop.reduced, form: ResultForm(extras: extras.values(beside: crop))),
                    truth: crop.truth)
            }
            return Picture(stacking: sheets.map { $0.picture() })
        }
    }
}
