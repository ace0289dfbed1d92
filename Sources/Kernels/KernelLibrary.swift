import KernelInterface

/// The kernels of this build by the names that the compiler's kernel table gives.
public enum KernelLibrary {
    public static let kernels: [String: Kernel] = {
        var names = KernelNames()
        names.add("pack_filter", packFilter)
        names.add("pack_filter_rotated", packFilterRotated)
        names.add("conv2d_direct", convolveDirect)
        names.add("transform_filter", transformFilter)
        names.add("transform_filter_rotated", transformFilterRotated)
        names.add("conv2d_winograd", convolveWinograd)
        names.add("compose_filters", composeFilters)
        names.add("rotate_composed_filters", rotateComposedFilters)
        names.add("conv2d_composed", convolveComposed)
        names.add("composed_gradient_sums", sumComposedGradients)
        names.add("conv2d_filter_gradients_composed", differentiateComposedFilters)
        names.add("conv2d_input_gradient_direct", convolveInputGradientDirect)
        names.add("conv2d_filter_gradient_direct", convolveFilterGradientDirect)
        names.add("winograd_gradient_products", multiplyWinogradGradient)
        names.add("conv2d_filter_gradient_winograd", sumWinogradFilterGradient)
        names.add("conv2d_filter_and_bias_gradient_winograd", sumWinogradFilterAndBiasGradient)
        names.add("pointwise", pointwise)
        names.add("sum_rows", sumRows)
        names.add("depth_to_space", depthToSpace)
        names.add("space_to_depth", spaceToDepth)
        names.add("concat_channels", concatChannels)
        names.add("slice_channels", sliceChannels)
        names.add("concat_rows", concatRows)
        names.add("slice_rows", sliceRows)
        names.add("resize_bicubic", resizeBicubic)
        names.add("resize_bicubic_gradient", resizeBicubicGradient)
        names.add("psnr", peakSignalToNoise)
        names.add("psnr_gradient", peakSignalToNoiseGradient)
        return names.kernels
    }()
}
