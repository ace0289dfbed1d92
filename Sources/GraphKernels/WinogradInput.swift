import GraphBasics
import GraphKernelInterface

/// The first stage of the Winograd convolution: the input of a run of tiles becomes 36 or 64 planes.
///
/// Columns are transformed first, each once, into a line buffer; then the rows of each tile, straight into the
/// planes. Neighbouring tiles share two columns, or four of eight.
struct WinogradInput {
    private let call: KernelCall
    private let geometry: ConvolutionGeometry
    private let zeros: UnsafeMutablePointer<Float>
    /// `[column mod 8][6 or 8 rows][channels of a chunk]`
    private let lineBuffer: UnsafeMutablePointer<Float>

    /// - Parameters:
    ///   - zeros: room for one pixel.
    ///   - lineBuffer: room for `lineBufferColumnCount` transformed columns of at most `lineBufferChannelCount` channels.
    init(
        _ call: KernelCall, _ geometry: ConvolutionGeometry, zeros: UnsafeMutablePointer<Float>,
        lineBuffer: UnsafeMutablePointer<Float>
    ) {
        self.call = call
        self.geometry = geometry
        self.zeros = zeros
        self.lineBuffer = lineBuffer
        zero(zeros, count: geometry.inputChannels)
    }

    /// Transforms all input channels of a run of tiles.
    ///
    /// - Parameter planes: the first tile's place in plane 0; tiles lie `winogradInputChannels` elements apart.
    func transform(_ run: WinogradTiles.Run, to planes: UnsafeMutablePointer<Float>, planeStride: Int) {
        var place = planes
        for index in 0..<geometry.sourceCount {
            let source = geometry.source(index, of: call)
            let sourceChannels = source.channels.roundedUp(to: 8)
            for channel in stride(from: 0, to: sourceChannels, by: WinogradLayout.lineBufferChannelCount) {
                let channels = min(WinogradLayout.lineBufferChannelCount, sourceChannels - channel)
                transform(
                    run, of: source, channel: channel, channels: channels, to: place,
                    tileStride: geometry.winogradInputChannels, planeStride: planeStride)
                place += channels
            }
        }
    }

    /// Transforms `channels` of a source's channels, from `channel` on.
    func transform(
        _ run: WinogradTiles.Run, of source: ChannelSource, channel: Int, channels: Int, to planes: UnsafeMutablePointer<Float>,
        tileStride: Int,
        planeStride: Int
    ) {
        let (image, firstRow) = (run.image, run.tileRow * WinogradLayout.tileSize - geometry.padTop)
        let rows = EightRows { row(source, image, firstRow + min($0, geometry.winogradInputTileSize - 1)) }
        let transformation = InputTransformation(
            firstPixel: run.firstTile * WinogradLayout.tileSize - geometry.padLeft, width: geometry.inputWidth,
            channel: channel, channels: channels, lastVector: source.channels - 8, lineBuffer: lineBuffer,
            tileStride: tileStride, planeStride: planeStride)
        if geometry.winogradInputTileSize == 6 {
            transformation.transform(Six.self, rows, tileCount: run.count, to: planes)
        } else {
            transformation.transform(Eight.self, rows, tileCount: run.count, to: planes)
        }
    }

    /// A row of the image, or zeros outside.
    private func row(_ source: ChannelSource, _ image: Int, _ y: Int) -> InputRow {
        y >= 0 && y < geometry.inputHeight
            ? InputRow(pixels: source.row(image * geometry.inputHeight + y), pixelStride: source.pixelStride)
            : InputRow(pixels: UnsafePointer(zeros), pixelStride: 0)
    }
}

/// Some channels of a run of tiles, on their way to the planes.
private struct InputTransformation {
    /// Where the first tile's input begins, and the pixels of a row of the image.
    let firstPixel: Int, width: Int
    /// The first channel and how many; the channel at which the last vector begins at the latest.
    let channel: Int, channels: Int, lastVector: Int
    let lineBuffer: UnsafeMutablePointer<Float>
    /// Elements from one tile to the next, and from one plane to the next.
    let tileStride: Int, planeStride: Int

    @inline(__always)
    func transform<Numbers: WinogradInputs>(
        _: Numbers.Type, _ rows: EightRows, tileCount: Int, to planes: UnsafeMutablePointer<Float>
    ) {
        let tileSize = WinogradLayout.tileSize
        for column in 0..<tileSize * (tileCount - 1) + Numbers.count {
            transformColumn(Numbers.self, rows, x: firstPixel + column, slot: column % 8)
            let firstColumn = column + 1 - Numbers.count
            if firstColumn >= 0, firstColumn % tileSize == 0 {
                transformTile(Numbers.self, firstSlot: firstColumn, to: planes + firstColumn / tileSize * tileStride)
            }
        }
    }

    @inline(__always)
    private func transformColumn<Numbers: WinogradInputs>(_: Numbers.Type, _ rows: EightRows, x: Int, slot: Int) {
        let destination = lineBuffer + slot * (Numbers.count * channels)
        guard x >= 0, x < width else { return zero(destination, count: Numbers.count * channels) }
        let pixels = EightPlaces { rows[$0].pixel(x) }
        var c = 0
        while c < channels {
            let source = min(channel + c, lastVector)
            Numbers { pixels[$0].vector(source) }.inputTransformed.store(to: destination + c, stride: channels)
            c += 8
        }
    }

    @inline(__always)
    private func transformTile<Numbers: WinogradInputs>(
        _: Numbers.Type, firstSlot: Int, to planes: UnsafeMutablePointer<Float>
    ) {
        let columns = EightPlaces { UnsafePointer(lineBuffer + (firstSlot + $0) % 8 * (Numbers.count * channels)) }
        for row in 0..<Numbers.count {
            var place = planes + Numbers.count * row * planeStride
            var c = row * channels
            let end = c + channels
            while c < end {
                Numbers { columns[$0].vector(c) }.inputTransformed.store(to: place, stride: planeStride)
                c += 8
                place += 8
            }
        }
    }
}

/// A row of the image.
private struct InputRow {
    var pixels: UnsafePointer<Float>
    /// Elements from one pixel to the next; 0 where one pixel of zeros stands for all.
    var pixelStride: Int

    @inline(__always)
    func pixel(_ x: Int) -> UnsafePointer<Float> { pixels + x * pixelStride }
}

/// The rows of the input of a row of tiles, of which 3×3 filters read six.
private typealias EightRows = EightValues<InputRow>
/// Where the numbers of a row or a column begin, of which 3×3 filters read six.
private typealias EightPlaces = EightValues<UnsafePointer<Float>>

struct EightValues<Value> {
    private let v0: Value, v1: Value, v2: Value, v3: Value, v4: Value, v5: Value, v6: Value, v7: Value

    @inline(__always)
    init(_ value: (Int) -> Value) {
        (v0, v1, v2, v3) = (value(0), value(1), value(2), value(3))
        (v4, v5, v6, v7) = (value(4), value(5), value(6), value(7))
    }

    @inline(__always)
    subscript(_ index: Int) -> Value {
        switch index {
        case 0: v0
        case 1: v1
        case 2: v2
        case 3: v3
        case 4: v4
        case 5: v5
        case 6: v6
        default: v7
        }
    }
}
