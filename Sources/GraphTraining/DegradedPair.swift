import GraphImaging
import GraphRuntime

extension Degradation {
    /// What numbers are drawn for. Each use has its own, whatever the others draw. The raw value is a stream of the seed.
    enum Use: UInt64 {
        case training = 2
        case validation = 3
        case judging = 4
    }

    /// A pair whose low-resolution picture is degraded: a function of the pair, the seed, the use and the index alone.
    ///
    /// A blur, and a reduction other than by the benchmarks' bicubic, see no more of the true picture than the pair shows.
    ///
    /// - Parameter index: of the crop or picture.
    /// - Throws: when there is no memory left.
    func applied(
        to pair: PicturePair, scale: Int, seed: UInt64, _ use: Use, index: Int
    ) throws(TrainingError) -> PicturePair {
        guard !isEmpty else { return pair }
        var random = SplitMix64(seed: seed, stream: use.rawValue, index: index)
        if cleanShare > 0, random.nextUnit() < cleanShare { return pair }
        var pair = pair
        if reducesAnew {
            let blurred = blur.map { pair.truth.blurred(deviation: random.nextNumber(in: $0)) } ?? pair.truth
            let isBox = reduction == .box || reduction == .any && random.nextUnit() < 0.5
            pair.reduced = isBox ? blurred.boxReduction(scale: scale) : blurred.bicubicReduction(scale: scale)
        }
        if shotNoise != nil || noise != nil {
            let gain = shotNoise.map { random.nextNumber(in: $0) } ?? 0
            let deviation = noise.map { random.nextNumber(in: $0) } ?? 0
            pair.noiseDeviation = Float(deviation)
            var pixels = pair.reduced.pixels
            for place in pixels.indices {
                let light = Double(pixels[place])
                let noisy = light + (gain * light + deviation * deviation).squareRoot() * random.nextNormal()
                pixels[place] = UInt8(min(max(noisy.rounded(), 0), 255))
            }
            pair.reduced.pixels = pixels
        }
        if let jpegQuality {
            let quality = Int(random.nextNumber(in: jpegQuality).rounded())
            let colours: JPEGWriter.Colours = random.nextUnit() < 0.5 ? .full : .halved
            let offset = (x: random.nextIndex(below: 8), y: random.nextIndex(below: 8))
            pair.reduced = try asTrainingError {
                try pair.reduced.recompressed(quality: quality, colours: colours, blockOffset: offset)
            }
        }
        return pair
    }
}

extension SplitMix64 {
    fileprivate mutating func nextNumber(in range: ClosedRange<Double>) -> Double {
        range.lowerBound + nextUnit() * (range.upperBound - range.lowerBound)
    }
}
