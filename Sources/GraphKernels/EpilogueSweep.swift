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
        var channel = 0
        while channel + 16 <= channels {
            run(WideVector.self, channel, function)
            channel += 16
        }
        if channel + 8 <= channels {
            run(Vector.self, channel, function)
            channel += 8
        }
        while channel < channels {
            run(Float.self, channel, function)
            channel += 1
        }
    }

    @inline(__always)
    private func run<Lane: Lanes, Function: LaneFunction>(_: Lane.Type, _ channel: Int, _ function: Function) {
        // To add a negative zero changes no number.
        let bias = biases.map { Lane.load($0, channel) } ?? Lane(repeating: -0.0)
        let scale = Lane(repeating: scale)
        var sum = sums + channel
        var place = channel
        let end = channel + count * channels
        if let addend {
            while place < end {
                let y = function.apply(Lane.load(sum, 0).adding(bias), channel, place).multiplied(by: scale)
                y.adding(Lane.load(addend, place)).store(to: result, place)
                sum += pixelStride
                place += channels
            }
        } else {
            while place < end {
                function.apply(Lane.load(sum, 0).adding(bias), channel, place).multiplied(by: scale).store(to: result, place)
                sum += pixelStride
                place += channels
            }
        }
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
