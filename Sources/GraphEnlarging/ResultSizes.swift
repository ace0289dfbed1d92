import GraphImaging

/// What one picture becomes on its way through the network and what follows.
struct ResultSizes: Hashable {
    let form: ResultForm
    let picture: PictureSize
    /// What the network makes of it.
    let enlarged: PictureSize
    /// What becomes of that.
    let result: PictureSize

    /// What the caller holds beside it, in bytes.
    private let callersByteCount: Int

    /// - Throws: where the result, or what the mean of eight holds in memory, is too large.
    init(
        of picture: PictureSize, _ form: ResultForm, networkScale: Int, callersByteCount: Int = 0
    ) throws(EnlargingError) {
        self.callersByteCount = callersByteCount
        self.form = form
        self.picture = picture
        enlarged = PictureSize(width: networkScale * picture.width, height: networkScale * picture.height)
        result = try form.size.size(of: picture, networkScale: networkScale)
        if form.isEnsemble, enlarged.width * enlarged.height > PNGReader.mostPixelsInMemory {
            throw .tooLargeForEnsemble(enlarged)
        }
    }

    /// What is written.
    var written: PictureSize {
        guard form.isComparison else { return result }
        return PictureSize(width: 2 * result.width + ComparisonRowSink.lineWidth, height: result.height)
    }

    /// Whether what the network makes is resampled.
    var isResampled: Bool { enlarged != result }

    /// Whether rows go from the network to the file as they are.
    var isPlain: Bool { !isResampled && !form.isEnsemble && !form.isComparison }

    /// What is held of the picture beside the network's own plan.
    var byteCount: Int {
        let pixelByteCount = 3 * MemoryLayout<Float>.stride
        var count = callersByteCount
        if form.isEnsemble {
            count += pixelByteCount * (picture.width * picture.height + enlarged.width * enlarged.height)
        }
        if isResampled { count += BicubicRows.byteCount(from: enlarged, to: result, channelCount: 3) }
        if form.isComparison {
            count += BicubicRows.byteCount(from: picture, to: result, channelCount: 3) + pixelByteCount * written.width
        }
        return count
    }

    /// What the result is not, though it may be thought to be, each as a sentence without a point.
    var reservations: [String] {
        var sentences: [String] = []
        if result.width > enlarged.width || result.height > enlarged.height {
            sentences.append("the network makes \(enlarged) pixels, and bicubic interpolation \(result) of them")
        }
        if !form.size.keepsShape(of: picture) { sentences.append("the shape changes: \(picture) pixels become \(result)") }
        return sentences
    }
}
