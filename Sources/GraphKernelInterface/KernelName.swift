/// Every kernel. The raw values are their names in plans and reports, and stand nowhere else.
///
/// Those that the compiler chooses among for a group come first, the best of what fits before the others.
public enum KernelName: String, Hashable, Sendable, CaseIterable {
    case conv2DComposed = "conv2d_composed"
    case conv2DFilterGradientsComposed = "conv2d_filter_gradients_composed"
    case conv2DDot = "conv2d_dot"
    case conv2DWinograd = "conv2d_winograd"
    case conv2DDepthwise = "conv2d_depthwise"
    case conv2DNarrow = "conv2d_narrow"
    case conv2DDirect = "conv2d_direct"
    case conv2DFilterAndBiasGradientWinograd = "conv2d_filter_and_bias_gradient_winograd"
    case conv2DFilterGradientWinograd = "conv2d_filter_gradient_winograd"
    case conv2DFilterGradientDepthwise = "conv2d_filter_gradient_depthwise"
    case conv2DFilterGradientExchanged = "conv2d_filter_gradient_exchanged"
    case conv2DInputGradientDirect = "conv2d_input_gradient_direct"
    case conv2DFilterGradientDirect = "conv2d_filter_gradient_direct"
    case pointwise
    case fill
    case sumRows = "sum_rows"
    case sumAxes = "sum_axes"
    case maxAxes = "max_axes"
    case softmax
    case reshape, transpose
    case matmul
    case pad
    case padGradient = "pad_gradient"
    case depthToSpace = "depth_to_space"
    case spaceToDepth = "space_to_depth"
    case concatChannels = "concat_channels"
    case concatRows = "concat_rows"
    case sliceChannels = "slice_channels"
    case sliceRows = "slice_rows"
    case maxPool = "max_pool"
    case averagePool = "average_pool"
    case maxPoolGradient = "max_pool_gradient"
    case averagePoolGradient = "average_pool_gradient"
    case resize
    case resizeGradient = "resize_gradient"
    case resizeBicubic = "resize_bicubic"
    case resizeBicubicGradient = "resize_bicubic_gradient"
    case psnr
    case psnrGradient = "psnr_gradient"
    /// No kernel: the op's reference implementation, which fits every operation.
    case reference

    // What these make, other kernels read.
    case packFilter = "pack_filter"
    case packFilterRotated = "pack_filter_rotated"
    case packFilterColumns = "pack_filter_columns"
    case packFilterOutputs = "pack_filter_outputs"
    case dilateFilter = "dilate_filter"
    case filterPhases = "filter_phases"
    case transformFilter = "transform_filter"
    case transformFilterRotated = "transform_filter_rotated"
    case composeFilters = "compose_filters"
    case rotateComposedFilters = "rotate_composed_filters"
    case composedGradientSums = "composed_gradient_sums"
    case depthwiseGradientProducts = "depthwise_gradient_products"
    case winogradGradientProducts = "winograd_gradient_products"
}

extension KernelName: CustomStringConvertible {
    public var description: String { rawValue }
}
