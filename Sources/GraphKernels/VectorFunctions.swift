/// |x|
@inline(__always)
func magnitude(_ x: Vector) -> Vector {
    unsafeBitCast(unsafeBitCast(x, to: SIMD8<UInt32>.self) & SIMD8(repeating: 0x7fff_ffff), to: Vector.self)
}

/// The magnitude of `x` with the sign of `sign`.
@inline(__always)
private func copySign(_ x: Vector, _ sign: Vector) -> Vector {
    let bits = unsafeBitCast(sign, to: SIMD8<UInt32>.self) & SIMD8(repeating: 0x8000_0000)
    return unsafeBitCast(unsafeBitCast(x, to: SIMD8<UInt32>.self) | bits, to: Vector.self)
}

/// The nearest whole number, halves to even; infinities, NaN and −0 stay.
@inline(__always)
func roundedHalfEven(_ x: Vector) -> Vector {
    // From 2²³ on every float is whole; below, adding 2²³ rounds the fraction away.
    let wholeFrom = Vector(repeating: 0x1p23)
    let size = magnitude(x)
    let rounded = copySign((size + wholeFrom) - wholeFrom, x)
    return select(size .< wholeFrom, rounded, x)
}

/// The bits of both, where one of them is +0.
@inline(__always)
func eitherOf(_ x: Vector, _ y: Vector) -> Vector {
    unsafeBitCast(unsafeBitCast(x, to: SIMD8<UInt32>.self) | unsafeBitCast(y, to: SIMD8<UInt32>.self), to: Vector.self)
}

/// eˣ for all x, relative error below 4e-7; 0 below −87.33, where the true value is below every normal number.
@inline(__always)
func exponential(_ x: Vector) -> Vector {
    let least = Vector(repeating: -87.33), most = Vector(repeating: 88.722_84)
    // The half of x keeps 2ⁿ within its range.
    let bounded = select(x .< least, least, select(x .> most, most, x))
    let root = boundedExponential(bounded * Vector(repeating: 0.5))
    let result = root * root
    let large = select(x .> most, Vector(repeating: .infinity), result)
    return select(x .< least, Vector(repeating: 0), large)
}

/// ln x, relative error below 3e-7; −∞ at 0, NaN below.
///
/// x = 2ⁿ·m with m from √½ to √2, ln m = 2·artanh((m − 1)/(m + 1)) by its series, ln 2 in two parts.
@inline(__always)
func naturalLogarithm(_ x: Vector) -> Vector {
    let one = Vector(repeating: 1), infinity = Vector(repeating: .infinity)
    // Below the normal numbers the exponent's field says nothing.
    let isSmall = x .< Vector(repeating: .leastNormalMagnitude)
    let scaled = select(isSmall, x * Vector(repeating: 0x1p25), x)
    // The bits from √½ on count exponents.
    let fromRoot = unsafeBitCast(scaled, to: SIMD8<Int32>.self) &- SIMD8(repeating: 0x3f35_04f3)
    let exponents = fromRoot &>> SIMD8(repeating: 23)
    let m = unsafeBitCast(
        unsafeBitCast(scaled, to: SIMD8<Int32>.self) &- (exponents &<< SIMD8(repeating: 23)), to: Vector.self)
    // A whole number added to the bits of 1.5·2²³ is that number more.
    let shifted = unsafeBitCast(exponents &+ SIMD8(repeating: 0x4b40_0000), to: Vector.self)
    let n = shifted - select(isSmall, Vector(repeating: 0x1.8p23 + 25), Vector(repeating: 0x1.8p23))
    let f = m - one
    let s = f / (m + one)
    let z = s * s
    var p = Vector(repeating: 2.0 / 11)
    p = multiplyAdd(p, z, Vector(repeating: 2.0 / 9))
    p = multiplyAdd(p, z, Vector(repeating: 2.0 / 7))
    p = multiplyAdd(p, z, Vector(repeating: 2.0 / 5))
    p = multiplyAdd(p, z, Vector(repeating: 2.0 / 3))
    // 2s = f − s·f, whose first term is exact.
    let rest = s * (p * z - f)
    let logarithm = multiplyAdd(
        n, Vector(repeating: 0.693_359_375), f + multiplyAdd(n, Vector(repeating: -2.121_944_4e-4), rest))
    let ofLargest = select(x .== infinity, infinity, logarithm)
    let ofZero = select(x .== Vector(repeating: 0), Vector(repeating: -.infinity), ofLargest)
    return select(x .>= Vector(repeating: 0), ofZero, Vector(repeating: .nan))
}

/// eˣ, relative error below 2e-7 for x from −87 to 88; ∞ above 88.4. Callers keep x within −87…100.
///
/// x = n·ln 2 + r with |r| ≤ ln 2 / 2; eʳ by the polynomial of Moshier's Cephes library (expf), ln 2 in
/// two parts as Cody and Waite do.
@inline(__always)
private func boundedExponential(_ x: Vector) -> Vector {
    let shift = Vector(repeating: 0x1.8p23)
    let shifted = multiplyAdd(x, Vector(repeating: 1.442_695_04), shift)
    let n = shifted - shift
    var r = multiplyAdd(n, Vector(repeating: -0.693_359_375), x)
    r = multiplyAdd(n, Vector(repeating: 2.121_944_4e-4), r)
    var p = Vector(repeating: 1.987_569_15e-4)
    p = multiplyAdd(p, r, Vector(repeating: 1.398_199_950_7e-3))
    p = multiplyAdd(p, r, Vector(repeating: 8.333_451_907_3e-3))
    p = multiplyAdd(p, r, Vector(repeating: 4.166_579_589_4e-2))
    p = multiplyAdd(p, r, Vector(repeating: 1.666_666_545_9e-1))
    p = multiplyAdd(p, r, Vector(repeating: 5.000_000_120_1e-1))
    p = multiplyAdd(p, r * r, r) + Vector(repeating: 1)
    // The low bits of `shifted` hold n: they become the exponent of 2ⁿ.
    let biased = unsafeBitCast(shifted, to: SIMD8<UInt32>.self) &+ SIMD8(repeating: 127)
    return p * unsafeBitCast(biased &<< SIMD8(repeating: 23), to: Vector.self)
}

/// 1 / (1 + e⁻ˣ), relative error below 5e-7; 0 below −88.4, where the true value is below 1e-38.
@inline(__always)
func logistic(_ x: Vector) -> Vector {
    let one = Vector(repeating: 1)
    let least = Vector(repeating: -89)
    let most = Vector(repeating: 87)
    let bounded = select(x .< least, least, select(x .> most, most, x))
    return one / (one + boundedExponential(Vector(repeating: 0) - bounded))
}

/// tanh x, relative error below 4e-7, and no more than 1; 1 itself where that is nearest, as the slope 1 − tanh² x needs it.
///
/// x·p(x²) / q(x²), both of degree 4 with positive coefficients, fitted to the least relative error, 2.1e-8, up to 9: least
/// squares in f64, weighted anew until the errors are even (Lawson, 1961).
@inline(__always)
func hyperbolicTangent(_ x: Vector) -> Vector {
    // From here on 1 − tanh x is below half of the distance of 1 to the number before it, 2⁻²⁵.
    let most: Float = 9.010_913
    let z = x * x
    var p = Vector(repeating: 1.335_417_4e-8)
    p = multiplyAdd(p, z, Vector(repeating: 2.060_874_7e-5))
    p = multiplyAdd(p, z, Vector(repeating: 3.495_568_6e-3))
    p = multiplyAdd(p, z, Vector(repeating: 0.133_810_1))
    p = multiplyAdd(p, z, Vector(repeating: 0.999_999_98))
    var q = Vector(repeating: 7.776_363_4e-7)
    q = multiplyAdd(q, z, Vector(repeating: 3.285_602_3e-4))
    q = multiplyAdd(q, z, Vector(repeating: 2.587_690_9e-2))
    q = multiplyAdd(q, z, Vector(repeating: 0.467_143_25))
    q = multiplyAdd(q, z, Vector(repeating: 1))
    return saturated((x * p) / q, of: x, from: most)
}

/// erf x, relative error below 4e-7, and no more than 1.
///
/// x·p(x²) / q(x²), both of degree 5 with positive coefficients, fitted as those of tanh are, to 1.9e-8 up to 3.92.
@inline(__always)
func errorFunction(_ x: Vector) -> Vector {
    // From here on 1 is the nearest number.
    let most: Float = 3.919_206
    let z = x * x
    var p = Vector(repeating: 2.050_523_4e-6)
    p = multiplyAdd(p, z, Vector(repeating: 2.848_864_2e-4))
    p = multiplyAdd(p, z, Vector(repeating: 3.764_854_1e-3))
    p = multiplyAdd(p, z, Vector(repeating: 5.274_645_0e-2))
    p = multiplyAdd(p, z, Vector(repeating: 0.190_385_93))
    p = multiplyAdd(p, z, Vector(repeating: 1.128_379_15))
    var q = Vector(repeating: 3.809_641_3e-5)
    q = multiplyAdd(q, z, Vector(repeating: 1.162_389_1e-3))
    q = multiplyAdd(q, z, Vector(repeating: 1.496_767_6e-2))
    q = multiplyAdd(q, z, Vector(repeating: 0.114_101_02))
    q = multiplyAdd(q, z, Vector(repeating: 0.502_057_88))
    q = multiplyAdd(q, z, Vector(repeating: 1))
    return saturated((x * p) / q, of: x, from: most)
}

/// A ratio near an odd function of x that approaches 1: no more than 1, and 1 itself from a number on.
@inline(__always)
private func saturated(_ ratio: Vector, of x: Vector, from most: Float) -> Vector {
    let one = Vector(repeating: 1), negative = Vector(repeating: -1)
    return select(
        (ratio .> one) .| (x .> Vector(repeating: most)), one,
        select((ratio .< negative) .| (x .< Vector(repeating: -most)), negative, ratio))
}
