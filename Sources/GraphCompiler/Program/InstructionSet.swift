/// For what processors kernels are built.
public enum InstructionSet: String, Hashable, Sendable, CaseIterable {
    case portable
    /// AVX2 and FMA.
    case avx2
    /// AVX-512 F, VL, DQ and BW: what servers have had since Skylake, and AMD since Zen 4.
    case avx512
}
