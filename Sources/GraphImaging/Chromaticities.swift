/// The colours of a display, as places x and y in the CIE diagram of 1931.
struct Chromaticities: Hashable, Sendable {
    var red, green, blue, white: SIMD2<Double>

    /// ITU-T H.273, table 2: code point 1, of BT.709 and sRGB.
    static let bt709 = Chromaticities(red: [0.64, 0.33], green: [0.30, 0.60], blue: [0.15, 0.06], white: d65)
    /// Code point 5, of BT.601 with 625 lines.
    static let bt601With625Lines = Chromaticities(red: [0.64, 0.33], green: [0.29, 0.60], blue: [0.15, 0.06], white: d65)
    /// Code points 6 and 7, of BT.601 with 525 lines.
    static let bt601With525Lines = Chromaticities(
        red: [0.630, 0.340], green: [0.310, 0.595], blue: [0.155, 0.070], white: d65)
    /// Code point 9, of BT.2020 and BT.2100.
    static let bt2020 = Chromaticities(red: [0.708, 0.292], green: [0.170, 0.797], blue: [0.131, 0.046], white: d65)
    /// Code point 11, of cinemas.
    static let cinemaP3 = Chromaticities(
        red: [0.680, 0.320], green: [0.265, 0.690], blue: [0.150, 0.060], white: [0.314, 0.351])
    /// Code point 12, of displays.
    static let displayP3 = Chromaticities(red: [0.680, 0.320], green: [0.265, 0.690], blue: [0.150, 0.060], white: d65)

    private static let d65: SIMD2<Double> = [0.3127, 0.3290]

    /// Whether each coordinate is the same to a thousandth, as programs round them.
    func isAlmost(_ other: Chromaticities) -> Bool {
        zip([red, green, blue, white], [other.red, other.green, other.blue, other.white]).allSatisfy { own, other in
            let difference: SIMD2<Double> = own - other
            return difference.x.magnitude < 0.00101 && difference.y.magnitude < 0.00101
        }
    }

    /// The light of a colour with luminance 1: X, Y, Z.
    private static func light(_ place: SIMD2<Double>) -> SIMD3<Double> {
        [place.x / place.y, 1, (1 - place.x - place.y) / place.y]
    }

    /// The matrix from linear red, green and blue of 0 to 1 to X, Y, Z, of which white has luminance 1; nil where three of
    /// the four places lie on a line, or one has no luminance, so that there is none.
    var matrix: Matrix3? {
        let places = [red, green, blue, white]
        guard places.allSatisfy({ $0.y > 0 && $0.x >= 0 }) else { return nil }
        let primaries = Matrix3(columns: Self.light(red), Self.light(green), Self.light(blue))
        guard let luminances = primaries.inverse.map({ $0 * Self.light(white) }) else { return nil }
        guard [luminances.x, luminances.y, luminances.z].allSatisfy({ $0 > 0 }) else { return nil }
        return Matrix3(
            columns: primaries.columns.0 * luminances.x, primaries.columns.1 * luminances.y,
            primaries.columns.2 * luminances.z)
    }

    /// The matrix that adapts colours seen by this white to those seen by D50 light, in the way of Bradford; nil for a white
    /// without luminance, or one that no eye sees as white.
    ///
    /// Source: ICC.1:2010, annex E.
    var adaptation: Matrix3? {
        guard white.y > 0, let back = Matrix3.bradford.inverse else { return nil }
        let here = Matrix3.bradford * Self.light(white), there = Matrix3.bradford * Self.d50
        guard here.x > 0, here.y > 0, here.z > 0 else { return nil }
        let ratios = there / here
        return back * Matrix3(columns: [ratios.x, 0, 0], [0, ratios.y, 0], [0, 0, ratios.z]) * Matrix3.bradford
    }

    /// The light of the profile connection space: ICC.1:2010, section 7.2.16.
    static let d50: SIMD3<Double> = [0.9642, 1, 0.8249]
}

/// Three columns of three numbers.
struct Matrix3: Sendable {
    var columns: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>)

    init(columns first: SIMD3<Double>, _ second: SIMD3<Double>, _ third: SIMD3<Double>) { columns = (first, second, third) }

    /// From X, Y, Z to the responses of sharpened cones: ICC.1:2010, annex E.
    static let bradford = Matrix3(
        columns: [0.8951, -0.7502, 0.0389], [0.2664, 1.7135, -0.0685], [-0.1614, 0.0367, 1.0296])

    /// Row after row.
    var rows: [Double] {
        (0..<3).flatMap { row in [columns.0[row], columns.1[row], columns.2[row]] }
    }

    static func * (matrix: Matrix3, vector: SIMD3<Double>) -> SIMD3<Double> {
        matrix.columns.0 * vector.x + matrix.columns.1 * vector.y + matrix.columns.2 * vector.z
    }

    static func * (left: Matrix3, right: Matrix3) -> Matrix3 {
        Matrix3(columns: left * right.columns.0, left * right.columns.1, left * right.columns.2)
    }

    /// nil where the columns lie in a plane.
    var inverse: Matrix3? {
        func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
            [a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x]
        }
        let (a, b, c) = columns
        let determinant = (a * cross(b, c)).sum()
        guard abs(determinant) > 1e-9 else { return nil }
        let (x, y, z) = (cross(b, c) / determinant, cross(c, a) / determinant, cross(a, b) / determinant)
        return Matrix3(columns: [x.x, y.x, z.x], [x.y, y.y, z.y], [x.z, y.z, z.z])
    }
}
