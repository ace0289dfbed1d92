/// What happens to a picture between its file and the enlarged one: how metadata of its size must change.
struct SizeChange {
    /// Of the enlarged picture, in pixels.
    let size: PictureSize
    /// Pixels of a side for each one before, along x and along y; positive and finite.
    let scale, verticalScale: Double
    /// Whether the picture was turned upright so that its sides swapped.
    let swapsSides: Bool

    /// The number that a property holds afterwards; nil for one that is scaled.
    func number(of property: SizeProperty) -> Int? {
        switch property.change {
        case .upright: Orientation.topLeft.rawValue
        case .width: size.width
        case .height: size.height
        case .scaled: nil
        }
    }

    /// What a property that is scaled holds afterwards; nil where it held nothing.
    ///
    /// - Parameter value: what each property held.
    func scaled(_ property: SizeProperty, value: (SizeProperty) -> UnsignedRational?) -> UnsignedRational? {
        guard case .scaled(let other) = property.change, let own = value(property) else { return nil }
        return (swapsSides ? value(other) ?? own : own).scaled(by: property.isVertical ? verticalScale : scale)
    }
}

/// A property of a picture that another size changes, as Exif and XMP hold it.
///
/// Those of the focal plane count pixels of the picture for each unit of the sensor, so that they change as well.
///
/// Source: Exif 2.32, sections 4.6.4 and 4.6.5; XMP specification, part 2, sections 3.2 and 3.3.
enum SizeProperty: CaseIterable {
    case orientation, imageWidth, imageLength, xResolution, yResolution
    case pixelXDimension, pixelYDimension, focalPlaneXResolution, focalPlaneYResolution

    /// The tag of its field.
    var tag: Int {
        switch self {
        case .orientation: 0x0112
        case .imageWidth: 0x0100
        case .imageLength: 0x0101
        case .xResolution: 0x011A
        case .yResolution: 0x011B
        case .pixelXDimension: 0xA002
        case .pixelYDimension: 0xA003
        case .focalPlaneXResolution: 0xA20E
        case .focalPlaneYResolution: 0xA20F
        }
    }

    /// Its name in XMP, without a prefix.
    var name: String {
        switch self {
        case .orientation: "Orientation"
        case .imageWidth: "ImageWidth"
        case .imageLength: "ImageLength"
        case .xResolution: "XResolution"
        case .yResolution: "YResolution"
        case .pixelXDimension: "PixelXDimension"
        case .pixelYDimension: "PixelYDimension"
        case .focalPlaneXResolution: "FocalPlaneXResolution"
        case .focalPlaneYResolution: "FocalPlaneYResolution"
        }
    }

    /// Whether it belongs to the directory, and the namespace, of Exif rather than of TIFF.
    var isOfExif: Bool {
        switch self {
        case .orientation, .imageWidth, .imageLength, .xResolution, .yResolution: false
        case .pixelXDimension, .pixelYDimension, .focalPlaneXResolution, .focalPlaneYResolution: true
        }
    }

    /// Whether it is of the y axis.
    var isVertical: Bool {
        switch self {
        case .imageLength, .yResolution, .pixelYDimension, .focalPlaneYResolution: true
        case .orientation, .imageWidth, .xResolution, .pixelXDimension, .focalPlaneXResolution: false
        }
    }

    /// What becomes of it.
    enum Change {
        case upright, width, height
        /// It is multiplied by the scale.
        ///
        /// - Parameter other: the property of the other axis, which takes its place where sides are swapped.
        case scaled(other: SizeProperty)
    }

    var change: Change {
        switch self {
        case .orientation: .upright
        case .imageWidth, .pixelXDimension: .width
        case .imageLength, .pixelYDimension: .height
        case .xResolution: .scaled(other: .yResolution)
        case .yResolution: .scaled(other: .xResolution)
        case .focalPlaneXResolution: .scaled(other: .focalPlaneYResolution)
        case .focalPlaneYResolution: .scaled(other: .focalPlaneXResolution)
        }
    }
}
