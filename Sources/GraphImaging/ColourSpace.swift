import GraphBasics

/// A colour space that the chunks of a PNG tell and a small ICC profile can hold.
struct ColourSpace: Hashable, Sendable {
    var chromaticities: Chromaticities
    var curve: TransferCurve

    /// What pictures are taken to be that tell nothing.
    static let sRGB = ColourSpace(chromaticities: .bt709, curve: .sRGB)
}

/// How samples of 0 to 1 become light.
enum TransferCurve: Hashable, Sendable {
    /// A power with this exponent; 1 is linear.
    case gamma(Double)
    /// IEC 61966-2-1.
    case sRGB
    /// What undoes the curve of a camera in BT.709, BT.601 and BT.2020: H.273, table 3.
    case camera

    /// In a few words.
    var name: String {
        switch self {
        case .gamma(1): "linear"
        case .gamma(let exponent): "gamma \(decimal(exponent, digits: 4))"
        case .sRGB: "the curve of sRGB"
        case .camera: "the curve of BT.709"
        }
    }
}

extension PictureMetadata.ColourTags {
    /// Why tags cannot be told by a colour space.
    struct Untold: Error {
        var problem: String
    }

    /// What the tags tell, by their precedence: `cICP`, `sRGB`, `gAMA` with `cHRM`. Nothing told is sRGB.
    ///
    /// Source: Portable Network Graphics, W3C Recommendation, 3rd edition, sections 4.3 and 11.3.2; ITU-T H.273, section 8.
    func colourSpace() throws(Untold) -> ColourSpace {
        if let codePoints, let space = try Self.space(codePoints: codePoints) { return space }
        if sRGB != nil { return .sRGB }
        guard let gamma else {
            guard chromaticities == nil || chromaticities.map(Chromaticities.init)??.isAlmost(.bt709) == true else {
                throw Untold(problem: "the chunk cHRM without gAMA does not tell the colours and is left out")
            }
            return .sRGB
        }
        let stated = gamma.count == 4 ? ByteOrder.big.number(in: gamma, at: 0, byteCount: 4) : 0
        guard (1_000...10_000_000).contains(stated) else {
            throw Untold(problem: "the chunk gAMA holds no sensible number and is left out")
        }
        var places = Chromaticities.bt709
        if let chromaticities {
            guard let own = Chromaticities(chromaticities), own.matrix != nil, own.adaptation != nil else {
                throw Untold(problem: "the chunk cHRM holds no sensible colours, and is left out with gAMA")
            }
            places = own
        }
        // 45455 stands for sRGB itself where it is written beside the primaries of sRGB: section 11.3.2.5.
        if abs(stated - 45_455) <= 5, places.isAlmost(.bt709) { return .sRGB }
        return ColourSpace(chromaticities: places, curve: .gamma(100_000 / Double(stated)))
    }

    /// Of the four bytes of `cICP`: primaries, transfer, matrix, and whether samples use their full range. nil where the
    /// first two are unspecified, so that other tags count.
    private static func space(codePoints: [UInt8]) throws(Untold) -> ColourSpace? {
        guard codePoints.count == 4 else { throw Untold(problem: "the chunk cICP has a wrong length and is left out") }
        let (primaries, transfer) = (codePoints[0], codePoints[1])
        if primaries == 2, transfer == 2 { return nil }
        guard codePoints[2] == 0, codePoints[3] == 1 else {
            throw Untold(problem: "the chunk cICP tells of samples that are not RGB of full range, and is left out")
        }
        guard let chromaticities = Chromaticities(codePoint: primaries), let curve = TransferCurve(codePoint: transfer) else {
            let curve =
                switch transfer {
                case 16: "the curve PQ"
                case 18: "the curve HLG"
                default: "primaries \(primaries) with curve \(transfer)"
                }
            throw Untold(problem: "a profile cannot tell \(curve) of the chunk cICP, which is left out: colours look different")
        }
        return ColourSpace(chromaticities: chromaticities, curve: curve)
    }
}

extension Chromaticities {
    /// What `cHRM` holds: eight numbers of 4 bytes, 100,000 times the coordinates.
    fileprivate init?(_ chunk: [UInt8]) {
        guard chunk.count == 32 else { return nil }
        let numbers = (0..<8).map { Double(ByteOrder.big.number(in: chunk, at: 4 * $0, byteCount: 4)) / 100_000 }
        self.init(
            red: [numbers[2], numbers[3]], green: [numbers[4], numbers[5]], blue: [numbers[6], numbers[7]],
            white: [numbers[0], numbers[1]])
    }

    /// ITU-T H.273, table 2.
    fileprivate init?(codePoint: UInt8) {
        switch codePoint {
        case 1: self = .bt709
        case 5: self = .bt601With625Lines
        case 6, 7: self = .bt601With525Lines
        case 9: self = .bt2020
        case 11: self = .cinemaP3
        case 12: self = .displayP3
        default: return nil
        }
    }
}

extension TransferCurve {
    /// ITU-T H.273, table 3.
    fileprivate init?(codePoint: UInt8) {
        switch codePoint {
        case 1, 6, 14, 15: self = .camera
        case 4: self = .gamma(2.2)
        case 5: self = .gamma(2.8)
        case 8: self = .gamma(1)
        case 13: self = .sRGB
        default: return nil
        }
    }
}
