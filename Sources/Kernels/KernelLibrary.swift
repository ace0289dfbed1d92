import KernelInterface

/// The kernels of this build by the names that the compiler's kernel table gives.
public enum KernelLibrary {
    #if FMA
    public static let instructionSet = "avx2"
    #else
    public static let instructionSet = "portable"
    #endif

    public static let kernels: [String: Kernel] = {
        var names = KernelNames()
        names.add("pack_filter", packFilter)
        names.add("pack_filter_turned", packFilterTurned)
        names.add("conv2d_direct", convolveDirect)
        names.add("pointwise", pointwise)
        return names.kernels
    }()
}
