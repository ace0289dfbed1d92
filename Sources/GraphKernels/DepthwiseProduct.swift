import GraphKernelInterface

/// The products of a strip's taps with a packed filter, each channel by itself.
struct DepthwiseProduct {
    /// Where each tap meets the first pixel's channels.
    let taps: UnsafePointer<UnsafePointer<Float>>
    let tapCount: Int
    /// Whether taps come in threes, each of which meets the pixel behind that of the one before.
    var slides = false
    let paddedChannels: Int
    /// Elements between the inputs of neighbouring pixels, and between their results.
    let pixelStride: Int, resultStride: Int

    /// result[pixel, channel] = Σ input · filter over the taps, for `count` pixels; 0 where there are none.
    ///
    /// All channels of eight pixels come before the next pixels: what they read is a few runs of memory. A vector of channels
    /// of many pixels would lie in few sets of the cache where the number of channels is a power of two.
    ///
    /// - Parameter filter: `[block][tap][16]`, the last block perhaps 8 wide.
    func multiply(_ filter: UnsafePointer<Float>, count: Int, to result: UnsafeMutablePointer<Float>) {
        for pixel in stride(from: 0, to: count, by: 8) {
            let offset = pixel * pixelStride, place = result + pixel * resultStride
            var filter = filter
            for channel in stride(from: 0, to: paddedChannels, by: 16) {
                if paddedChannels - channel == 8 {
                    multiply(Vector.self, filter, tapLength: 8, offset + channel, count - pixel, to: place + channel)
                } else {
                    #if AVX512
                        multiply(WideVector.self, filter, tapLength: 16, offset + channel, count - pixel, to: place + channel)
                    #else
                        multiply(Vector.self, filter, tapLength: 16, offset + channel, count - pixel, to: place + channel)
                        multiply(
                            Vector.self, filter + 8, tapLength: 16, offset + channel + 8, count - pixel, to: place + channel + 8)
                    #endif
                }
                filter += 16 * tapCount
            }
        }
    }

    /// One vector of channels of up to eight pixels, from `offset` on.
    @inline(__always)
    private func multiply<Channels: Lanes>(
        _: Channels.Type, _ filter: UnsafePointer<Float>, tapLength: Int, _ offset: Int, _ count: Int,
        to result: UnsafeMutablePointer<Float>
    ) {
        if count <= 4 {
            multiplyFour(Channels.self, filter, tapLength, offset, to: result)
        } else if slides {
            slideEight(Channels.self, filter, tapLength, offset, to: result)
        } else {
            multiplyFour(Channels.self, filter, tapLength, offset, to: result)
            multiplyFour(Channels.self, filter, tapLength, offset + 4 * pixelStride, to: result + 4 * resultStride)
        }
    }

    @inline(__always)
    private func multiplyFour<Channels: Lanes>(
        _: Channels.Type, _ filter: UnsafePointer<Float>, _ tapLength: Int, _ offset: Int,
        to result: UnsafeMutablePointer<Float>
    ) {
        var s0 = Channels(repeating: 0), s1 = s0, s2 = s0, s3 = s0
        for tap in 0..<tapCount {
            let x = taps[tap] + offset
            let w = Channels.load(filter, tap * tapLength)
            s0 = Channels.load(x, 0).times(w, plus: s0)
            s1 = Channels.load(x, pixelStride).times(w, plus: s1)
            s2 = Channels.load(x, 2 * pixelStride).times(w, plus: s2)
            s3 = Channels.load(x, 3 * pixelStride).times(w, plus: s3)
        }
        s0.store(to: result, 0)
        s1.store(to: result, resultStride)
        s2.store(to: result, 2 * resultStride)
        s3.store(to: result, 3 * resultStride)
    }

    /// Eight pixels, whose inputs in a row of three taps are ten: each is loaded once. The terms of a result come in the
    /// same order as by `multiplyFour`.
    @inline(__always)
    private func slideEight<Channels: Lanes>(
        _: Channels.Type, _ filter: UnsafePointer<Float>, _ tapLength: Int, _ offset: Int,
        to result: UnsafeMutablePointer<Float>
    ) {
        var s0 = Channels(repeating: 0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0
        for tap in stride(from: 0, to: tapCount, by: 3) {
            let x = taps[tap] + offset
            let w0 = Channels.load(filter, tap * tapLength), w1 = Channels.load(filter, (tap + 1) * tapLength)
            let w2 = Channels.load(filter, (tap + 2) * tapLength)
            let x0 = Channels.load(x, 0), x1 = Channels.load(x, pixelStride), x2 = Channels.load(x, 2 * pixelStride)
            s0 = x2.times(w2, plus: x1.times(w1, plus: x0.times(w0, plus: s0)))
            let x3 = Channels.load(x, 3 * pixelStride)
            s1 = x3.times(w2, plus: x2.times(w1, plus: x1.times(w0, plus: s1)))
            let x4 = Channels.load(x, 4 * pixelStride)
            s2 = x4.times(w2, plus: x3.times(w1, plus: x2.times(w0, plus: s2)))
            let x5 = Channels.load(x, 5 * pixelStride)
            s3 = x5.times(w2, plus: x4.times(w1, plus: x3.times(w0, plus: s3)))
            let x6 = Channels.load(x, 6 * pixelStride)
            s4 = x6.times(w2, plus: x5.times(w1, plus: x4.times(w0, plus: s4)))
            let x7 = Channels.load(x, 7 * pixelStride)
            s5 = x7.times(w2, plus: x6.times(w1, plus: x5.times(w0, plus: s5)))
            let x8 = Channels.load(x, 8 * pixelStride)
            s6 = x8.times(w2, plus: x7.times(w1, plus: x6.times(w0, plus: s6)))
            let x9 = Channels.load(x, 9 * pixelStride)
            s7 = x9.times(w2, plus: x8.times(w1, plus: x7.times(w0, plus: s7)))
        }
        s0.store(to: result, 0)
        s1.store(to: result, resultStride)
        s2.store(to: result, 2 * resultStride)
        s3.store(to: result, 3 * resultStride)
        s4.store(to: result, 4 * resultStride)
        s5.store(to: result, 5 * resultStride)
        s6.store(to: result, 6 * resultStride)
        s7.store(to: result, 7 * resultStride)
    }
}
