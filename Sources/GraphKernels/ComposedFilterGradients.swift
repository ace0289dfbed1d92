import GraphKernelInterface

// conv2d_filter_gradients_composed: the gradients of two composed convolutions with respect to their filters and the
// first one's bias.
//
// Formula        compose_filters' in reverse. For pixel (a, b) of a shuffled block and tap k of the next filter, which
//                reads δ pixels beside that block's own: S[t] = Σ over the borders at which k reads inside the image of
//                sums[borders][δ + t], s likewise of the sums of
//                the output's gradient; then
//                d filter[t, i, m] += Σ S[t][i, (a, b, c)] · next[k][m, c], d bias[m] += Σ s[(a, b, c)] · next[k][m, c],
//                d next[k][m, c] += Σ S[t][i, (a, b, c)] · filter[t, i, m] + s[(a, b, c)] · bias[m].
// Operands       input 0: composed_gradient_sums; input 1: the first filter f32; input 2: the next filter f32; input 3:
//                the first one's bias f32, if it has one. Geometry: ComposedFilterGeometry; nextShuffleBlock is 1,
//                nextIsComposed false, nextInputChannels a multiple of 8.
// Layout         output 0: d next [kh, kw, between, out]; output 1: d filter [kh, kw, in, between]; output 2, if there
//                is a bias: d bias. The call's rows are all of the first.
// Memory         f32 of any alignment; outputs overlap no input. Scratch: `gradientScratchByteCount`.
// Tails          none.
// Accumulation   in f32 with multiplyAdd: sums over borders in their order; then in the order of δ, a, ky, b, kx, t, i, c.
// Source         the transpose of compose_filters, which is linear in each filter.
// Chosen         for two convolutions with a pixel shuffle between whose composition takes fewer operations.
// Measured       `graphrun bench --workload step --threads 1 --profile`, AVX2: EDSR x4's last two convolutions in
//                1.0 ms.

@Sendable
func differentiateComposedFilters(_ call: UnsafePointer<KernelCall>) {
    let call = call.pointee
    ComposedFilterGradients(call, call.geometry.assumingMemoryBound(to: ComposedFilterGeometry.self).pointee).compute()
}

private struct ComposedFilterGradients {
    private let call: KernelCall
    private let geometry: ComposedFilterGeometry
    private let tapCount: Int, nextTapCount: Int
    /// S `[tap][in][composed out]`, and s behind it.
    private let sums: UnsafeMutablePointer<Float>
    private let gradientSums: UnsafeMutablePointer<Float>
    /// The next filter `[tap][out][between]`, and its gradient.
    private let next: UnsafeMutablePointer<Float>
    private let nextGradient: UnsafeMutablePointer<Float>

    init(_ call: KernelCall, _ geometry: ComposedFilterGeometry) {
        self.call = call
        self.geometry = geometry
        tapCount = geometry.filterSize * geometry.filterSize
        nextTapCount = geometry.nextFilterSize * geometry.nextFilterSize
        sums = call.scratch.floats
        gradientSums = sums + tapCount * geometry.inputChannels * geometry.outputChannels
        next = gradientSums + geometry.outputChannels
        nextGradient = next + nextTapCount * geometry.channels * geometry.nextInputChannels
    }

    func compute() {
        let between = geometry.shuffleBlock * geometry.shuffleBlock * geometry.nextInputChannels
        for tap in 0..<tapCount { zero(call.outputs[1].row(tap).floats, count: geometry.inputChannels * between) }
        if geometry.hasBias { zero(call.outputs[2].row(0).floats, count: between) }
        zero(nextGradient, count: nextTapCount * geometry.channels * geometry.nextInputChannels)
        exchangeNextChannels(isBack: false)
        for shiftY in -geometry.nextReach...geometry.nextReach {
            for shiftX in -geometry.nextReach...geometry.nextReach {
                sumBorders(shiftY, shiftX)
                addTaps(shiftY, shiftX)
            }
        }
        exchangeNextChannels(isBack: true)
    }

    /// Between the filter's order `[tap][between][out]` and that of scratch, `[tap][out][between]`.
    private func exchangeNextChannels(isBack: Bool) {
        for tap in 0..<nextTapCount {
            let source = call.inputs[2].row(tap).floats, result = call.outputs[0].row(tap).floats
            for c in 0..<geometry.channels {
                let first = (tap * geometry.channels + c) * geometry.nextInputChannels
                for m in 0..<geometry.nextInputChannels {
                    if isBack {
                        result[m * geometry.channels + c] = nextGradient[first + m]
                    } else {
                        next[first + m] = source[m * geometry.channels + c]
                    }
                }
            }
        }
    }

    /// S and s for taps of the next filter that read `shift` pixels beside a block's own.
    private func sumBorders(_ shiftY: Int, _ shiftX: Int) {
        let size = geometry.composedFilterSize, count = geometry.inputChannels * geometry.outputChannels
        zero(sums, count: tapCount * count + geometry.outputChannels)
        let beside =
            (shiftY < 0 ? ImageBorders.top : shiftY > 0 ? ImageBorders.bottom : 0)
            + (shiftX < 0 ? ImageBorders.left : shiftX > 0 ? ImageBorders.right : 0)
        for borders in 0..<ImageBorders.setCount
        where borders & beside == 0
            && ImageBorders.region(borders, inHeight: geometry.height, width: geometry.width) != nil
        {
            for tap in 0..<tapCount {
                let row = geometry.nextReach + shiftY + tap / geometry.filterSize
                let column = geometry.nextReach + shiftX + tap % geometry.filterSize
                let source = call.inputs[0].row((borders * size + row) * size + column).floats
                add(source, to: sums + tap * count, count: count)
            }
            add(call.inputs[0].row(borders * size * size).floats + count, to: gradientSums, count: geometry.outputChannels)
        }
    }

    /// The gradients through all taps of the next filter that read `shift` pixels beside a block's own.
    private func addTaps(_ shiftY: Int, _ shiftX: Int) {
        for a in 0..<geometry.shuffleBlock {
            for ky in 0..<geometry.nextFilterSize {
                let row = geometry.nextPlace(ky, a)
                guard row.shift == shiftY else { continue }
                for b in 0..<geometry.shuffleBlock {
                    for kx in 0..<geometry.nextFilterSize {
                        let column = geometry.nextPlace(kx, b)
                        guard column.shift == shiftX else { continue }
                        addTap(
                            ky * geometry.nextFilterSize + kx,
                            between: (row.phase * geometry.shuffleBlock + column.phase) * geometry.nextInputChannels,
                            result: (a * geometry.shuffleBlock + b) * geometry.channels)
                    }
                }
            }
        }
    }

    /// - Parameters:
    ///   - between: the first channel between the convolutions that the tap reads.
    ///   - result: the first channel of the composed convolution that it makes.
    private func addTap(_ tap: Int, between: Int, result: Int) {
        let count = geometry.nextInputChannels
        let stride = geometry.shuffleBlock * geometry.shuffleBlock * count
        let first = tap * geometry.channels * count
        for t in 0..<tapCount {
            var filter = UnsafePointer(call.inputs[1].row(t).floats) + between
            var gradient = call.outputs[1].row(t).floats + between
            var sum = UnsafePointer(sums) + (t * geometry.inputChannels * geometry.outputChannels + result)
            for _ in 0..<geometry.inputChannels {
                addProducts(sum, filter: filter, gradient, first: first, count: count)
                filter += stride
                gradient += stride
                sum += geometry.outputChannels
            }
        }
        if geometry.hasBias {
            addProducts(
                UnsafePointer(gradientSums) + result, filter: UnsafePointer(call.inputs[3].row(0).floats) + between,
                call.outputs[2].row(0).floats + between, first: first, count: count)
        }
    }

    /// gradient[m] += Σ sums[c] · next[c][m]; d next[c][m] += sums[c] · filter[m]
    @inline(__always)
    private func addProducts(
        _ sums: UnsafePointer<Float>, filter: UnsafePointer<Float>, _ gradient: UnsafeMutablePointer<Float>, first: Int,
        count: Int
    ) {
        for m in stride(from: 0, to: count, by: 8) {
            let weights = filter.vector(m)
            var total = gradient.vector(m)
            var place = first + m
            for c in 0..<geometry.channels {
                let sum = Vector(repeating: sums[c])
                total = multiplyAdd(sum, next.vector(place), total)
                nextGradient.store(multiplyAdd(sum, weights, nextGradient.vector(place)), place)
                place += count
            }
            gradient.store(total, m)
        }
    }
}

private func add(_ source: UnsafePointer<Float>, to sums: UnsafeMutablePointer<Float>, count: Int) {
    for i in 0..<count { sums[i] += source[i] }
}
