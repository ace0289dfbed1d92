import GraphBasics
import GraphImaging
import SystemPackage

/// Why a photograph is no part of a data set.
public enum DropReason: Hashable, Sendable {
    /// The file is no picture, or damaged.
    case unreadable(ImageError)
    /// A side is too short once it is cut to a multiple of the scales.
    case tooSmall(PictureSize, smallestSide: Int)
    /// Another photograph has the same size and pixels.
    case samePixels(as: FilePath)
    /// Bicubic enlargement by the scale brings it back to so many dB.
    case flat(psnr: Double, scale: Int)
    /// Another photograph shows nearly the same.
    case looksLike(FilePath)
}

extension DropReason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let error): error.problem
        case .tooSmall(let size, let side): "too small: \(size) pixels, where a side must have \(side)"
        case .samePixels(let other): "the same pixels as \(other)"
        case .flat(let psnr, let scale):
            "flat: bicubic enlargement x\(scale) reaches \(decimal(psnr, digits: 1)) dB, and nothing is left to learn"
        case .looksLike(let other): "looks like \(other)"
        }
    }
}
