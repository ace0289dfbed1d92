import GraphImaging
import GraphModel
import GraphRuntime

/// What a run makes of its pictures before the first step.
struct TrainingPictures {
    let loader: BatchLoader
    let validation: Validation
    let strip: ValidationStrip
    /// See ``TrainingData/digest(of:)``.
    let digest: String

    /// Looks at every file, and decodes as many training pictures as there is memory for.
    ///
    /// - Parameter firstStep: how many steps the run has done before.
    /// - Returns: nil when interrupted.
    /// - Throws: when a picture cannot be read, or is too small for the recipe.
    init?(
        _ data: TrainingData, _ model: Model, _ recipe: Recipe, _ options: RunOptions, _ ranks: any RankGroup,
        firstStep: Int,
        _ isInterrupted: @Sendable () -> Bool, _ report: @Sendable (TrainingEvent) -> Void
    ) throws(TrainingError) {
        let inputs = try TrainingInputs(model)
        let scale = inputs.scale
        // Hashing takes long: what does not fit is said before.
        let isChecked = try ranks.together { () throws(TrainingError) in
            try data.check(recipe.degradation, scale: scale)
            return try data.reducedSizes(recipe, scale: scale, from: DigestedFiles(), isInterrupted: isInterrupted) != nil
        }
        guard !ranks.any(!isChecked),
            let files = try DigestedFiles(
                data.filePaths, threadCount: options.threadCount, ranks: ranks, isInterrupted: isInterrupted),
            let reducedSizes = try data.reducedSizes(recipe, scale: scale, from: files, isInterrupted: isInterrupted)
        else { return nil }
        digest = "\(data.digest(of: files))"
        let byteCount = data.decodedByteCount(reducedSizes, scale: scale)
        if byteCount > options.cacheByteCount {
            report(.smallCache(byteCount: options.cacheByteCount, neededByteCount: byteCount))
        }
        let cache = PictureCache(scale: scale, byteLimit: options.cacheByteCount, files: files)
        let errors = PictureErrors()
        // Before those of validation, which are wanted but once an epoch.
        errors.collect { () throws(TrainingError) in
            try cache.fill(data.training, threadCount: options.threadCount, isInterrupted: isInterrupted) { done in
                report(.decoding(done: done, count: data.training.count))
            }
        }
        if isInterrupted() { return nil }
        let validation = errors.collect { () throws(TrainingError) in
            try Validation(
                model, data.validation, extras: data.extras, kind: recipe.validation, side: recipe.validationSide,
                cropLimit: recipe.validationCropLimit, cache: cache, degradation: recipe.degradation, seed: recipe.seed,
                threadCount: options.threadCount, instructionSet: options.instructionSet, isInterrupted: isInterrupted
            ) { done, count in report(.decoding(done: done, count: count)) }
        }
        if isInterrupted() { return nil }
        try errors.throwAll()
        guard let validation else { return nil }
        self.validation = validation
        strip = try ValidationStrip(
            model, data.validation, data.extras, recipe, cache: cache, threadCount: options.threadCount,
            instructionSet: options.instructionSet)
        loader = BatchLoader(
            cache, data.training, PatchSampler(recipe, scale: scale), recipe.degradation, isGrey: inputs.enlargement.isGrey,
            places: recipe.places(of: ranks), reducedSizes: reducedSizes)
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
    /// - Throws: where there would be nothing to learn, or low-resolution pictures that are given would be made anew.
    func check(_ degradation: Degradation, scale: Int) throws(TrainingError) {
        let pictures = training + validation
        if scale == 1, degradation.isEmpty, pictures.contains(where: { $0.reducedPath == nil }) { throw .nothingToUndo }
        if degradation.reducesAnew, let given = pictures.lazy.compactMap(\.reducedPath).first {
            throw .reducedAnew(path: given)
        }
    }

    /// The size of each training picture's low-resolution counterpart, from the files' headers.
    ///
    /// - Returns: nil when interrupted.
    /// - Throws: naming all pictures of which a file cannot be read or that are too small for the recipe, those that are held
    ///   out too, since which ones are depends on how many there are.
    func reducedSizes(
        _ recipe: Recipe, scale: Int, from known: DigestedFiles, isInterrupted: () -> Bool = { false }
    ) throws(TrainingError) -> [PictureSize]? {
        let side = recipe.patchSide
        let errors = PictureErrors()
        let trained = Set(training), heldOut = Set(heldOut)
        var sizes: [PictureFiles: PictureSize] = [:]
        var small: [PictureFiles: PictureSize] = [:]
        for picture in trained.union(validation) {
            if isInterrupted() { return nil }
            errors.collect { () throws(TrainingError) in
                let stored = try picture.storedSize(from: known)
                if min(stored.width, stored.height) < side, trained.contains(picture) || heldOut.contains(picture) {
                    small[picture] = stored
                } else {
                    sizes[picture] = try picture.checkedSize(of: stored, scale: scale, from: known)
                }
            }
        }
        if small.keys.contains(where: trained.contains) {
            let named = small.map { SmallPicture(path: $0.key.truthPath, size: $0.value) }
            errors.add(
                .tooSmallForCrop(named.sorted { $0.path.bytes.lexicographicallyPrecedes($1.path.bytes) }, side: side))
        }
        try errors.throwAll()
        return training.compactMap { sizes[$0] }.map { PictureSize(width: $0.width / scale, height: $0.height / scale) }
    }

    /// Memory that all training pictures take with their low-resolution counterparts.
    func decodedByteCount(_ reducedSizes: [PictureSize], scale: Int) -> Int {
        let each = Dictionary(zip(training, reducedSizes), uniquingKeysWith: { first, _ in first })
        return each.values.map { 3 * $0.width * $0.height * (scale * scale + 1) }.reduce(0, +)
    }
}

extension Recipe {
    /// The crops of a batch that a rank computes with.
    func places(of ranks: any RankGroup) -> Range<Int> {
        batchCount * ranks.rank / ranks.count..<batchCount * (ranks.rank + 1) / ranks.count
    }
}

extension PatchSampler {
    init(_ recipe: Recipe, scale: Int) {
        self.init(seed: recipe.seed, batchCount: recipe.batchCount, reducedSide: recipe.patchSide / scale)
    }
}
