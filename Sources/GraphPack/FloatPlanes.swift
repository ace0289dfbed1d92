// Floats taken apart into planes of bytes, so that exponents, which repeat, can be compressed alone.
//
// Plain loops over separate arrays, of which the compiler makes vector instructions. Floats are handled
// by their bits, as 32-bit words; callers check the counts.

/// float32: sign, 8 bits of exponent, 23 of mantissa.
enum FloatPlanes {
    /// - Parameters:
    ///   - low: the lower 16 bits of each mantissa.
    ///   - high: the sign above the upper 7 bits of the mantissa.
    static func split(
        _ words: UnsafePointer<UInt32>, count: Int, low: UnsafeMutablePointer<UInt16>,
        high: UnsafeMutablePointer<UInt8>, exponents: UnsafeMutablePointer<UInt8>
    ) {
        for i in 0..<count { low[i] = UInt16(truncatingIfNeeded: words[i]) }
        for i in 0..<count {
            let upper = UInt16(truncatingIfNeeded: words[i] &>> 16)
            high[i] = UInt8(truncatingIfNeeded: upper & 0x7F | upper &>> 8 & 0x80)
            exponents[i] = UInt8(truncatingIfNeeded: upper &>> 7)
        }
    }

    static func join(
        _ words: UnsafeMutablePointer<UInt32>, count: Int, low: UnsafePointer<UInt16>,
        high: UnsafePointer<UInt8>, exponents: UnsafePointer<UInt8>
    ) {
        for i in 0..<count {
            let signAndMantissa = UInt16(high[i])
            let upper = signAndMantissa & 0x7F | (signAndMantissa & 0x80) &<< 8 | UInt16(exponents[i]) &<< 7
            words[i] = UInt32(upper) &<< 16 | UInt32(low[i])
        }
    }
}

/// bfloat16: the upper half of a float32.
enum BrainPlanes {
    /// Rounds to nearest, ties to even; the largest floats become infinite.
    static func round(_ values: UnsafeMutableBufferPointer<Float>) {
        for i in values.indices {
            let word = values[i].bitPattern
            values[i] = Float(bitPattern: (word &+ 0x7FFF &+ (word &>> 16 & 1)) & 0xFFFF_0000)
        }
    }

    /// - Parameter signAndMantissa: the sign above the mantissa's 7 bits.
    static func split(
        _ words: UnsafePointer<UInt32>, count: Int, signAndMantissa: UnsafeMutablePointer<UInt8>,
        exponents: UnsafeMutablePointer<UInt8>
    ) {
        for i in 0..<count {
            let upper = UInt16(truncatingIfNeeded: words[i] &>> 16)
            signAndMantissa[i] = UInt8(truncatingIfNeeded: upper & 0x7F | upper &>> 8 & 0x80)
            exponents[i] = UInt8(truncatingIfNeeded: upper &>> 7)
        }
    }

    static func join(
        _ words: UnsafeMutablePointer<UInt32>, count: Int, signAndMantissa: UnsafePointer<UInt8>,
        exponents: UnsafePointer<UInt8>
    ) {
        for i in 0..<count {
            let rest = UInt16(signAndMantissa[i])
            words[i] = UInt32(rest & 0x7F | (rest & 0x80) &<< 8 | UInt16(exponents[i]) &<< 7) &<< 16
        }
    }
}

/// binary16 of IEEE 754: sign, 5 bits of exponent, 10 of mantissa.
///
/// Conversions are done on bits, in vectors: the instructions for them are younger than the processors that
/// this module is compiled for.
package enum HalfPlanes {
    /// Rounds to nearest, ties to even; magnitudes from 65520 on become infinite.
    static func round(_ values: UnsafeMutableBufferPointer<Float>) {
        for i in values.indices { values[i] = Float(bitPattern: word(of: half(of: values[i].bitPattern))) }
    }

    /// Each plane is one byte of the half, the upper one with sign and exponent.
    static func split(
        _ words: UnsafePointer<UInt32>, count: Int, low: UnsafeMutablePointer<UInt8>,
        high: UnsafeMutablePointer<UInt8>
    ) {
        for i in 0..<count {
            let half = half(of: words[i])
            low[i] = UInt8(truncatingIfNeeded: half)
            high[i] = UInt8(truncatingIfNeeded: half &>> 8)
        }
    }

    static func join(
        _ words: UnsafeMutablePointer<UInt32>, count: Int, low: UnsafePointer<UInt8>, high: UnsafePointer<UInt8>
    ) {
        for i in 0..<count { words[i] = word(of: UInt32(high[i]) &<< 8 | UInt32(low[i])) }
    }

    /// The bits of the half nearest to a float.
    @inline(__always)
    static func half(of word: UInt32) -> UInt32 {
        let sign = word &>> 16 & 0x8000
        let magnitude = word & 0x7FFF_FFFF
        // Adding 1/2 leaves a subnormal half, rounded, in the lowest bits of the mantissa.
        let oneHalf: UInt32 = 126 &<< 23
        let subnormal = (Float(bitPattern: magnitude) + Float(bitPattern: oneHalf)).bitPattern &- oneHalf
        let rebiased = magnitude &- (127 &- 15) &<< 23
        let normal = (rebiased &+ 0xFFF &+ (rebiased &>> 13 & 1)) &>> 13
        let finite = magnitude < 113 &<< 23 ? subnormal : normal
        let infinite: UInt32 = magnitude > 255 &<< 23 ? 0x7E00 : 0x7C00
        return sign | (magnitude < 143 &<< 23 ? finite : infinite)
    }

    /// The bits of the float that equals a half.
    @inline(__always)
    package static func word(of half: UInt32) -> UInt32 {
        let sign = (half & 0x8000) &<< 16
        let shifted = (half & 0x7FFF) &<< 13
        let smallestNormal: UInt32 = 113 &<< 23
        let subnormal = (Float(bitPattern: shifted &+ smallestNormal) - Float(bitPattern: smallestNormal)).bitPattern
        let normal = shifted &+ (127 &- 15) &<< 23
        // Infinities and NaNs keep the largest exponent.
        let infinite = normal &+ (127 &- 15) &<< 23
        let finite = shifted < 1 &<< 23 ? subnormal : normal
        return sign | (shifted < 31 &<< 23 ? finite : infinite)
    }
}
