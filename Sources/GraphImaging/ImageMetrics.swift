import Glibc

extension Picture {
    /// Peak signal-to-noise ratio in dB, for a peak of 255; infinite for equal pictures.
    ///
    /// - Parameter border: Pixels left out on each side. Papers leave out as many as the scale.
    /// - Throws: when the pictures differ in size, or nothing is left inside the border.
    public func psnr(
        against truth: Picture, on channels: MetricChannels, border: Int
    ) throws(ImageError) -> Double {
        try checkComparable(to: truth, border: border, smallestSide: 1)
        var squares = 0.0, count = 0
        for channel in channels.channels {
            let ours = Plane(channel, of: self, border: border)
            let theirs = Plane(channel, of: truth, border: border)
            squares += squaredError(ours, theirs)
            count += ours.samples.count
        }
        return peakSignalToNoiseRatio(meanSquaredError: squares / Double(count))
    }

    /// Mean structural similarity, 1 for equal pictures: that of Wang et al., 2004, with a Gaussian window.
    ///
    /// scikit-image computes the same by `structural_similarity` with `gaussian_weights=True`, `sigma=1.5`,
    /// `use_sample_covariance=False` and `data_range=255`: it leaves out the places where the window does not fit.
    ///
    /// - Parameter border: Pixels left out on each side. Papers leave out as many as the scale.
    /// - Throws: when the pictures differ in size, or fewer than 11×11 pixels are left inside the border.
    public func ssim(
        against truth: Picture, on channels: MetricChannels, border: Int
    ) throws(ImageError) -> Double {
        try checkComparable(to: truth, border: border, smallestSide: similarityWindow.count)
        let similarities = channels.channels.map { channel in
            structuralSimilarity(
                Plane(channel, of: self, border: border), Plane(channel, of: truth, border: border))
        }
        return similarities.reduce(0, +) / Double(similarities.count)
    }

    private func checkComparable(to truth: Picture, border: Int, smallestSide: Int) throws(ImageError) {
        precondition(border >= 0)
        guard width == truth.width, height == truth.height else {
            throw .incomparable(size, truth.size)
        }
        guard min(width, height) - 2 * border >= smallestSide else {
            throw .tooSmallToCompare(size, border: border, smallestSide: smallestSide)
        }
    }
}

func peakSignalToNoiseRatio(meanSquaredError: Double) -> Double {
    meanSquaredError == 0 ? .infinity : 10 * log10(255 * 255 / meanSquaredError)
}

func squaredError(_ a: Plane, _ b: Plane) -> Double {
    var sum = 0.0
    for i in a.samples.indices {
        let difference = a.samples[i] - b.samples[i]
        sum += difference * difference
    }
    return sum
}
