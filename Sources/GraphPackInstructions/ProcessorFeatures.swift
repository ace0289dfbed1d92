#if arch(x86_64)
    import CGraphX86Intrinsics

    /// What this processor can run of this module.
    public enum ProcessorFeatures {
        /// SSE 4.2 holds the instruction for CRC-32C.
        public static let hasCRC32C = x86_features_1_ecx() & 1 << 20 != 0
        /// The SHA extensions, and SSE 4.1 beside them.
        public static let hasSHA256 = x86_features_7_ebx() & 1 << 29 != 0 && x86_features_1_ecx() & 1 << 19 != 0
    }
#endif
