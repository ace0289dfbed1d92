import GraphC

/// Trains a little, and enlarges a picture that is in memory by the result: App GRAPH FOLDER
@main struct App {
    static func main() throws {
        let (graph, place) = (CommandLine.arguments[1], CommandLine.arguments[2])
        try makeSamplePictures(in: "\(place)/pictures", count: 4, width: 96, height: 80, seed: 0)
        var recipe = Recipe()
        recipe.epochCount = 1
        recipe.stepsPerEpoch = 4
        recipe.batchCount = 2
        recipe.patchSide = 24
        let model = try Model(source: SourceText(contentsOf: graph))
        let start = try Checkpoint(beginning: model, recipe, dataPaths: ["\(place)/pictures"])
        let pictures = try TrainingData(start.dataPaths, scale: TrainingInputs(model).scale)
        let folder = try RunFolder("\(place)/run", overwriting: false)
        let end = try TrainingRun(start, data: pictures, RunOptions(), folder: folder).run { _ in }

        let trained = try Model(PackFile(contentsOf: folder.bestPath))
        let enlarger = try PictureEnlarger(trained, threadCount: 2)
        let large = try enlarger.enlarged(Picture(width: 30, height: 20))
        print("\(end.rawValue); 30×20 became \(large.width)×\(large.height)")
    }
}
