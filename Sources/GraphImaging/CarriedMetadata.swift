/// What is carried of a picture's metadata from one form to another, and what is not.
public struct CarriedMetadata: Hashable, Sendable {
    /// What is carried.
    public var metadata: PictureMetadata
    /// What is not, each as a sentence without a point.
    public var losses: [String]

    /// Each argument is the property of its name.
    public init(metadata: PictureMetadata, losses: [String] = []) {
        self.metadata = metadata
        self.losses = losses
    }
}

extension PictureMetadata {
    /// How the picture lies in its file: what Exif tells, and upright where that tells nothing. XMP is not asked, as viewers
    /// do not ask it.
    public var orientation: Orientation { exif.flatMap(ExifBlock.init)?.orientation ?? .topLeft }

    /// The metadata of the picture turned upright, as ``orientation`` tells, and enlarged.
    ///
    /// Sizes and resolutions become true, the orientation upright, in Exif (`ExifBlock/enlarged(to:scale:)`) and in XMP.
    /// Colours and texts stay as they are. An Exif block or an XMP packet that cannot be understood is left out, since what
    /// it tells of the orientation might be wrong then.
    ///
    /// - Parameters:
    ///   - size: of the enlarged picture, upright, in pixels.
    ///   - scale: pixels of a side for each one before.
    ///   - verticalScale: along y, where the picture's shape changes.
    /// - Precondition: the scales are positive and finite.
    public func enlarged(to size: PictureSize, scale: Double, verticalScale: Double? = nil) -> CarriedMetadata {
        let verticalScale = verticalScale ?? scale
        let change = SizeChange(size: size, scale: scale, verticalScale: verticalScale, swapsSides: orientation.swapsSides)
        var carried = CarriedMetadata(metadata: self)
        carried.metadata.resolution = resolution?.changed(by: change)
        if let exif {
            carried.metadata.exif = ExifBlock(exif)?.enlarged(to: size, scale: scale, verticalScale: verticalScale).bytes
            if carried.metadata.exif == nil { carried.losses.append("the Exif block is damaged and left out") }
        }
        if let xmp {
            do throws(XMPPacket.Fault) {
                carried.metadata.xmp = try XMPPacket(xmp).changed(by: change)
            } catch {
                carried.metadata.xmp = nil
                switch error {
                case .notUTF8: carried.losses.append("the XMP packet is not in UTF-8 and left out")
                case .damaged: carried.losses.append("the XMP packet is damaged and left out")
                }
            }
        }
        return carried
    }
}

extension PictureMetadata.Resolution {
    /// The same in another unit; nil where one of both tells the shape of a pixel alone.
    public func converted(to unit: Unit) -> PictureMetadata.Resolution? {
        if unit == self.unit { return self }
        guard let own = self.unit.metres, let other = unit.metres else { return nil }
        return PictureMetadata.Resolution(x: x * other / own, y: y * other / own, unit: unit)
    }

    /// More pixels for each unit of length. What tells the shape of a pixel alone changes with it.
    fileprivate func changed(by change: SizeChange) -> PictureMetadata.Resolution {
        let (along, down) = change.swapsSides ? (y, x) : (x, y)
        let unitScale = unit == .none ? change.scale : 1
        return PictureMetadata.Resolution(
            x: along * change.scale / unitScale, y: down * change.verticalScale / unitScale, unit: unit)
    }
}

extension PictureMetadata.Resolution.Unit {
    fileprivate var metres: Double? {
        switch self {
        case .inch: 0.0254
        case .centimetre: 0.01
        case .metre: 1
        case .none: nil
        }
    }
}
