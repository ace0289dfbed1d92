import Glibc
import GraphCompiler

#if arch(x86_64)
    import CGraphX86Intrinsics
#endif

extension InstructionSet {
    /// The best that this processor, and the system on it, can run.
    public static var best: InstructionSet { runnable.last ?? .portable }

    /// All that this processor, and the system on it, can run, the best last.
    ///
    /// The processor itself is asked: what a file of the system says can be missing.
    public static let runnable: [InstructionSet] = allCases.filter(\.isRunnable)

    private var isRunnable: Bool {
        #if arch(x86_64)
            let (leaf1, leaf7) = (x86_features_1_ecx(), x86_features_7_ebx())
            let saved = x86_saved_registers()
            func has(_ bits: [UInt32], in features: UInt32) -> Bool { bits.allSatisfy { features & 1 << $0 != 0 } }
            switch self {
            case .portable: return true
            case .avx2:
                // FMA and AVX; AVX2; the registers of SSE and AVX are saved.
                return has([12, 28], in: leaf1) && has([5], in: leaf7) && has([1, 2], in: saved)
            case .avx512:
                // F16C; F, DQ, BW and VL; masks, upper halves and registers from 16 on are saved, too.
                return InstructionSet.avx2.isRunnable && has([29], in: leaf1) && has([16, 17, 30, 31], in: leaf7)
                    && has([5, 6, 7], in: saved)
            }
        #else
            return self == .portable
        #endif
    }
}
