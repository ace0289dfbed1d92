/// Takes sums of some pixels to where they are stored: what ``RegisterEpilogue`` does, channels by channels.
struct EpilogueSweep {
    /// Pixels `pixelStride` elements apart.
    let sums: UnsafePointer<Float>
    let pixelStride: Int
    /// Pixels `channels` elements apart.
    let result: UnsafeMutablePointer<Float>
    let count: Int
    let channels: Int
    /// nil without a bias.
    let biases: UnsafePointer<Float>?
    let scale: Float
    /// As the result lies; nil without.
    let addend: UnsafePointer<Float>?

    @inline(__always)
    func run<Function: LaneFunction>(_ function: Function) {
        // Whole blocks pixel after pixel, as they lie: those of many pixels may share few sets of the cache.
        let end = channels / 16 * 16
        var (sum, place) = (sums, 0)
        for _ in 0..<(end == 0 ? 0 : count) {
            var channel = 0
            while channel < end {
                store(WideVector.self, sum, channel, place, function)
                channel += 16
            }
            sum += pixelStride
            place += channels
        }
        // What is left of each pixel is little: channel after channel, so that what they share stays in registers.
        var channel = end
        if channel + 8 <= channels {
            storeAll(Vector.self, channel, function)
            channel += 8
        }
        while channel < channels {
            storeAll(Float.self, channel, function)
            channel += 1
        }
    }

    @inline(__always)
    private func storeAll<Lane: Lanes, Function: LaneFunction>(_: Lane.Type, _ channel: Int, _ function: Function) {
        var (sum, place) = (sums, 0)
        for _ in 0..<count {
            store(Lane.self, sum, channel, place, function)
            sum += pixelStride
            place += channels
        }
    }

    /// - Parameter place: elements from the first pixel's first channel to this one's.
    @inline(__always)
    private func store<Lane: Lanes, Function: LaneFunction>(
        _: Lane.Type, _ sum: UnsafePointer<Float>, _ channel: Int, _ place: Int, _ function: Function
    ) {
        // To add a negative zero changes no number.
        let bias = biases.map { Lane.load($0, channel) } ?? Lane(repeating: -0.0)
        var y = function.apply(Lane.load(sum, channel).adding(bias), channel, place + channel)
        y = y.multiplied(by: Lane(repeating: scale))
        if let addend { y = y.adding(Lane.load(addend, place + channel)) }
        y.store(to: result, place + channel)
    }
}

/// What stands between the bias and the scale.
protocol LaneFunction {
    /// - Parameters:
    ///   - channel: the first of the lanes.
    ///   - place: elements from the first pixel's first channel.
    func apply<Lane: Lanes>(_ y: Lane, _ channel: Int, _ place: Int) -> Lane
}

/// Relu, and where the floor is −∞, nothing.
struct RaisedLanes: LaneFunction {
    let floor: Float

    @inline(__always)
    func apply<Lane: Lanes>(_ y: Lane, _ channel: Int, _ place: Int) -> Lane { y.raised(to: Lane(repeating: floor)) }
}

/// Clip.
struct BoundedLanes: LaneFunction {
    let floor: Float, ceiling: Float

    @inline(__always)
    func apply<Lane: Lanes>(_ y: Lane, _ channel: Int, _ place: Int) -> Lane {
        y.raised(to: Lane(repeating: floor)).lowered(to: Lane(repeating: ceiling))
    }
}

/// Prelu, by a slope for each channel or one for all.
struct SlopedLanes: LaneFunction {
    let slopes: UnsafePointer<Float>?
    let slope: Float

    @inline(__always)
    func apply<Lane: Lanes>(_ y: Lane, _ channel: Int, _ place: Int) -> Lane {
        let slope = slopes.map { Lane.load($0, channel) } ?? Lane(repeating: slope)
        return y.replaced(by: slope.multiplied(by: y), unlessPositive: y)
    }
}

/// A gradient's gate.
struct GatedLanes: LaneFunction {
    let mask: UnsafePointer<Float>
    let slope: Float

    @inline(__always)
    func apply<Lane: Lanes>(_ y: Lane, _ channel: Int, _ place: Int) -> Lane {
        y.replaced(by: Lane(repeating: slope).multiplied(by: y), unlessPositive: Lane.load(mask, place))
    }
}
