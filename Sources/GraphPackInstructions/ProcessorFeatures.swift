#if arch(x86_64)
    import CGraphX86Intrinsics

    /// What this processor can run of this module.
    public enum ProcessorFeatures {
        /// SSE 4.2 holds the instruction for CRC-32C.
        public static let hasCRC32C = leaf1ECX & 1 << 20 != 0
        /// The SHA extensions, and SSE 4.1 beside them.
        public static let hasSHA256 = leaf7EBX & 1 << 29 != 0 && leaf1ECX & 1 << 19 != 0

        // Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, CPUID.
        private static let leaf1ECX: UInt32 = {
            var (eax, ebx, ecx, edx): (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
            return __get_cpuid(1, &eax, &ebx, &ecx, &edx) == 1 ? ecx : 0
        }()
        private static let leaf7EBX: UInt32 = {
            var (eax, ebx, ecx, edx): (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
            return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 1 ? ebx : 0
        }()
    }
#endif
