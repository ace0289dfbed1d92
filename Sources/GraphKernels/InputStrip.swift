import GraphKernelInterface

/// Reads part of an image's rows, as a convolution's prologue makes them, with zeros around the image.
struct InputStrip {
    private let call: KernelCall
    private let geometry: ConvolutionGeometry
    private let prologue: PointwiseRun
    private let hasPrologue: Bool
    private let elementByteCount: Int
    private let height: Int, width: Int, channels: Int

    /// - Parameter scratch: 64-byte aligned, `prologue.scratchByteCount(channels:)` bytes.
    init(_ call: KernelCall, _ geometry: ConvolutionGeometry, scratch: UnsafeMutableRawPointer) {
        self.call = call
        self.geometry = geometry
        hasPrologue = call.prologue.resultCount > 0
        elementByteCount = hasPrologue && call.prologue.operands[0].element == .u8 ? 1 : 4
        prologue = PointwiseRun(
            call.prologue, inputs: call.inputs, inputBase: call.prologue.firstInput - 1,
            channels: geometry.inputChannels, scratch: scratch)
        height = geometry.inputHeight
        width = geometry.inputWidth
        channels = geometry.inputChannels
    }

    /// Whether pixels `firstPixel..<firstPixel + count` of each row of the image can be read where they lie.
    func liesInPlace(firstPixel: Int, count: Int) -> Bool {
        !hasPrologue && !geometry.pieces.areThere && firstPixel >= 0 && firstPixel + count <= width
    }

    /// Pixel `firstPixel` of row y of an image; nil where the row lies outside.
    func place(image: Int, y: Int, firstPixel: Int) -> UnsafePointer<Float>? {
        guard y >= 0, y < height else { return nil }
        return UnsafeRawPointer(call.inputs[0].row(image * height + y)).floats + firstPixel * channels
    }

    /// Stores pixels `firstPixel..<firstPixel + count` of row y of an image: zeros where they lie outside.
    func load(image: Int, y: Int, firstPixel: Int, count: Int, to destination: UnsafeMutablePointer<Float>) {
        guard y >= 0, y < height else { return zero(destination, count: count * channels) }
        let begin = min(max(firstPixel, 0), width)
        let end = max(begin, min(firstPixel + count, width))
        let inside = (end - begin) * channels
        let before = min(max(0, begin - firstPixel), count) * channels
        zero(destination, count: before)
        zero(destination + before + inside, count: count * channels - before - inside)
        guard inside > 0 else { return }
        let row = image * height + y
        let first = begin * channels
        if geometry.pieces.areThere { return gather(row, begin..<end, to: destination + before) }
        let source = UnsafeRawPointer(call.inputs[0].row(row)) + first * elementByteCount
        if hasPrologue {
            prologue.destinations[0] = UnsafeMutableRawPointer(destination + before)
            prologue.run(row: row, first: first, count: inside, operand0: source)
        } else {
            copy(source.floats, to: destination + before, count: inside)
        }
    }

    /// Brings the pieces of some pixels together.
    private func gather(_ row: Int, _ pixels: Range<Int>, to destination: UnsafeMutablePointer<Float>) {
        var place = destination
        for index in 0..<geometry.sourceCount {
            let source = geometry.source(index, of: call)
            copyRuns(
                source.row(row) + pixels.lowerBound * source.pixelStride, stride: source.pixelStride, to: place,
                stride: channels, length: source.channels, count: pixels.count)
            place += source.channels
        }
    }
}
