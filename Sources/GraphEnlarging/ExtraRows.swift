import GraphImaging
import GraphRuntime

extension Enlargement {
    /// The rows of what the network takes beside a picture, and its scalars.
    ///
    /// - Parameters:
    ///   - values: one for each extra input.
    ///   - orientation: how the picture is turned, and all beside it.
    ///   - margins: around the turned picture.
    ///   - isFloat: whether samples are f32 instead of u8.
    func extraRows(
        _ values: [String: ExtraValue], _ orientation: Orientation, margins: Margins, isFloat: Bool
    ) -> (inputs: [String: any RowSource], scalars: [String: Float]) {
        var inputs: [String: any RowSource] = [:]
        var numbers: [String: Float] = [:]
        for extra in extras {
            switch (extra.kind, values[extra.name]) {
            case (.picture(let scale, let channelCount), .picture(let picture)):
                let rows = TurnedPictureRows(picture, orientation, channelCount: channelCount, margin: scale * margins.before)
                inputs[extra.name] = isFloat ? FloatSamplesSource(rows) : rows
            case (.picture, .number(let number)), (.byte, .number(let number)):
                inputs[extra.name] = isFloat ? NumberRowSource(number) : NumberRowSource(UInt8(number))
            case (_, .number(let number)) where scalars.contains(extra.name): numbers[extra.name] = number
            case (_, .number(let number)): inputs[extra.name] = NumberRowSource(number)
            default: preconditionFailure("values were checked")
            }
        }
        return (inputs, numbers)
    }
}

/// Rows of one and the same number.
private final class NumberRowSource<Element: BitwiseCopyable>: RowSource {
    private let number: Element

    init(_ number: Element) { self.number = number }

    func fill(row: Int, into bytes: UnsafeMutableRawBufferPointer) {
        bytes.bindMemory(to: Element.self).update(repeating: number)
    }
}

/// The rows of a picture in memory that is turned and mirrored beyond its sides.
private final class TurnedPictureRows: RowSource {
    private let picture: Picture
    private let orientation: Orientation
    private let channelCount: Int
    private let margin: Int

    /// - Parameters:
    ///   - channelCount: the first ones of its pixels.
    ///   - margin: pixels before the first column and row.
    init(_ picture: Picture, _ orientation: Orientation, channelCount: Int, margin: Int) {
        self.picture = picture
        self.orientation = orientation
        self.channelCount = channelCount
        self.margin = margin
    }

    func fill(row: Int, into bytes: UnsafeMutableRawBufferPointer) {
        let size = orientation.uprightSize(of: picture.size)
        let y = mirrored(row - margin, size.height)
        for x in 0..<bytes.count / channelCount {
            let place = orientation.storedPlace(x: mirrored(x - margin, size.width), y: y, in: picture.size)
            let first = 3 * (place.y * picture.width + place.x)
            for channel in 0..<channelCount { bytes[channelCount * x + channel] = picture.pixels[first + channel] }
        }
    }
}

/// The u8 rows of another source as f32, whatever their width.
private final class FloatSamplesSource: RowSource {
    private let source: any RowSource
    private var row: [UInt8] = []

    init(_ source: any RowSource) { self.source = source }

    func fill(row index: Int, into bytes: UnsafeMutableRawBufferPointer) throws {
        let samples = bytes.bindMemory(to: Float.self)
        if row.count != samples.count { row = Array(repeating: 0, count: samples.count) }
        try row.withUnsafeMutableBytes { try source.fill(row: index, into: $0) }
        for index in samples.indices { samples[index] = Float(row[index]) }
    }
}
