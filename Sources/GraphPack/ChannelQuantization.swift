/// Whole numbers of 8 bits with one scale for each output channel, the last dimension of a tensor.
///
/// A channel's scale is its largest magnitude divided by 127, rounded up to 17 significant bits: its products
/// with whole numbers up to 127 are then exact, so that quantising what was quantised changes nothing.
struct ChannelQuantization {
    let channelCount: Int
    /// The channel of the chunk's first value.
    private let firstChannel: Int

    /// - Parameter firstElement: the place of the chunk's first value in its tensor.
    init(channelCount: Int, firstElement: Int) {
        self.channelCount = channelCount
        firstChannel = firstElement % channelCount
    }

    func round(_ values: UnsafeMutableBufferPointer<Float>) {
        let scales = scales(of: UnsafeBufferPointer(values))
        forEachRun(count: values.count) { range, channel in
            for i in range {
                let scale = scales[channel &+ i &- range.lowerBound]
                values[i] = Self.quotient(values[i], scale) * scale
            }
        }
    }

    /// The nearest whole numbers, as bytes in two's complement.
    func quantize(_ values: UnsafeBufferPointer<Float>, scales: [Float], into bytes: UnsafeMutablePointer<UInt8>) {
        scales.withUnsafeBufferPointer { scales in
            forEachRun(count: values.count) { range, channel in
                for i in range {
                    let quotient = Self.quotient(values[i], scales[channel &+ i &- range.lowerBound])
                    bytes[i] = UInt8(truncatingIfNeeded: Int32(quotient))
                }
            }
        }
    }

    func dequantize(
        _ bytes: UnsafePointer<UInt8>, scales: UnsafePointer<Float>, into values: UnsafeMutableBufferPointer<Float>
    ) {
        forEachRun(count: values.count) { range, channel in
            for i in range {
                values[i] = Float(Int8(bitPattern: bytes[i])) * scales[channel &+ i &- range.lowerBound]
            }
        }
    }

    func scales(of values: UnsafeBufferPointer<Float>) -> [Float] {
        var scales = [Float](repeating: 0, count: channelCount)
        scales.withUnsafeMutableBufferPointer { scales in
            forEachRun(count: values.count) { range, channel in
                for i in range {
                    let place = channel &+ i &- range.lowerBound
                    let magnitude = abs(values[i])
                    scales[place] = magnitude > scales[place] ? magnitude : scales[place]
                }
            }
        }
        for channel in scales.indices {
            let exact = scales[channel] / 127
            scales[channel] = Float(bitPattern: (exact.bitPattern &+ 0x7F) & ~0x7F)
        }
        return scales
    }

    /// The nearest whole number to value / scale, ties to even: adding 1.5 · 2^23 leaves no room for a fraction.
    @inline(__always)
    private static func quotient(_ value: Float, _ scale: Float) -> Float {
        (value / (scale == 0 ? 1 : scale) + 0x1.8p23) - 0x1.8p23
    }

    /// Calls with each range of values that are of consecutive channels, and the first one's channel.
    @inline(__always)
    private func forEachRun(count: Int, _ body: (Range<Int>, Int) -> Void) {
        var start = 0
        var channel = firstChannel
        while start < count {
            let end = min(start &+ channelCount &- channel, count)
            body(start..<end, channel)
            start = end
            channel = 0
        }
    }
}
