import GraphCompiler
import GraphModel
import GraphRuntime
import GraphImaging
import Synchronization

/// Enlarges pictures with a model, one after another.
///
///     let enlarger = try PictureEnlarger(model, threadCount: 2)
///     try enlarger.enlarge("photo.png", to: "big.png")
///     let large = try enlarger.enlarged(picture)
///     let response = try enlarger.enlarged(png: request)
///
/// All ways give the same pixels, and files the same bytes. Files come and go row by row: the memory depends on a
/// picture's width and on the band, not on its height. Pictures of the size of the one before use its plan again. The
/// model's weights are read where they lie, so that an enlarger follows them as training changes them.
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
        /// Columns of the result, in pixels.
        public var outputWidth: Int
        /// Rows of the result, in pixels.
        public var outputHeight: Int
        /// How the picture was worked on.
        public var plan: EnlargingPlan.Summary
    }

    /// Pixels of the result for each pixel of the picture, along each side.
    public var scale: Int { enlargement.scale }

    private let model: Model
    private let threadCount: Int
    private let bands: Bands
    private let memoryLimit: Int?
    private let algorithm: ConvolutionAlgorithm
    private let enlargement: Enlargement

    /// The strips of pictures of one size.
    private struct Prepared {
        var width: Int
        var height: Int
        var summary: EnlargingPlan.Summary
        var parts: Parts
    }

    private enum Parts {
        /// Pictures one after another use its session again.
        case whole(Session)
        /// A session for each, one after the other.
        case strips([ColumnStrip])
    }

    /// Whoever enlarges holds it, and with it what was prepared.
    private let lock = Mutex(())
    private var prepared: Prepared?

    /// - Parameters:
    ///   - bands: how the rows are worked on.
    ///   - memoryLimit: bytes that the process may take at its peak; it overrides `bands`.
    ///   - algorithm: how convolutions are computed.
    /// - Throws: when the model does not take and make a picture.
    public init(
        _ model: Model, threadCount: Int = availableProcessorCount(), bands: Bands = .automatic, memoryLimit: Int? = nil,
        algorithm: ConvolutionAlgorithm = .best
    ) throws(EnlargingError) {
        self.model = model
        self.threadCount = threadCount
        self.bands = bands
        self.memoryLimit = memoryLimit
        self.algorithm = algorithm
        enlargement = try Enlargement(model)
    }

    /// Reads a PNG and writes the enlarged one, which appears when it is whole. A grey picture stays grey.
    ///
    /// - Parameters:
    ///   - observer: told and asked while the picture is enlarged.
    ///   - willBegin: told what will be done, before the first row is read.
    /// - Throws: what is wrong with either file; ``EnlargingError/cancelled``, which leaves no file behind.
    @discardableResult
    public func enlarge(
        _ input: String, to output: String, observer: RunObserver = RunObserver(), willBegin: (Report) -> Void = { _ in }
    ) throws(EnlargingError) -> Report {
        try naming(input) {
            try enlarge(
                from: { try PNGReader(path: input) }, to: { try PNGWriter(path: output, width: $0, height: $1) },
                keepingStripsIn: { _, rowByteCount in try PartialRowsFile(beside: output, rowByteCount: rowByteCount) },
                observer, willBegin
            ).report
        }
    }

    /// Enlarges a PNG in memory. A grey picture stays grey.
    ///
    /// - Parameters:
    ///   - bytes: a whole PNG file of any kind.
    ///   - observer: told and asked while the picture is enlarged.
    /// - Returns: the whole PNG file that ``enlarge(_:to:observer:willBegin:)`` would write.
    /// - Throws: what is wrong with the bytes; ``EnlargingError/cancelled``.
    public func enlarged(png bytes: [UInt8], observer: RunObserver = RunObserver()) throws(EnlargingError) -> [UInt8] {
        try naming(nil) {
            try enlarge(
                from: { try PNGReader(bytes) }, to: { try PNGWriter(width: $0, height: $1) },
                keepingStripsIn: { PartialRowsInMemory(rowCount: $0, rowByteCount: $1) }, observer, { _ in }
            ).bytes
        }
    }

    /// Enlarges a picture in memory.
    ///
    /// - Parameter observer: told and asked while the picture is enlarged.
    /// - Throws: when the model cannot enlarge a picture of this size; ``EnlargingError/cancelled``.
    public func enlarged(_ picture: Picture, observer: RunObserver = RunObserver()) throws(EnlargingError) -> Picture {
        let source = TensorSource(picture.pixels)
        let sink = TensorSink<UInt8>(count: scale * scale * picture.pixels.count, repeating: 0)
        try enlarge(width: picture.width, height: picture.height, from: source, to: sink, observer: observer)
        return Picture(width: scale * picture.width, height: scale * picture.height, pixels: sink.values)
    }

    /// Enlarges a picture whose rows come and go one by one, from and to wherever the caller has them.
    ///
    /// - Parameters:
    ///   - source: rows of `width` RGB pixels, 3 bytes each. Where a memory limit cuts the picture into strips of columns,
    ///     it is asked for all rows once for each strip.
    ///   - sink: takes rows of `scale * width` RGB pixels.
    ///   - observer: told and asked while the picture is enlarged.
    /// - Throws: when the model cannot enlarge a picture of this size; what source and sink throw, as an ``EnlargingError``;
    ///   ``EnlargingError/cancelled``.
    public func enlarge(
        width: Int, height: Int, from source: any RowSource, to sink: any RowSink, observer: RunObserver = RunObserver()
    ) throws(EnlargingError) {
        try naming(nil) {
            try lock.withLock { _ in
                try run(
                    prepare(width: width, height: height), from: { source }, to: sink,
                    keepingStripsIn: { PartialRowsInMemory(rowCount: $0, rowByteCount: $1) }, observer)
            }
        }
    }

    /// - Parameters:
    ///   - open: opens the picture anew, once for each strip.
    ///   - makeWriter: of the enlarged picture, by its width and height.
    /// - Returns: the file's bytes, where it was written in memory.
    private func enlarge(
        from open: () throws -> PNGReader, to makeWriter: (Int, Int) throws -> PNGWriter,
        keepingStripsIn makeRows: (Int, Int) throws -> any PartialRows, _ observer: RunObserver, _ willBegin: (Report) -> Void
    ) throws -> (bytes: [UInt8], report: Report) {
        try lock.withLock { _ in
            let first = try open()
            let prepared = try prepare(width: first.width, height: first.height)
            let writer = try makeWriter(scale * first.width, scale * first.height)
            let report = Report(
                inputWidth: first.width, inputHeight: first.height, outputWidth: writer.width,
                outputHeight: writer.height, plan: prepared.summary)
            willBegin(report)
            var next: PNGReader? = first
            func source() throws -> any RowSource {
                defer { next = nil }
                return PNGRowSource(try next ?? open())
            }
            try run(
                prepared, from: source, to: PNGRowSink(writer, isGrey: first.isGrey), keepingStripsIn: makeRows, observer)
            try writer.finish()
            return (writer.bytes, report)
        }
    }

    /// - Parameters:
    ///   - source: gives a source of all rows, once for each strip.
    ///   - makeRows: what keeps the strips' parts of rows, by the count of rows and the bytes of each.
    private func run(
        _ prepared: Prepared, from source: () throws -> any RowSource, to sink: any RowSink,
        keepingStripsIn makeRows: (Int, Int) throws -> any PartialRows, _ observer: RunObserver
    ) throws {
        switch prepared.parts {
        case .whole(let session):
            try session.run(
                inputs: [enlargement.input: try source()], outputs: [enlargement.output: sink], observer: observer)
        case .strips(let strips):
            let rows = try makeRows(scale * prepared.height, 3 * scale * prepared.width)
            let rowCounts = strips.map { $0.program.instructions.reduce(0) { $0 + $1.rows.count } }
            for (index, strip) in strips.enumerated() {
                let part = observer.ofPart(after: rowCounts[..<index].reduce(0, +), of: rowCounts.reduce(0, +))
                try run(
                    strip, of: prepared.width, from: source(), keepingStripsIn: rows,
                    lastTo: index == strips.count - 1 ? sink : nil, part)
            }
        }
    }

    /// Runs one of several strips of a picture of some width.
    ///
    /// - Parameter sink: takes the rows that the last strip completes.
    private func run(
        _ strip: ColumnStrip, of width: Int, from source: any RowSource, keepingStripsIn rows: any PartialRows,
        lastTo sink: (any RowSink)?, _ observer: RunObserver
    ) throws {
        releaseFreedMemory()
        let session = try Session(strip.program, parameters: model.parameters, threadCount: threadCount)
        let firstColumn = strip.outputColumns.lowerBound - scale * strip.inputColumns.lowerBound
        let ownBytes = 3 * firstColumn..<3 * (firstColumn + strip.outputColumns.count)
        let stripSink: any RowSink =
            if let sink {
                LastColumnSink(rows, ownBytes: ownBytes, rowByteCount: 3 * scale * width, to: sink)
            } else {
                ColumnSink(rows, ownBytes: ownBytes, firstByte: 3 * strip.outputColumns.lowerBound)
            }
        let stripSource = ColumnSource(source, rowByteCount: 3 * width, firstByte: 3 * strip.inputColumns.lowerBound)
        try session.run(
            inputs: [enlargement.input: stripSource], outputs: [enlargement.output: stripSink], observer: observer)
    }

    private func prepare(width: Int, height: Int) throws(EnlargingError) -> Prepared {
        if let prepared, (prepared.width, prepared.height) == (width, height) { return prepared }
        // The memory of one size is given back before that of the next is taken.
        prepared = nil
        let new = try newlyPrepared(width: width, height: height)
        releaseFreedMemory()
        prepared = new
        return new
    }

    private func newlyPrepared(width: Int, height: Int) throws(EnlargingError) -> Prepared {
        let plan = try model.enlargingPlan(
            height: height, width: width, threadCount: threadCount, bands: bands, memoryLimit: memoryLimit,
            algorithm: algorithm)
        guard plan.plan.strips.count == 1 else {
            return Prepared(width: width, height: height, summary: plan.summary, parts: .strips(plan.plan.strips))
        }
        do {
            let session = try Session(
                plan.plan.strips[0].program, parameters: model.parameters, threadCount: threadCount)
            return Prepared(width: width, height: height, summary: plan.summary, parts: .whole(session))
        } catch {
            throw .runtime(error)
        }
    }

    /// Errors of all kinds as those of enlarging; those that name no file get the picture's name.
    private func naming<Result>(_ input: String?, _ body: () throws -> Result) throws(EnlargingError) -> Result {
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
    /// Enlarges one PNG file; see ``PictureEnlarger``.
    @discardableResult
    public func enlarge(
        _ input: String, to output: String, threadCount: Int = availableProcessorCount(), bands: Bands = .automatic,
        memoryLimit: Int? = nil, observer: RunObserver = RunObserver()
    ) throws(EnlargingError) -> PictureEnlarger.Report {
        try PictureEnlarger(self, threadCount: threadCount, bands: bands, memoryLimit: memoryLimit)
            .enlarge(input, to: output, observer: observer)
    }
}
