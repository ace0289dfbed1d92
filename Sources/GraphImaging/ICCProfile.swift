/// ICC profiles as bytes: what colours they are for, and small ones of our own.
///
/// Source: ICC.1:2010 (profile version 4.3), sections 7, 8 and 10.
public enum ICCProfile {
    private static let headerByteCount = 128
    /// Of a number with 16 bits before the point, one of them the sign.
    private static let greatestFixed = 32767.0

    /// The signature of the colours that a profile is for, as `RGB `, `GRAY` or `CMYK`; nil of what is no profile.
    public static func colourSpace(of profile: [UInt8]) -> String? {
        guard profile.count > headerByteCount, profile[36..<40].elementsEqual("acsp".utf8) else { return nil }
        return String(validating: profile[16..<20], as: UTF8.self)
    }

    /// Whether a profile is one for pixels of this layout.
    public static func fits(_ profile: [UInt8], _ layout: PixelLayout) -> Bool {
        colourSpace(of: profile) == (layout.isGrey ? "GRAY" : "RGB ")
    }

    /// A profile of a display: a matrix and a curve for RGB, the curve alone for grey.
    ///
    /// It is the same for the same space, so that results do not depend on when they were made.
    ///
    /// - Returns: nil where the colours of the space are those of no display.
    static func profile(of space: ColourSpace, for layout: PixelLayout) -> [UInt8]? {
        guard let matrix = space.chromaticities.matrix, let adaptation = space.chromaticities.adaptation else { return nil }
        let colorants = adaptation * matrix
        guard (colorants.rows + adaptation.rows).allSatisfy({ abs($0) < greatestFixed }) else { return nil }
        var tags: [(signature: String, data: [UInt8])] = [
            ("desc", text("graphc: \(space.name)")), ("cprt", text("In the public domain")),
            ("wtpt", light(Chromaticities.d50)), ("chad", signature("sf32") + fixed(adaptation.rows)),
        ]
        let curve = data(of: space.curve)
        if layout.isGrey {
            tags.append(("kTRC", curve))
        } else {
            tags += [
                ("rXYZ", light(colorants.columns.0)), ("gXYZ", light(colorants.columns.1)),
                ("bXYZ", light(colorants.columns.2)), ("rTRC", curve), ("gTRC", curve), ("bTRC", curve),
            ]
        }
        return file(tags, colours: layout.isGrey ? "GRAY" : "RGB ")
    }
}

extension ICCProfile {
    private static func number(_ value: Int, byteCount: Int = 4) -> [UInt8] {
        ByteOrder.big.bytes(of: value, byteCount: byteCount)
    }

    /// A type's signature and its four bytes of 0: section 10.1.
    private static func signature(_ name: String) -> [UInt8] { name.utf8 + number(0) }

    /// s15Fixed16Number, section 4.6.
    ///
    /// - Precondition: no value is beyond ``greatestFixed``.
    private static func fixed(_ values: [Double]) -> [UInt8] {
        values.flatMap { number(Int(($0 * 65536).rounded())) }
    }

    /// XYZType, section 10.27.
    private static func light(_ light: SIMD3<Double>) -> [UInt8] {
        signature("XYZ ") + fixed([light.x, light.y, light.z])
    }

    /// multiLocalizedUnicodeType with one text in English, section 10.13.
    private static func text(_ text: String) -> [UInt8] {
        let letters = text.utf16.flatMap { number(Int($0), byteCount: 2) }
        return signature("mluc") + number(1) + number(12) + "enUS".utf8 + number(letters.count) + number(28) + letters
    }

    /// parametricCurveType, section 10.15: kind 0 is a power, kind 3 one that begins with a line.
    private static func data(of curve: TransferCurve) -> [UInt8] {
        func data(kind: Int, _ parameters: [Double]) -> [UInt8] {
            signature("para") + number(kind, byteCount: 2) + number(0, byteCount: 2) + fixed(parameters)
        }
        switch curve {
        case .gamma(let exponent): return data(kind: 0, [exponent])
        case .sRGB: return data(kind: 3, [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045])
        case .camera:
            // H.273 gives both numbers to so many digits that line and power meet.
            let alpha = 1.099_296_826_809_442, beta = 0.018_053_968_510_807
            return data(kind: 3, [1 / 0.45, 1 / alpha, (alpha - 1) / alpha, 1 / 4.5, 4.5 * beta])
        }
    }

    /// Header, table of tags and their data, section 7. Tags with the same data share it.
    private static func file(_ tags: [(signature: String, data: [UInt8])], colours: String) -> [UInt8] {
        var table = number(tags.count)
        var contents: [UInt8] = []
        var places: [[UInt8]: Int] = [:]
        let start = headerByteCount + 4 + 12 * tags.count
        for (signature, data) in tags {
            let place = places[data] ?? start + contents.count
            if places.updateValue(place, forKey: data) == nil {
                contents += data + [UInt8](repeating: 0, count: (4 - data.count % 4) % 4)
            }
            table += signature.utf8 + number(place) + number(data.count)
        }
        var header = number(start + contents.count) + number(0) + number(0x0430_0000)
        header += "mntr".utf8 + Array(colours.utf8) + "XYZ ".utf8
        // Of the format's publication: year, month, day, hour, minute, second.
        header += [2010, 12, 1, 0, 0, 0].flatMap { number($0, byteCount: 2) } + "acsp".utf8
        // No platform, flags, maker, model or attributes; perceptual intent.
        header += [UInt8](repeating: 0, count: 28)
        header += fixed([Chromaticities.d50.x, Chromaticities.d50.y, Chromaticities.d50.z])
        header += [UInt8](repeating: 0, count: headerByteCount - header.count)
        return header + table + contents
    }
}

extension ColourSpace {
    /// In a few words, for people who look at a profile.
    fileprivate var name: String {
        let known: [(Chromaticities, String)] = [
            (.bt709, "BT.709"), (.displayP3, "Display P3"), (.bt2020, "BT.2020"), (.cinemaP3, "DCI-P3"),
            (.bt601With525Lines, "BT.601"), (.bt601With625Lines, "BT.601"),
        ]
        let name = known.first { chromaticities.isAlmost($0.0) }?.1
        return "\(name.map { "primaries of \($0)" } ?? "primaries of its own"), \(curve.name)"
    }
}
