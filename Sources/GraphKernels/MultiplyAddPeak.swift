// The loop that measures the processor's peak: multiplications and additions in registers alone.
//
// Formula        x ← x·m + c, over and over, in 12 chains that do not depend on each other: more than a fused
//                multiply-add's latency of 4 or 5 cycles times two a cycle.
// Layout         chains of one register each: 16 lanes with AVX-512, 8 with AVX2, where 12 of the 16 registers are
//                taken, 4 in the portable build.
// Chosen         by no program: `ProcessorPeak` runs it between measurements.
// Measured       118 GFLOP/s on one core at 3.7 GHz, two fused multiply-adds of 8 lanes in each cycle:
//                graphrun bench --threads 1.

#if AVX512
    private typealias Chain = SIMD16<Float>
#elseif FMA
    private typealias Chain = SIMD8<Float>
#else
    private typealias Chain = SIMD4<Float>
#endif

/// Multiplications and additions of one round of ``runMultiplyAdds(roundCount:)``.
public let multiplyAddOperationsPerRound = 2 * 12 * Chain.scalarCount

/// - Returns: a number that depends on every round, so that none is left out.
@inline(never)
public func runMultiplyAdds(roundCount: Int) -> Float {
    let m = Chain(repeating: 0.5), c = Chain(repeating: 1)
    var (x0, x1, x2, x3) = (c, c + 1, c + 2, c + 3)
    var (x4, x5, x6, x7) = (c + 4, c + 5, c + 6, c + 7)
    var (x8, x9, x10, x11) = (c + 8, c + 9, c + 10, c + 11)
    for _ in 0..<roundCount {
        x0 = step(x0, m, c)
        x1 = step(x1, m, c)
        x2 = step(x2, m, c)
        x3 = step(x3, m, c)
        x4 = step(x4, m, c)
        x5 = step(x5, m, c)
        x6 = step(x6, m, c)
        x7 = step(x7, m, c)
        x8 = step(x8, m, c)
        x9 = step(x9, m, c)
        x10 = step(x10, m, c)
        x11 = step(x11, m, c)
    }
    return (x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10 + x11)[0]
}

@inline(__always)
private func step(_ x: Chain, _ m: Chain, _ c: Chain) -> Chain {
    #if FMA
        c.addingProduct(x, m)
    #else
        x * m + c
    #endif
}
