import GraphModel
import GraphImaging

/// What a run makes of its pictures before the first step.
struct TrainingPictures {
    let loader: BatchLoader
    let validation: Validation
    let strip: ValidationStrip
    /// See ``TrainingData/digest(threadCount:isInterrupted:)``.
    let digest: String

    /// Looks at every file, and decodes as many training pictures as there is memory for.
    ///
    /// - Parameter firstStep: how many steps the run has done before.
    /// - Returns: nil when interrupted.
    /// - Throws: when a picture cannot be read, or is too small for the recipe.
    init?(
        _ data: TrainingData, _ model: Model, _ recipe: Recipe, _ options: RunOptions, firstStep: Int,
        _ isInterrupted: @Sendable () -> Bool, _ report: @Sendable (TrainingEvent) -> Void
    ) throws(TrainingError) {
        let scale = try TrainingInputs(model).scale
        let reducedSizes = try data.reducedSizes(recipe, scale: scale)
        let byteCount = data.decodedByteCount(reducedSizes, scale: scale)
        if byteCount > options.cacheByteCount {
            report(.smallCache(byteCount: options.cacheByteCount, neededByteCount: byteCount))
        }
        guard let digest = try data.digest(threadCount: options.threadCount, isInterrupted: isInterrupted) else { return nil }
        self.digest = "\(digest)"
        let cache = PictureCache(scale: scale, byteLimit: options.cacheByteCount)
        // Before those of validation, which are wanted but once an epoch.
        try cache.fill(data.training, threadCount: options.threadCount, isInterrupted: isInterrupted) { done in
            report(.decoding(done: done, count: data.training.count))
        }
        if isInterrupted() { return nil }
        validation = try Validation(
            model, data.validation, kind: recipe.validation, side: recipe.validationSide,
            cropLimit: recipe.validationCropLimit, cache: cache, threadCount: options.threadCount,
            isInterrupted: isInterrupted
        ) { done, count in report(.decoding(done: done, count: count)) }
        if isInterrupted() { return nil }
        strip = try ValidationStrip(
            model, data.validation, side: recipe.validationSide, scale: scale, threadCount: options.threadCount)
        loader = BatchLoader(cache, data.training, PatchSampler(recipe, scale: scale), reducedSizes: reducedSizes)
        if !loader.hasThreads {
            report(
                .note("the system refuses threads for loading pictures: batches are made between the steps, which takes longer"))
        }
        report(
            .ready(
                TrainingSetUp(
                    sources: data.summary, trainingPictureCount: data.training.count,
                    validationPictureCount: data.validation.count,
                    weightCount: model.parameters.tensors.filter { !$0.isState }.map(\.elementCount).reduce(0, +),
                    validation: validation.summary, bicubicPSNR: validation.bicubicPSNR, firstStep: firstStep)))
    }
}

extension TrainingData {
    /// The size of each training picture's low-resolution counterpart, from the files' headers.
    ///
    /// - Throws: when a file cannot be read, or pictures are too small for the recipe: all of them, those that are held out
    ///   too, since which ones are depends on how many there are.
    func reducedSizes(_ recipe: Recipe, scale: Int) throws(TrainingError) -> [PictureSize] {
        let side = recipe.patchSide
        if !(try smallPictures(training, side: side)).isEmpty {
            throw .tooSmallForCrop(try smallPictures(training + heldOut, side: side), side: side)
        }
        var sizes: [PictureSize] = []
        for files in training {
            let size = try files.checkedSize(scale: scale)
            sizes.append(PictureSize(width: size.width / scale, height: size.height / scale))
        }
        return sizes
    }

    /// Those of which a side is shorter than a crop's, each once, in the order of their paths.
    private func smallPictures(_ files: [PictureFiles], side: Int) throws(TrainingError) -> [SmallPicture] {
        var small: [SmallPicture] = []
        for picture in files {
            let size = try picture.storedSize()
            let found = SmallPicture(path: picture.truthPath, size: size)
            if min(size.width, size.height) < side, !small.contains(found) { small.append(found) }
        }
        return small.sorted { $0.path.bytes.lexicographicallyPrecedes($1.path.bytes) }
    }

    /// Memory that all training pictures take with their low-resolution counterparts.
    func decodedByteCount(_ reducedSizes: [PictureSize], scale: Int) -> Int {
        let each = Dictionary(zip(training, reducedSizes), uniquingKeysWith: { first, _ in first })
        return each.values.map { 3 * $0.width * $0.height * (scale * scale + 1) }.reduce(0, +)
    }
}

extension PatchSampler {
    init(_ recipe: Recipe, scale: Int) {
        self.init(seed: recipe.seed, batchCount: recipe.batchCount, reducedSide: recipe.patchSide / scale)
    }
}
