extension PictureMetadata {
    /// The metadata for a format that tells colours by ICC profiles alone and has no texts of PNG, as JPEG and WebP.
    ///
    /// A profile that does not fit the pixels is left out. Where there is none then, and tags tell other colours than
    /// sRGB's, a profile takes their place that makes the picture look the same: ``ColourTags/iccProfile(for:)``.
    ///
    /// - Parameter layout: of the picture's pixels.
    public func toldByProfile(for layout: PixelLayout) -> CarriedMetadata {
        var carried = withFittingProfile(for: layout)
        if carried.metadata.iccProfile == nil {
            let (profile, losses) = colour.iccProfile(for: layout)
            carried.metadata.iccProfile = profile
            carried.losses += losses
        }
        if colour.mastering != nil || colour.lightLevel != nil {
            carried.losses.append("the chunks mDCV and cLLI, of the display that the picture was made on, are left out")
        }
        if !texts.isEmpty {
            carried.losses.append(texts.count == 1 ? "a text is left out" : "\(texts.count) texts are left out")
        }
        carried.metadata.colour = ColourTags()
        carried.metadata.texts = []
        return carried
    }

    /// The metadata without a profile that is for other pixels than these.
    func withFittingProfile(for layout: PixelLayout) -> CarriedMetadata {
        var carried = CarriedMetadata(metadata: self)
        if let iccProfile, !ICCProfile.fits(iccProfile, layout) {
            carried.metadata.iccProfile = nil
            let fault =
                switch ICCProfile.colourSpace(of: iccProfile) {
                case let colours?: "is for \(colours.filter { $0 != " " }) and not for \(layout.isGrey ? "grey" : "RGB")"
                case nil: "is damaged"
                }
            carried.losses.append("the ICC profile \(fault), and is left out")
        }
        return carried
    }
}

extension PictureMetadata.ColourTags {
    /// A small ICC profile that tells what the tags do.
    ///
    /// - Parameter layout: of the picture's pixels: for grey the profile tells the curve alone.
    /// - Returns: no profile for sRGB, which a picture without one is taken to be, and none where the tags tell what a
    ///   profile of this kind cannot; what then is not told, each as a sentence without a point.
    public func iccProfile(for layout: PixelLayout) -> (profile: [UInt8]?, losses: [String]) {
        do throws(Untold) {
            let space = try colourSpace()
            // Grey samples have no primaries, so that their curve alone can differ from sRGB's.
            if space == .sRGB || layout.isGrey && space.curve == .sRGB { return (nil, []) }
            guard let profile = ICCProfile.profile(of: space, for: layout) else {
                throw Untold(problem: "the primaries are those of no display and left out")
            }
            return (profile, [])
        } catch { return (nil, [error.problem]) }
    }
}
