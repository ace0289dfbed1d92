import GraphKernelInterface

/// The frame of the direct convolution and the direct input gradient: a call's rows strip by strip, each from the image
/// where it lies or, at its sides and behind a prologue, from a line buffer in which every row is loaded once for a strip.
struct DirectStrips {
    let layout: DirectStripLayout
    let geometry: ConvolutionGeometry
    /// The packed filter.
    let filter: UnsafePointer<Float>
    /// The input rows that a row of the result needs, in order.
    let inputRows: UnsafePointer<UnsafePointer<Float>>
    /// One row of a strip: pixels of `paddedChannels`.
    let result: UnsafeMutablePointer<Float>
    private let call: KernelCall
    private let strip: InputStrip
    private let results: ConvolutionResults
    private let rowTable: UnsafeMutablePointer<UnsafePointer<Float>>
    private let tapTable: UnsafeMutablePointer<UnsafePointer<Float>>

    init(_ call: KernelCall, _ geometry: ConvolutionGeometry, _ layout: DirectStripLayout) {
        self.layout = layout
        self.geometry = geometry
        self.call = call
        filter = UnsafeRawPointer(call.inputs[1].row(0)).floats
        strip = InputStrip(call, geometry, scratch: call.scratch + layout.prologueOffset)
        results = ConvolutionResults(
            call, geometry, paddedChannels: layout.paddedChannels,
            epilogueScratch: call.scratch + layout.epilogueOffset,
            shuffleScratch: call.scratch + layout.shuffleOffset, shuffleByteCount: layout.shuffleByteCount)
        rowTable = (call.scratch + layout.rowTableOffset).assumingMemoryBound(to: UnsafePointer<Float>.self)
        tapTable = (call.scratch + layout.tapTableOffset).assumingMemoryBound(to: UnsafePointer<Float>.self)
        inputRows = UnsafePointer(rowTable)
        result = (call.scratch + layout.resultOffset).floats
    }

    /// Computes the call's rows, before any pixel shuffle, and stores them.
    ///
    /// - Parameters:
    ///   - rowsBefore: rows that are counted before the first of an image: all rows that `needed` gives are counted
    ///     from there, so that none is negative.
    ///   - input: which pixels of the input a strip reads, from its first pixel and its width.
    ///   - needed: which input rows row y of an image needs; neither end moves back as y grows.
    ///   - multiply: leaves row y of the strip in `result`, from `inputRows`.
    @inline(__always)
    func compute(
        rowsBefore: Int, input: (_ firstPixel: Int, _ count: Int) -> (firstPixel: Int, count: Int),
        needed: (_ y: Int) -> Range<Int>, multiply: (_ y: Int, _ firstPixel: Int, _ count: Int) -> Void
    ) {
        let rows = call.firstRow / geometry.shuffleBlock..<call.endRow / geometry.shuffleBlock
        var firstPixel = 0
        while firstPixel < geometry.outputWidth {
            let count = min(layout.stripWidth, geometry.outputWidth - firstPixel)
            let pixels = input(firstPixel, count)
            let isInPlace = strip.liesInPlace(firstPixel: pixels.firstPixel, count: pixels.count)
            // Stands for the rows above and below the image.
            if isInPlace { zero(lineBufferRow(0), count: pixels.count * geometry.inputChannels) }
            var loadedEnd = 0
            for row in rows {
                let (image, y) = row.quotientAndRemainder(dividingBy: geometry.outputHeight)
                let needed = needed(y)
                if isInPlace {
                    for k in 0..<needed.count {
                        rowTable[k] =
                            strip.place(image: image, y: needed.lowerBound + k - rowsBefore, firstPixel: pixels.firstPixel)
                            ?? UnsafePointer(lineBufferRow(0))
                    }
                    multiply(y, firstPixel, count)
                    results.store(result, row: row, firstPixel: firstPixel, count: count)
                    continue
                }
                // The line buffer begins anew with each image.
                if row == rows.lowerBound || y == 0 { loadedEnd = needed.lowerBound }
                loadedEnd = max(loadedEnd, needed.lowerBound)
                while loadedEnd < needed.upperBound {
                    strip.load(
                        image: image, y: loadedEnd - rowsBefore, firstPixel: pixels.firstPixel, count: pixels.count,
                        to: lineBufferRow(loadedEnd))
                    loadedEnd += 1
                }
                for k in 0..<needed.count { rowTable[k] = UnsafePointer(lineBufferRow(needed.lowerBound + k)) }
                multiply(y, firstPixel, count)
                results.store(result, row: row, firstPixel: firstPixel, count: count)
            }
            firstPixel += layout.stripWidth
        }
    }

    /// Where the taps of some rows and columns meet the first pixel's input, row by row.
    ///
    /// - Parameters:
    ///   - rowStep: input rows from one row of taps to the next.
    ///   - first: elements from the beginning of an input row to the first column of taps.
    ///   - columnStep: elements from one column of taps to the next.
    @inline(__always)
    func taps(
        rowCount: Int, rowStep: Int, columnCount: Int, first: Int, columnStep: Int
    ) -> UnsafePointer<UnsafePointer<Float>> {
        for row in 0..<rowCount {
            for column in 0..<columnCount {
                tapTable[row * columnCount + column] = rowTable[row * rowStep] + (first + column * columnStep)
            }
        }
        return UnsafePointer(tapTable)
    }

    /// Those of a convolution's whole filter.
    @inline(__always)
    var filterTaps: UnsafePointer<UnsafePointer<Float>> {
        taps(
            rowCount: geometry.filterHeight, rowStep: geometry.dilation, columnCount: geometry.filterWidth, first: 0,
            columnStep: geometry.dilation * geometry.inputChannels)
    }

    /// Row p, counted with those before the first, lies at p mod `lineBufferRowCount`.
    private func lineBufferRow(_ counted: Int) -> UnsafeMutablePointer<Float> {
        (call.scratch + (layout.lineBufferOffset + counted % layout.lineBufferRowCount * layout.lineBufferRowByteStride)).floats
    }
}
