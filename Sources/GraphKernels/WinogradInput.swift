import GraphBasics
import GraphKernelInterface

/// The first stage of the Winograd convolution: the input of a run of tiles becomes 36 planes.
///
/// Columns are transformed first, each once, into a line buffer; then the rows of each tile, straight into the
/// planes. Neighbouring tiles share two columns, or four.
struct WinogradInput {
    private let call: KernelCall
    private let geometry: ConvolutionGeometry
    private let zeros: UnsafeMutablePointer<Float>
    /// `[column mod 8][6 rows][channels of a chunk]`
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
        let tileSize = geometry.winogradTileSize
        let (image, firstRow) = (run.image, run.tileRow * tileSize - geometry.padTop)
        let firstPixel = run.firstTile * tileSize - geometry.padLeft
        let rows = InputRows(
            row(source, image, firstRow), row(source, image, firstRow + 1), row(source, image, firstRow + 2),
            row(source, image, firstRow + 3), row(source, image, firstRow + 4), row(source, image, firstRow + 5))
        for column in 0..<tileSize * (run.count - 1) + WinogradLayout.inputTileSize {
            transformColumn(
                rows, x: firstPixel + column, slot: column % 8, channel: channel, channels: channels,
                lastVector: source.channels - 8)
            let firstColumn = column + 1 - WinogradLayout.inputTileSize
            if firstColumn >= 0, firstColumn % tileSize == 0 {
                transformTile(
                    firstSlot: firstColumn, channels: channels, to: planes + firstColumn / tileSize * tileStride,
                    planeStride: planeStride)
            }
        }
    }

    /// A row of the image, or zeros outside.
    private func row(_ source: ChannelSource, _ image: Int, _ y: Int) -> InputRows.Row {
        y >= 0 && y < geometry.inputHeight
            ? InputRows.Row(
                pixels: source.row(image * geometry.inputHeight + y), pixelStride: source.pixelStride)
            : InputRows.Row(pixels: UnsafePointer(zeros), pixelStride: 0)
    }

    /// - Parameter lastVector: the channel at which the last vector begins at the latest.
    @inline(__always)
    private func transformColumn(_ rows: InputRows, x: Int, slot: Int, channel: Int, channels: Int, lastVector: Int) {
        let destination = lineBuffer + slot * (6 * channels)
        guard x >= 0, x < geometry.inputWidth else { return zero(destination, count: 6 * channels) }
        let r0 = rows.r0.pixel(x), r1 = rows.r1.pixel(x), r2 = rows.r2.pixel(x)
        let r3 = rows.r3.pixel(x), r4 = rows.r4.pixel(x), r5 = rows.r5.pixel(x)
        var c = 0
        while c < channels {
            let source = min(channel + c, lastVector)
            Six(
                r0.vector(source), r1.vector(source), r2.vector(source), r3.vector(source), r4.vector(source),
                r5.vector(source)
            ).inputTransformed.store(to: destination + c, stride: channels)
            c += 8
        }
    }

    @inline(__always)
    private func transformTile(firstSlot: Int, channels: Int, to planes: UnsafeMutablePointer<Float>, planeStride: Int) {
        let slotStride = 6 * channels
        let s0 = lineBuffer + firstSlot % 8 * slotStride, s1 = lineBuffer + (firstSlot + 1) % 8 * slotStride
        let s2 = lineBuffer + (firstSlot + 2) % 8 * slotStride, s3 = lineBuffer + (firstSlot + 3) % 8 * slotStride
        let s4 = lineBuffer + (firstSlot + 4) % 8 * slotStride, s5 = lineBuffer + (firstSlot + 5) % 8 * slotStride
        for row in 0..<6 {
            let destination = planes + 6 * row * planeStride
            var c = row * channels
            let end = c + channels
            var place = destination
            while c < end {
                Six(s0.vector(c), s1.vector(c), s2.vector(c), s3.vector(c), s4.vector(c), s5.vector(c))
                    .inputTransformed.store(to: place, stride: planeStride)
                c += 8
                place += 8
            }
        }
    }
}

/// The six rows of the input of a row of tiles.
private struct InputRows {
    struct Row {
        var pixels: UnsafePointer<Float>
        /// Elements from one pixel to the next; 0 where one pixel of zeros stands for all.
        var pixelStride: Int

        @inline(__always)
        func pixel(_ x: Int) -> UnsafePointer<Float> { pixels + x * pixelStride }
    }

    let r0: Row, r1: Row, r2: Row, r3: Row, r4: Row, r5: Row

    init(_ r0: Row, _ r1: Row, _ r2: Row, _ r3: Row, _ r4: Row, _ r5: Row) {
        self.r0 = r0
        self.r1 = r1
        self.r2 = r2
        self.r3 = r3
        self.r4 = r4
        self.r5 = r5
    }
}
