import GraphImaging
import GraphRuntime

/// The mean of what a network makes of a picture as it is, mirrored, and both of them turned by quarters of a circle.
///
/// Results are summed up in whole multiples of 2⁻¹⁶, so that their order does not matter: a turned picture gives the turned
/// result, to the bit.
final class EightfoldMean {
    private let size, enlarged: PictureSize
    /// Red, green and blue of all pixels.
    private var pixels: [Float]
    private var sums: [Int32]

    private static let unit: Float = 65536
    /// Eight of them stay whole numbers of 32 bits; pictures have samples up to 255.
    private static let greatest: Float = 4000

    /// - Parameters:
    ///   - source: gives rows of f32, of which all are read.
    ///   - scale: the network's.
    init(_ source: any RowSource, size: PictureSize, scale: Int) throws {
        self.size = size
        enlarged = PictureSize(width: scale * size.width, height: scale * size.height)
        pixels = []
        var row = [Float](repeating: 0, count: 3 * size.width)
        for y in 0..<size.height {
            try row.withUnsafeMutableBytes { try source.fill(row: y, into: $0) }
            // Memory grows with the rows that arrive, so that a header alone claims none.
            pixels += row
        }
        sums = [Int32](repeating: 0, count: 3 * enlarged.width * enlarged.height)
    }

    /// The size of the turned picture.
    func size(_ orientation: Orientation) -> PictureSize { orientation.uprightSize(of: size) }

    /// The turned picture.
    func source(_ orientation: Orientation) -> any RowSource { TurnedRowSource(self, orientation) }

    /// Adds what the network makes of it.
    func sink(_ orientation: Orientation) -> any RowSink { TurnedRowSink(self, orientation) }

    /// Hands out the mean of all eight.
    func handOut(to sink: any RowSink) throws {
        var row = [Float](repeating: 0, count: 3 * enlarged.width)
        let share = 1 / (Self.unit * Float(Orientation.allCases.count))
        for y in 0..<enlarged.height {
            for index in row.indices { row[index] = Float(sums[y * row.count + index]) * share }
            try row.withUnsafeBytes { try sink.take(row: y, from: $0) }
        }
    }

    /// The samples that a row of a turned picture has, in the picture as it is: the first one, and from pixel to pixel.
    private static func places(row: Int, _ orientation: Orientation, in size: PictureSize) -> (first: Int, step: Int) {
        func place(_ x: Int) -> Int {
            let stored = orientation.storedPlace(x: x, y: row, in: size)
            return 3 * (stored.y * size.width + stored.x)
        }
        // Places depend on the column linearly.
        return (place(0), place(1) - place(0))
    }

    private final class TurnedRowSource: RowSource {
        private let mean: EightfoldMean
        private let orientation: Orientation

        init(_ mean: EightfoldMean, _ orientation: Orientation) {
            self.mean = mean
            self.orientation = orientation
        }

        func fill(row: Int, into bytes: UnsafeMutableRawBufferPointer) {
            let samples = bytes.bindMemory(to: Float.self)
            var (place, step) = EightfoldMean.places(row: row, orientation, in: mean.size)
            mean.pixels.withUnsafeBufferPointer { pixels in
                for first in stride(from: 0, to: samples.count, by: 3) {
                    for channel in 0..<3 { samples[first + channel] = pixels[place + channel] }
                    place += step
                }
            }
        }
    }

    private final class TurnedRowSink: RowSink {
        private let mean: EightfoldMean
        private let orientation: Orientation

        init(_ mean: EightfoldMean, _ orientation: Orientation) {
            self.mean = mean
            self.orientation = orientation
        }

        func take(row: Int, from bytes: UnsafeRawBufferPointer) {
            let samples = bytes.bindMemory(to: Float.self)
            var (place, step) = EightfoldMean.places(row: row, orientation, in: mean.enlarged)
            mean.sums.withUnsafeMutableBufferPointer { sums in
                for first in stride(from: 0, to: samples.count, by: 3) {
                    for channel in 0..<3 { sums[place + channel] += EightfoldMean.whole(samples[first + channel]) }
                    place += step
                }
            }
        }
    }

    /// What is no number counts as 0, as in the cast of the graph.
    private static func whole(_ sample: Float) -> Int32 {
        sample == sample ? Int32((unit * min(max(sample, -greatest), greatest)).rounded()) : 0
    }
}
