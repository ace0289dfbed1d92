import GraphPack
import GraphImaging

/// What tells whether a photograph is good for a data set.
struct PhotographTraits: Sendable {
    /// Of the photograph before it is cut.
    var size: PictureSize
    /// The hash of its size and pixels.
    var digest: Digest
    var hash: PerceptualHash
    /// How near bicubic enlargement by the largest scale comes to the picture, in dB on RGB; nil for one that is too small.
    var bicubicPSNR: Double?

    init(_ picture: Picture, _ options: PreparationOptions) {
        size = options.reduced(picture).size
        digest = Digest(ofPixels: picture)
        hash = PerceptualHash(picture)
        guard let cut = options.cut(picture), let scale = options.scales.max() else { return }
        let enlarged = cut.bicubicReduction(scale: scale).bicubicEnlargement(scale: scale)
        bicubicPSNR = try? enlarged.psnr(against: cut, on: .rgb, border: 0)
    }
}
