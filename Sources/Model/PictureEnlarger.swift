import GraphCompiler
import GraphRuntime
import Imaging

/// Enlarges pictures with a model, one after another.
///
///     let enlarger = try PictureEnlarger(model, threadCount: 2)
///     try enlarger.enlarge("photo.png", to: "big.png")
///     let large = try enlarger.enlarged(picture)
///
/// Files come and go row by row: the memory depends on a picture's width and on the band, not on its
/// height. Pictures of the size of the one before use its plan again. The model's weights are read where
/// they lie, so that an enlarger follows them as training changes them.
public final class PictureEnlarger {
    /// What one enlargement is.
    public struct Report: Sendable {
        public var inputWidth: Int
        public var inputHeight: Int
        public var outputWidth: Int
        public var outputHeight: Int
        public var plan: EnlargingPlan
    }

    /// Pixels of the result for each pixel of the picture, along each side.
    public var scale: Int { enlargement.scale }

    private let model: Model
    private let threadCount: Int
    private let bands: Bands
    private let memoryLimit: Int?
    private let algorithm: ConvolutionAlgorithm
    private let enlargement: Enlargement
    private var plan: (width: Int, height: Int, plan: EnlargingPlan)?
    /// Of the only strip of the plan: it serves the next picture, too.
    private var session: Session?

    /// - Parameters:
    ///   - bands: how the rows are worked on.
    ///   - memoryLimit: bytes that the process may take at its peak; it overrides `bands`.
    ///   - algorithm: how convolutions are computed.
    /// - Throws: when the model does not take and make a picture.
    public init(
        _ model: Model, threadCount: Int, bands: Bands = .automatic, memoryLimit: Int? = nil,
        algorithm: ConvolutionAlgorithm = .best
    ) throws(ModelError) {
        self.model = model
        self.threadCount = threadCount
        self.bands = bands
        self.memoryLimit = memoryLimit
        self.algorithm = algorithm
        enlargement = try Enlargement(model.entry(.predict).graph)
    }

    /// Reads a PNG and writes the enlarged one, which appears when it is whole.
    ///
    /// - Parameter willBegin: told what will be done, before the first row is read.
    @discardableResult
    public func enlarge(
        _ input: String, to output: String, willBegin: (Report) -> Void = { _ in }
    ) throws(ModelError) -> Report {
        do {
            let reader = try PNGReader(path: input)
            let plan = try plan(width: reader.width, height: reader.height)
            let writer = try PNGWriter(
                path: output, width: enlargement.scale * reader.width, height: enlargement.scale * reader.height)
            let report = Report(
                inputWidth: reader.width, inputHeight: reader.height, outputWidth: writer.width,
                outputHeight: writer.height, plan: plan)
            willBegin(report)
            if plan.strips.count == 1 {
                try run(plan.strips[0], from: PNGRowSource(reader), to: PNGRowSink(writer))
            } else {
                let rowByteCount = 3 * writer.width
                let rows = try PartialRowsFile(beside: output, rowByteCount: rowByteCount)
                for (index, strip) in plan.strips.enumerated() {
                    let isLast = index == plan.strips.count - 1
                    let completed = CompletedRows(rows, rowByteCount: rowByteCount, to: PNGRowSink(writer))
                    // Each strip reads the picture's rows again.
                    try run(
                        strip, from: PNGRowSource(index == 0 ? reader : PNGReader(path: input)),
                        width: reader.width, to: isLast ? completed : rows)
                }
            }
            try writer.finish()
            return report
        } catch let error as ModelError {
            throw ModelError("\(input): \(error)")
        } catch let error as RuntimeError {
            throw ModelError("\(input): \(error)")
        } catch {
            throw ModelError("\(error)")
        }
    }

    /// Enlarges a picture in memory.
    public func enlarged(_ picture: Picture) throws(ModelError) -> Picture {
        let plan = try plan(width: picture.width, height: picture.height)
        let (width, height) = (scale * picture.width, scale * picture.height)
        do {
            let source = TensorSource(picture.pixels)
            if plan.strips.count == 1 {
                let sink = TensorSink<UInt8>(count: 3 * width * height, repeating: 0)
                try run(plan.strips[0], from: source, to: sink)
                return Picture(width: width, height: height, pixels: sink.values)
            }
            let rows = PartialRowsInMemory(rowCount: height, rowByteCount: 3 * width)
            for strip in plan.strips { try run(strip, from: source, width: picture.width, to: rows) }
            return Picture(width: width, height: height, pixels: rows.pixels)
        } catch {
            throw ModelError("\(error)")
        }
    }

    private func plan(width: Int, height: Int) throws(ModelError) -> EnlargingPlan {
        if let plan, (plan.width, plan.height) == (width, height) { return plan.plan }
        // The memory of one size is given back before that of the next is taken.
        session = nil
        let new = try model.enlargingPlan(
            height: height, width: width, threadCount: threadCount, bands: bands, memoryLimit: memoryLimit,
            algorithm: algorithm)
        plan = (width, height, new)
        return new
    }

    /// Runs the only strip.
    private func run(_ strip: ColumnStrip, from source: any RowSource, to sink: any RowSink) throws {
        let session = try session ?? Session(strip.plan.program, parameters: model.parameters, threadCount: threadCount)
        self.session = session
        try session.run(inputs: [enlargement.input: source], outputs: [enlargement.output: sink])
    }

    /// Runs one of several strips of a picture of some width.
    private func run(_ strip: ColumnStrip, from source: any RowSource, width: Int, to rows: any PartialRows) throws {
        let session = try Session(strip.plan.program, parameters: model.parameters, threadCount: threadCount)
        let firstColumn = strip.outputColumns.lowerBound - scale * strip.inputColumns.lowerBound
        try session.run(
            inputs: [
                enlargement.input: ColumnSource(
                    source, rowByteCount: 3 * width, firstByte: 3 * strip.inputColumns.lowerBound)
            ],
            outputs: [
                enlargement.output: ColumnSink(
                    rows, ownBytes: 3 * firstColumn..<3 * (firstColumn + strip.outputColumns.count),
                    firstByte: 3 * strip.outputColumns.lowerBound)
            ])
    }
}

/// A picture's rows, as they come from the file.
private final class PNGRowSource: RowSource {
    private let reader: PNGReader

    init(_ reader: PNGReader) { self.reader = reader }

    func fill(row: Int, into bytes: UnsafeMutableRawBufferPointer) throws {
        try reader.readRow(into: bytes.bindMemory(to: UInt8.self))
    }
}

/// A picture's rows, on their way to the file.
private final class PNGRowSink: RowSink {
    private let writer: PNGWriter

    init(_ writer: PNGWriter) { self.writer = writer }

    func take(row: Int, from bytes: UnsafeRawBufferPointer) throws {
        try writer.writeRow(bytes.bindMemory(to: UInt8.self))
    }
}

extension Model {
    /// Enlarges one PNG file; see ``PictureEnlarger``.
    @discardableResult
    public func enlarge(
        _ input: String, to output: String, threadCount: Int = availableProcessorCount(), bands: Bands = .automatic,
        memoryLimit: Int? = nil
    ) throws(ModelError) -> PictureEnlarger.Report {
        try PictureEnlarger(self, threadCount: threadCount, bands: bands, memoryLimit: memoryLimit)
            .enlarge(input, to: output)
    }
}
