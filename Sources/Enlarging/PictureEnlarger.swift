import GraphCompiler
import GraphModel
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
    public struct Report: Hashable, Sendable {
        public var inputWidth: Int
        public var inputHeight: Int
        public var outputWidth: Int
        public var outputHeight: Int
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

    private var prepared: Prepared?

    /// - Parameters:
    ///   - bands: how the rows are worked on.
    ///   - memoryLimit: bytes that the process may take at its peak; it overrides `bands`.
    ///   - algorithm: how convolutions are computed.
    /// - Throws: when the model does not take and make a picture.
    public init(
        _ model: Model, threadCount: Int, bands: Bands = .automatic, memoryLimit: Int? = nil,
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
    /// - Parameter willBegin: told what will be done, before the first row is read.
    @discardableResult
    public func enlarge(
        _ input: String, to output: String, willBegin: (Report) -> Void = { _ in }
    ) throws(EnlargingError) -> Report {
        do {
            let reader = try PNGReader(path: input)
            let prepared = try prepare(width: reader.width, height: reader.height)
            let writer = try PNGWriter(
                path: output, width: enlargement.scale * reader.width, height: enlargement.scale * reader.height)
            let report = Report(
                inputWidth: reader.width, inputHeight: reader.height, outputWidth: writer.width,
                outputHeight: writer.height, plan: prepared.summary)
            willBegin(report)
            let sink = PNGRowSink(writer, isGrey: reader.isGrey)
            switch prepared.parts {
            case .whole(let session):
                try session.run(inputs: [enlargement.input: PNGRowSource(reader)], outputs: [enlargement.output: sink])
            case .strips(let strips):
                let rows = try PartialRowsFile(beside: output, rowByteCount: 3 * writer.width)
                let completed = CompletedRows(rows, rowByteCount: 3 * writer.width, to: sink)
                for (index, strip) in strips.enumerated() {
                    // Each strip reads the picture's rows again.
                    let source = PNGRowSource(index == 0 ? reader : try PNGReader(path: input))
                    try run(strip, from: source, width: reader.width, to: index == strips.count - 1 ? completed : rows)
                }
            }
            try writer.finish()
            return report
        } catch {
            let error = EnlargingError(error)
            // What is wrong with a file names it already.
            if case .image = error { throw error }
            throw .picture(path: input, error)
        }
    }

    /// Enlarges a picture in memory.
    public func enlarged(_ picture: Picture) throws(EnlargingError) -> Picture {
        let prepared = try prepare(width: picture.width, height: picture.height)
        let (width, height) = (scale * picture.width, scale * picture.height)
        do {
            let source = TensorSource(picture.pixels)
            switch prepared.parts {
            case .whole(let session):
                let sink = TensorSink<UInt8>(count: 3 * width * height, repeating: 0)
                try session.run(inputs: [enlargement.input: source], outputs: [enlargement.output: sink])
                return Picture(width: width, height: height, pixels: sink.values)
            case .strips(let strips):
                let rows = PartialRowsInMemory(rowCount: height, rowByteCount: 3 * width)
                for strip in strips { try run(strip, from: source, width: picture.width, to: rows) }
                return Picture(width: width, height: height, pixels: rows.pixels)
            }
        } catch {
            throw EnlargingError(error)
        }
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

    /// Runs one of several strips of a picture of some width.
    private func run(_ strip: ColumnStrip, from source: any RowSource, width: Int, to rows: any PartialRows) throws {
        releaseFreedMemory()
        let session = try Session(strip.program, parameters: model.parameters, threadCount: threadCount)
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
    /// Of a grey picture, a row with the mean of each pixel's channels, which models leave a little apart.
    private var grey: [UInt8]

    init(_ writer: PNGWriter, isGrey: Bool) {
        self.writer = writer
        grey = [UInt8](repeating: 0, count: isGrey ? 3 * writer.width : 0)
    }

    func take(row: Int, from bytes: UnsafeRawBufferPointer) throws {
        guard !grey.isEmpty else { return try writer.writeRow(bytes.bindMemory(to: UInt8.self)) }
        for first in stride(from: 0, to: grey.count, by: 3) {
            let sum = Int(bytes[first]) + Int(bytes[first + 1]) + Int(bytes[first + 2])
            for channel in 0..<3 { grey[first + channel] = UInt8((sum + 1) / 3) }
        }
        try grey.withUnsafeBufferPointer { try writer.writeRow($0) }
    }
}

extension Model {
    /// Enlarges one PNG file; see ``PictureEnlarger``.
    @discardableResult
    public func enlarge(
        _ input: String, to output: String, threadCount: Int = availableProcessorCount(), bands: Bands = .automatic,
        memoryLimit: Int? = nil
    ) throws(EnlargingError) -> PictureEnlarger.Report {
        try PictureEnlarger(self, threadCount: threadCount, bands: bands, memoryLimit: memoryLimit)
            .enlarge(input, to: output)
    }
}
