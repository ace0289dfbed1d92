import Glibc

/// A small generator with one word of state (Steele, Lea and Flood, "Fast splittable pseudorandom
/// number generators", OOPSLA 2014, figure 17).
public struct SplitMix64: RandomNumberGenerator, Hashable, Sendable {
    /// All that decides the numbers to come.
    public var state: UInt64

    /// Begins a sequence; equal seeds give equal ones.
    public init(seed: UInt64) { state = seed }

    /// 64 random bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// Uniform in [0, 1), with 53 random bits.
    public mutating func nextUnit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Normal with mean 0 and deviation 1 (Box and Muller, 1958).
    public mutating func nextNormal() -> Double {
        let radius = (-2 * log(1 - nextUnit())).squareRoot()
        return radius * cos(2 * Double.pi * nextUnit())
    }
}
