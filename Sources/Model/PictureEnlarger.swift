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
    /// What one enlargement was.
    public struct Report: Hashable, Sendable {
        public var inputWidth: Int
        public var inputHeight: Int
        public var outputWidth: Int
        public var outputHeight: Int
        /// Memory of the plan: activations, prepared filters and scratch of all threads.
        public var plannedByteCount: Int
    }

    /// Pixels of the result for each pixel of the picture, along each side.
    public var scale: Int { enlargement.scale }

    private let model: Model
    private let threadCount: Int
    private let bandRows: Int?
    private let algorithm: ConvolutionAlgorithm
    private var session: Session?
    private let enlargement: Enlargement
    private var size = (width: 0, height: 0)

    /// - Parameters:
    ///   - bandRows: rows of the small picture that are worked on at a time; nil for all.
    ///   - algorithm: how convolutions are computed.
    /// - Throws: when the model does not take and make a picture.
    public init(
        _ model: Model, threadCount: Int, bandRows: Int? = defaultBandRows, algorithm: ConvolutionAlgorithm = .best
    ) throws(ModelError) {
        self.model = model
        self.threadCount = threadCount
        self.bandRows = bandRows
        self.algorithm = algorithm
        enlargement = try Enlargement(model.entry(.predict).graph)
    }

    /// Reads a PNG and writes the enlarged one, which appears when it is whole.
    @discardableResult
    public func enlarge(_ input: String, to output: String) throws(ModelError) -> Report {
        do {
            let reader = try PNGReader(path: input)
            let session = try session(width: reader.width, height: reader.height)
            let writer = try PNGWriter(
                path: output, width: enlargement.scale * reader.width, height: enlargement.scale * reader.height)
            try session.run(
                inputs: [enlargement.input: PNGRowSource(reader)], outputs: [enlargement.output: PNGRowSink(writer)])
            try writer.finish()
            let program = session.program
            return Report(
                inputWidth: reader.width, inputHeight: reader.height, outputWidth: writer.width,
                outputHeight: writer.height,
                plannedByteCount: program.byteCount(threadCount: threadCount))
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
        let session = try session(width: picture.width, height: picture.height)
        let sink = TensorSink<UInt8>(count: picture.pixels.count * scale * scale, repeating: 0)
        do {
            try session.run(
                inputs: [enlargement.input: TensorSource(picture.pixels)], outputs: [enlargement.output: sink])
        } catch {
            throw ModelError("\(error)")
        }
        return Picture(width: scale * picture.width, height: scale * picture.height, pixels: sink.values)
    }

    private func session(width: Int, height: Int) throws(ModelError) -> Session {
        if let session, size == (width, height) { return session }
        // The memory of one size is given back before that of the next is taken.
        session = nil
        let (session, _) = try model.enlargingSession(
            height: height, width: width, threadCount: threadCount, bandRows: bandRows, algorithm: algorithm)
        self.session = session
        size = (width, height)
        return session
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
        _ input: String, to output: String, threadCount: Int = availableProcessorCount(),
        bandRows: Int? = defaultBandRows
    ) throws(ModelError) -> PictureEnlarger.Report {
        try PictureEnlarger(self, threadCount: threadCount, bandRows: bandRows).enlarge(input, to: output)
    }
}
