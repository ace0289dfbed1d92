import GraphImaging

/// How photographs become a data set.
public struct PreparationOptions: Hashable, Sendable {
    /// For which scales low-resolution pictures are made; each 2 or more, none twice.
    public var scales: [Int] = [2, 3, 4]
    /// Longer photographs are reduced to this before all else, which takes away what a camera blurred and JPEG left; nil for
    /// as they are.
    public var longestSide: Int?
    /// How many of the pictures are for validation.
    public var validation = ValidationAmount.share(0.1)
    /// Threads that work; each holds a photograph.
    public var threadCount = 1

    /// The default options.
    public init() {}

    /// A number of pictures.
    public enum ValidationAmount: Hashable, Sendable {
        /// Of all that are kept, at least one; from 0, for none, to below 1.
        case share(Double)
        case count(Int)

        func count(of kept: Int) -> Int {
            switch self {
            case .share(0): 0
            case .share(let share): max(1, Int((share * Double(kept)).rounded()))
            case .count(let count): count
            }
        }
    }

    /// Pictures with a shorter side are dropped: a crop of the default recipe does not fit.
    public static let smallestSide = Recipe().patchSide
    /// Pictures are flat that bicubic enlargement brings back to so many dB: there is nothing in them to learn. Rounding
    /// twice to whole samples leaves some 55 dB of any picture.
    static let flatPSNR = 50.0
    /// Pictures look alike when so many bits of their hashes differ, or fewer.
    static let nearDistance = 6

    /// What sides are cut to a multiple of, so that they divide by each scale.
    var sideUnit: Int {
        scales.reduce(1) { unit, scale in
            var multiple = unit
            while multiple % scale != 0 { multiple += unit }
            return multiple
        }
    }

    /// A photograph before it is cut.
    func reduced(_ photograph: Picture) -> Picture {
        longestSide.map(photograph.bicubicReduction(longestSide:)) ?? photograph
    }

    /// A photograph as it stands in the set; nil where it is too small.
    func cut(_ photograph: Picture) -> Picture? {
        let picture = reduced(photograph)
        return picture.cropped(toMultipleOf: sideUnit).flatMap { min($0.width, $0.height) < Self.smallestSide ? nil : $0 }
    }
}

extension PreparationOptions.ValidationAmount: LosslessStringConvertible {
    /// A whole number, or a share as `0.1`; nil for other texts.
    public init?(_ text: String) {
        if let count = Int(text), count >= 0 {
            self = .count(count)
        } else if let share = Double(text), 0..<1 ~= share {
            self = .share(share)
        } else {
            return nil
        }
    }

    public var description: String {
        switch self {
        case .share(let share): "\(share)"
        case .count(let count): "\(count)"
        }
    }
}
