import GraphBasics
import GraphCompiler
import GraphIR
import GraphModel
import GraphRuntime
import GraphImaging
import SystemPackage

/// Enlarges pictures with a model, one after another.
///
///     let enlarger = try PictureEnlarger(model, threadCount: 2)
///     try enlarger.enlarge(PictureSource(path: "photo.jpg"), to: .file("big.png"), as: PictureEncoding(.png))
///     let response = try enlarger.enlarge(PictureSource(request), to: .memory).bytes
///     let large = try enlarger.enlarged(picture)
///     try enlarger.enlarge("photo.jpg", to: "wide.jpg", form: ResultForm(size: .width(3840), isEnsemble: true))
///
/// All ways give the same pixels, and files the same bytes. Files come and go row by row: the memory depends on a
/// picture's width and on the band, not on its height. Pictures of the size of the one before use its plan again; others use
/// its threads, its memory and what was prepared of the weights. These are read where they lie, so that an enlarger follows
/// them as training changes them.
///
/// Any thread may call an enlarger; calls that come at once go one after another, each on `threadCount` threads. Several
/// enlargers over one model work at once. What an observer does must not call its own enlarger.
public final class PictureEnlarger: @unchecked Sendable {
    /// What one enlargement is.
    public struct Report: Hashable, Sendable {
        /// Columns of the small picture, in pixels.
        public var inputWidth: Int
        /// Rows of the small picture, in pixels.
        public var inputHeight: Int
        /// Columns of what is written, in pixels.
        public var outputWidth: Int
        /// Rows of what is written, in pixels.
        public var outputHeight: Int
        /// What the enlarger's model is called; nil where it has no name.
        public var modelName: String?
        /// How the picture was worked on.
        public var plan: EnlargingPlan.Summary
        /// What the result does not keep of the picture's file, and where the network makes less than is asked for, each as a
        /// sentence without a point.
        public var losses: [String] = []
    }

    /// What the network makes of each pixel, along each side.
    public var scale: Int { enlargement.scale }
    /// What the network takes beside the picture; ``ResultForm/extras`` gives it.
    public var extraInputs: [ExtraInput] { enlargement.extras }

    private let model: Model
    private let modelName: String?
    private let options: EnlargingOptions
    private let pixelLimit: Int
    private let ranks: any RankGroup
    private let enlargement: Enlargement
    private let sideUnit: Int
    /// The entries for samples of u8 and of f32, each made when a picture first needs it.
    private var byteEntry: Entry?
    private var floatEntry: Entry?

    /// Whoever enlarges holds it, and with it what was prepared.
    private let lock = TurnLock()
    private var prepared: PreparedEnlargement?
    private var workspace: Workspace?

    /// - Parameters:
    ///   - modelName: what reports call the model.
    ///   - bands: how the rows are worked on.
    ///   - memoryLimit: bytes that the process may take at its peak; it overrides `bands`.
    ///   - pixelLimit: of a picture that is enlarged; of a larger one its header alone is read. A small file may hold a picture
    ///     that takes hours.
    ///   - border: what the network sees beyond a picture's border.
    ///   - algorithm: how convolutions are computed.
    ///   - instructionSet: one that this processor runs.
    ///   - ranks: share out the rows of each picture, where it and the network allow: all make the same calls, and the first
    ///     alone writes files and has results in memory.
    /// - Throws: when the model does not take and make a picture.
    public init(
        _ model: Model, named modelName: String? = nil, threadCount: Int = availableProcessorCount(), bands: Bands = .automatic,
        memoryLimit: Int? = nil,
        pixelLimit: Int = .max, border: Border = .mirror, algorithm: ConvolutionAlgorithm = .best,
        instructionSet: InstructionSet = .best, ranks: any RankGroup = LoneRank()
    ) throws(EnlargingError) {
        self.model = model
        self.modelName = modelName
        self.ranks = ranks
        self.pixelLimit = pixelLimit
        options = EnlargingOptions(
            threadCount: threadCount, bands: bands, memoryLimit: memoryLimit, border: border, algorithm: algorithm,
            instructionSet: instructionSet)
        do {
            let graph = try model.entry(.predict).graph
            enlargement = try Enlargement(graph)
            sideUnit = enlargement.sideUnit(of: graph)
        } catch {
            throw EnlargingError(error)
        }
    }

    /// Reads a picture and writes the enlarged one. It keeps the kind of its pixels, its colour space and what it tells beside
    /// them, as far as the format can hold them.
    ///
    /// - Parameters:
    ///   - destination: a file appears there when it is whole.
    ///   - encoding: how it is written; nil for the format of what is read.
    ///   - form: what is made of it.
    ///   - observer: told and asked while the picture is enlarged.
    ///   - willBegin: told what will be done, before the first row is read.
    /// - Returns: what was done, and of a picture in memory the file's bytes.
    /// - Throws: what is wrong with either file; ``EnlargingError/cancelled``, which leaves no file behind.
    @discardableResult
    public func enlarge(
        _ source: PictureSource, to destination: PictureDestination, as encoding: PictureEncoding? = nil,
        form: ResultForm = ResultForm(), observer: RunObserver = RunObserver(), willBegin: (Report) -> Void = { _ in }
    ) throws(EnlargingError) -> (report: Report, bytes: [UInt8]) {
        try naming(source.path) {
            try lock.withLock {
                let first = try ranks.together { try source.reader().upright() }
                let sizes = try ranks.together { try self.sizes(of: first.size, form) }
                let traits = try ranks.together { try PixelTraits(of: first.layout, observer) { try source.reader() } }
                let isFloat = first.layout.bitDepth > 8 || !traits.isOpaque || !sizes.isPlain
                let plan = try prepare(sizes, isFloat: isFloat).summary
                let factors = form.size.factors(of: first.size, networkScale: scale)
                let told = first.metadata.enlarged(to: sizes.written, scale: factors.x, verticalScale: factors.y)
                // A picture that could be read is of a format.
                let encoding = try ranks.together { try source.encoding(like: encoding ?? PictureEncoding(source.format!)) }
                let held = encoding.format.holding(first.layout, isOpaque: traits.isOpaque)
                let writer: PictureWriter? = try ranks.together {
                    try ranks.isFirst
                        ? encoding.writer(to: destination, size: sizes.written, layout: held.layout, metadata: told.metadata)
                        : nil
                }
                let report = Report(
                    inputWidth: first.width, inputHeight: first.height, outputWidth: sizes.written.width,
                    outputHeight: sizes.written.height, modelName: modelName, plan: plan,
                    losses: first.losses + told.losses + held.losses + (writer?.losses ?? []) + sizes.reservations)
                willBegin(report)
                try run(sizes, source, to: writer, destination, traits, isFloat: isFloat, observer)
                return (report, writer?.bytes ?? [])
            }
        }
    }

    /// Reads a picture file and writes the enlarged one, in the format that its name ends in.
    ///
    /// - Parameters:
    ///   - form: what is made of it.
    ///   - observer: told and asked while the picture is enlarged.
    ///   - willBegin: told what will be done, before the first row is read.
    /// - Throws: what is wrong with either file; ``EnlargingError/cancelled``, which leaves no file behind.
    @discardableResult
    public func enlarge(
        _ input: FilePath, to output: FilePath, form: ResultForm = ResultForm(), observer: RunObserver = RunObserver(),
        willBegin: (Report) -> Void = { _ in }
    ) throws(EnlargingError) -> Report {
        let opened: (source: PictureSource, encoding: PictureEncoding)
        do { opened = (try PictureSource(path: input), try PictureEncoding(endingOf: output)) } catch { throw .image(error) }
        return try enlarge(
            opened.source, to: .file(output), as: opened.encoding, form: form, observer: observer, willBegin: willBegin
        ).report
    }

    /// Enlarges the bytes of a picture's file.
    ///
    /// - Parameters:
    ///   - form: what is made of it.
    ///   - observer: told and asked while the picture is enlarged.
    /// - Returns: the whole file, of the same format, that ``enlarge(_:to:form:observer:willBegin:)`` would write.
    /// - Throws: what is wrong with the bytes; ``EnlargingError/cancelled``.
    public func enlarged(
        file bytes: [UInt8], form: ResultForm = ResultForm(), observer: RunObserver = RunObserver()
    ) throws(EnlargingError) -> [UInt8] {
        let source: PictureSource
        do { source = try PictureSource(bytes) } catch { throw .image(error) }
        return try enlarge(source, to: .memory, form: form, observer: observer).bytes
    }

    private func run(
        _ sizes: ResultSizes, _ source: PictureSource, to writer: PictureWriter?, _ destination: PictureDestination,
        _ traits: PixelTraits, isFloat: Bool, _ observer: RunObserver
    ) throws {
        func rows(_ content: PictureRowSource.Content) -> () throws -> any RowSource {
            { PictureRowSource(try source.reader().upright(), content, isFloat: isFloat) }
        }
        var opacity: (any PartialRows)?
        let runCount = traits.isOpaque ? 1 : 2
        let rowCount = try prepare(sizes, isFloat: isFloat).rowCount * (sizes.form.isEnsemble ? Orientation.allCases.count : 1)
        let makeRows = destination.partialRows(on: ranks)
        if !traits.isOpaque {
            let width = sizes.written.width
            let kept: (any PartialRows)? = try ranks.together {
                try writer == nil ? nil : makeRows(sizes.written.height, MemoryLayout<Float>.stride * width)
            }
            try run(
                sizes, isFloat: isFloat, from: rows(.opacity), to: kept.map { OpacityRowSink($0, width: width) } ?? NoRowSink(),
                line: (255, 255), keepingRowsIn: makeRows, observer.ofPart(0, of: runCount, rowCount: rowCount))
            opacity = kept
        }
        try run(
            sizes, isFloat: isFloat,
            from: traits.isOpaque ? rows(.colour) : { SpreadColourSource(try source.reader().upright()) },
            to: writer.map { PictureRowSink($0, isGrey: traits.isGrey, isFloat: isFloat, opacity: opacity) } ?? NoRowSink(),
            line: (0, 255), keepingRowsIn: makeRows, observer.ofPart(runCount - 1, of: runCount, rowCount: rowCount))
        try ranks.together { try writer?.finish() }
    }

    /// Takes rows through the network and what follows.
    ///
    /// - Parameters:
    ///   - sink: takes rows of what is written.
    ///   - line: samples of the line in a comparison.
    private func run(
        _ sizes: ResultSizes, isFloat: Bool, from source: () throws -> any RowSource, to sink: any RowSink,
        line: (Float, Float), keepingRowsIn makeRows: (Int, Int) throws -> any PartialRows, _ observer: RunObserver
    ) throws {
        var sink = sink
        if sizes.form.isComparison {
            let bicubic = ResampledRowSource(try ranks.together(source), from: sizes.picture, to: sizes.result)
            sink = ComparisonRowSink(sink, other: bicubic, width: sizes.result.width, line: line)
        }
        if sizes.isResampled { sink = ResampledRowSink(sink, from: sizes.enlarged, to: sizes.result) }
        guard sizes.form.isEnsemble else {
            return try prepare(sizes, isFloat: isFloat).run(
                from: source, to: sink, extras: sizes.form.extras, keepingRowsIn: makeRows, observer)
        }
        let rowCount = try prepare(sizes, isFloat: isFloat).rowCount
        let mean = try ranks.together { try EightfoldMean(source(), size: sizes.picture, scale: scale) }
        let orientations = Orientation.allCases
        for (index, orientation) in orientations.enumerated() {
            try prepare(sizes, orientation, isFloat: isFloat).run(
                from: { mean.source(orientation) }, to: mean.sink(orientation), extras: sizes.form.extras, orientation,
                keepingRowsIn: makeRows,
                observer.ofPart(index, of: orientations.count, rowCount: rowCount))
        }
        try ranks.together { if ranks.isFirst { try mean.handOut(to: sink) } }
    }

    /// Enlarges a picture in memory.
    ///
    /// - Parameters:
    ///   - form: what is made of it.
    ///   - observer: told and asked while the picture is enlarged.
    /// - Throws: when the model cannot enlarge a picture of this size; ``EnlargingError/cancelled``.
    public func enlarged(
        _ picture: Picture, form: ResultForm = ResultForm(), observer: RunObserver = RunObserver()
    ) throws(EnlargingError) -> Picture {
        let size = try sizes(of: picture.size, form).written
        guard form.size == .network || size.width * size.height <= PNGReader.mostPixelsInMemory else {
            throw .image(.tooLargeResult(size))
        }
        let source = TensorSource(picture.pixels)
        let sink = TensorSink<UInt8>(count: 3 * size.width * size.height, repeating: 0)
        try enlarge(width: picture.width, height: picture.height, from: source, to: sink, form: form, observer: observer)
        return Picture(width: size.width, height: size.height, pixels: sink.values)
    }

    /// Enlarges a picture whose rows come and go one by one, from and to wherever the caller has them.
    ///
    /// - Parameters:
    ///   - source: rows of `width` RGB pixels, 3 bytes each. Where a memory limit cuts the picture into strips of columns,
    ///     it is asked for all rows once for each strip; in a comparison for all rows twice, by two threads at once.
    ///   - sink: takes RGB rows of the result, of `scale * width` pixels where nothing else is asked for.
    ///   - form: what is made of it.
    ///   - observer: told and asked while the picture is enlarged.
    /// - Throws: when the model cannot enlarge a picture of this size; what source and sink throw, as an ``EnlargingError``;
    ///   ``EnlargingError/cancelled``.
    public func enlarge(
        width: Int, height: Int, from source: any RowSource, to sink: any RowSink, form: ResultForm = ResultForm(),
        observer: RunObserver = RunObserver()
    ) throws(EnlargingError) {
        try naming(nil) {
            try lock.withLock {
                let sizes = try sizes(of: PictureSize(width: width, height: height), form)
                let isFloat = !sizes.isPlain
                let sink: any RowSink = isFloat ? RoundedRowSink(sink, width: sizes.written.width) : sink
                func rows() -> any RowSource { isFloat ? FloatRowSource(source, width: width) : source }
                try run(
                    sizes, isFloat: isFloat, from: rows, to: sink, line: (0, 255),
                    keepingRowsIn: { PartialRowsInMemory(rowCount: $0, rowByteCount: $1) }, observer)
            }
        }
    }

    /// What becomes of a picture of this size.
    ///
    /// - Parameter callersByteCount: what the caller holds beside it.
    /// - Throws: when the picture, or the result, is too large.
    func sizes(
        of picture: PictureSize, _ form: ResultForm, callersByteCount: Int = 0
    ) throws(EnlargingError) -> ResultSizes {
        guard [picture.width, picture.height].allSatisfy({ 1...PNGReader.longestSide ~= $0 }) else {
            throw .impossibleSize(picture)
        }
        guard picture.width * picture.height <= pixelLimit else { throw .tooManyPixels(picture, limit: pixelLimit) }
        try enlargement.check(form.extras, beside: picture)
        let extraByteCount = form.extras.values.reduce(0) { $0 + $1.byteCount }
        return try ResultSizes(of: picture, form, networkScale: scale, callersByteCount: callersByteCount + extraByteCount)
    }

    /// How frames of these sizes are worked on.
    ///
    /// - Throws: when the model cannot enlarge them.
    func plan(_ sizes: ResultSizes) throws(EnlargingError) -> EnlargingPlan.Summary {
        try naming(nil) { try lock.withLock { try prepare(sizes, isFloat: true).summary } }
    }

    /// Enlarges a frame of a video, whose rows come and go in f32.
    ///
    /// - Parameter source: gives a source of all rows, once for each strip.
    func enlargeFrame(
        _ sizes: ResultSizes, from source: () throws -> any RowSource, to sink: any RowSink,
        keepingRowsIn makeRows: (Int, Int) throws -> any PartialRows, _ observer: RunObserver
    ) throws {
        try lock.withLock {
            try run(sizes, isFloat: true, from: source, to: sink, line: (0, 255), keepingRowsIn: makeRows, observer)
        }
    }

    /// Gives back what is kept for the next picture.
    func giveBackMemory() {
        // During a picture what is kept is in use.
        try? lock.withLock {
            guard workspace != nil else { return }
            prepared = nil
            workspace = nil
            releaseFreedMemory()
        }
    }

    /// - Parameter orientation: how the picture is turned before the network sees it.
    private func prepare(
        _ sizes: ResultSizes, _ orientation: Orientation = .topLeft, isFloat: Bool
    ) throws(EnlargingError) -> PreparedEnlargement {
        let size = orientation.uprightSize(of: sizes.picture)
        if let prepared, prepared.size == size, prepared.isFloat == isFloat, prepared.otherByteCount == sizes.byteCount {
            return prepared
        }
        // What the next size does not need of the memory of this one is given back before more is taken.
        prepared = nil
        let new = try ranks.together(orThrow: EnlargingError.otherRank) { () throws(EnlargingError) in
            let workspace = if let kept = self.workspace { kept } else { try options.workspace() }
            self.workspace = workspace
            if isFloat, floatEntry == nil { floatEntry = try model.floatPredictEntry() }
            if !isFloat, byteEntry == nil { byteEntry = try model.predictEntry() }
            guard let entry = isFloat ? floatEntry : byteEntry else { preconditionFailure("the entry has just been made") }
            return try PreparedEnlargement(
                model, entry, enlargement, options, size, sideUnit: sideUnit, isFloat: isFloat,
                otherByteCount: sizes.byteCount, ranks, in: workspace)
        }
        prepared = new
        return new
    }

    /// Errors of all kinds as those of enlarging; those that name no file get the picture's name.
    private func naming<Result>(_ input: FilePath?, _ body: () throws -> Result) throws(EnlargingError) -> Result {
        do {
            return try body()
        } catch {
            let error = EnlargingError(error)
            guard let input, error != .cancelled else { throw error }
            if case .image = error { throw error }
            throw .picture(path: input, error)
        }
    }
}

extension Model {
    /// Enlarges one picture file; see ``PictureEnlarger``.
    @discardableResult
    public func enlarge(
        _ input: FilePath, to output: FilePath, threadCount: Int = availableProcessorCount(), bands: Bands = .automatic,
        memoryLimit: Int? = nil, observer: RunObserver = RunObserver()
    ) throws(EnlargingError) -> PictureEnlarger.Report {
        try PictureEnlarger(self, threadCount: threadCount, bands: bands, memoryLimit: memoryLimit)
            .enlarge(input, to: output, observer: observer)
    }
}
