import GraphKernelInterface

/// Takes rows of a convolution's own result through the epilogue to where they are stored, shuffled or as they are.
struct ConvolutionResults {
    private let call: KernelCall
    private let geometry: ConvolutionGeometry
    private let epilogue: PointwiseRun
    /// nil where the epilogue does something else, or a pixel shuffle follows.
    private let registerEpilogue: RegisterEpilogue?
    private let paddedChannels: Int
    /// Results that wait for a pixel shuffle, `shuffleByteCount` bytes each.
    private let shuffleScratch: UnsafeMutableRawPointer
    private let shuffleByteCount: Int

    /// - Parameters:
    ///   - paddedChannels: elements from one pixel of a result to the next.
    ///   - epilogueScratch: 64-byte aligned, `epilogue.scratchByteCount(channels:)` bytes.
    init(
        _ call: KernelCall, _ geometry: ConvolutionGeometry, paddedChannels: Int,
        epilogueScratch: UnsafeMutableRawPointer, shuffleScratch: UnsafeMutableRawPointer, shuffleByteCount: Int
    ) {
        self.call = call
        self.geometry = geometry
        self.paddedChannels = paddedChannels
        self.shuffleScratch = shuffleScratch
        self.shuffleByteCount = shuffleByteCount
        registerEpilogue =
            geometry.shuffleBlock == 1 && call.epilogue.resultCount == 1
            ? RegisterEpilogue(call.epilogue, inputs: call.inputs, channels: geometry.outputChannels) : nil
        epilogue = PointwiseRun(
            call.epilogue, inputs: call.inputs, inputBase: call.epilogue.firstInput - 1,
            channels: geometry.outputChannels, scratch: epilogueScratch)
    }

    /// Stores `count` pixels of one row, which `result` holds and loses.
    func store(_ result: UnsafeMutablePointer<Float>, row: Int, firstPixel: Int, count: Int) {
        let channels = geometry.outputChannels
        if let registerEpilogue {
            return registerEpilogue.finish(
                result, pixelStride: paddedChannels, to: call.outputs[0].row(row).floats + firstPixel * channels, row: row,
                firstPixel: firstPixel, count: count, channels: channels)
        }
        if paddedChannels != channels {
            for pixel in 1..<max(1, count) {
                for c in 0..<channels { result[pixel * channels + c] = result[pixel * paddedChannels + c] }
            }
        }
        let resultCount = max(1, call.epilogue.resultCount)
        for j in 0..<call.epilogue.resultCount {
            epilogue.destinations[j] =
                geometry.shuffleBlock > 1
                ? unshuffled(j, result) : call.outputs[j].row(row) + firstPixel * channels * elementByteCount(j)
        }
        if call.epilogue.resultCount > 0 {
            epilogue.run(
                row: row, first: firstPixel * channels, count: count * channels,
                operand0: UnsafeRawPointer(result))
        } else if geometry.shuffleBlock == 1 {
            copy(
                UnsafePointer(result), to: call.outputs[0].row(row).floats + firstPixel * channels,
                count: count * channels)
        }
        guard geometry.shuffleBlock > 1 else { return }
        for j in 0..<resultCount { shuffle(j, unshuffled(j, result), row: row, firstPixel: firstPixel, count: count) }
    }

    /// Where result j waits for the shuffle.
    private func unshuffled(_ j: Int, _ result: UnsafeMutablePointer<Float>) -> UnsafeMutableRawPointer {
        call.epilogue.resultCount == 0
            ? UnsafeMutableRawPointer(result) : shuffleScratch + j * shuffleByteCount
    }

    private func elementByteCount(_ j: Int) -> Int {
        call.epilogue.resultCount > 0 && call.epilogue.results[j].element == .u8 ? 1 : 4
    }

    private func shuffle(_ j: Int, _ unshuffled: UnsafeMutableRawPointer, row: Int, firstPixel: Int, count: Int) {
        let block = geometry.shuffleBlock
        let pixelByteCount = geometry.outputChannels * elementByteCount(j)
        // The b pixels that one pixel becomes in one row lie together on both sides.
        let groupByteCount = pixelByteCount / block
        for i in 0..<block {
            var source = unshuffled + i * groupByteCount
            var destination = call.outputs[j].row(row * block + i) + firstPixel * groupByteCount
            for _ in 0..<count {
                destination.copyMemory(from: source, byteCount: groupByteCount)
                source += pixelByteCount
                destination += groupByteCount
            }
        }
    }
}
