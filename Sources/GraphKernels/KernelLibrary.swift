import GraphKernelInterface

/// The kernels of this build.
public enum KernelLibrary {
    /// nil for reference implementations, which are no kernels.
    public static func kernel(_ name: KernelName) -> Kernel? {
        switch name {
        case .conv2DComposed: convolveComposed
        case .conv2DFilterGradientsComposed: differentiateComposedFilters
        case .conv2DDot: convolveDot
        case .conv2DWinograd: convolveWinograd
        case .conv2DDepthwise: convolveDepthwise
        case .conv2DNarrow: convolveNarrow
        case .conv2DDirect: convolveDirect
        case .conv2DFilterAndBiasGradientWinograd: sumWinogradFilterAndBiasGradient
        case .conv2DFilterGradientWinograd: sumWinogradFilterGradient
        case .conv2DFilterGradientDepthwise: sumDepthwiseFilterGradient
        case .conv2DFilterGradientExchanged: turnFilterGradient
        case .conv2DInputGradientDirect: convolveInputGradientDirect
        case .conv2DFilterGradientDirect: convolveFilterGradientDirect
        case .pointwise: pointwise
        case .fill: fillRows
        case .sumRows: sumRows
        case .sumAxes: sumAxes
        case .maxAxes: maxAxes
        case .softmax: softmax
        case .reshape: reshape
        case .transpose: transpose
        case .matmul: multiplyMatrices
        case .pad: padImages
        case .padGradient: padGradient
        case .depthToSpace: depthToSpace
        case .spaceToDepth: spaceToDepth
        case .concatChannels: concatChannels
        case .concatRows: concatRows
        case .sliceChannels: sliceChannels
        case .sliceRows: sliceRows
        case .maxPool: maxPool
        case .averagePool: averagePool
        case .maxPoolGradient: maxPoolGradient
        case .averagePoolGradient: averagePoolGradient
        case .resize: resize
        case .resizeGradient: resizeGradient
        case .resizeBicubic: resizeBicubic
        case .resizeBicubicGradient: resizeBicubicGradient
        case .psnr: peakSignalToNoise
        case .psnrGradient: peakSignalToNoiseGradient
        case .reference: nil
        case .packFilter: packFilter
        case .packFilterRotated: packFilterRotated
        case .packFilterColumns: packFilterColumns
        case .packFilterOutputs: packFilterOutputs
        case .dilateFilter: dilateFilter
        case .filterPhases: arrangeFilterPhases
        case .transformFilter: transformFilter
        case .transformFilterRotated: transformFilterRotated
        case .composeFilters: composeFilters
        case .rotateComposedFilters: rotateComposedFilters
        case .composedGradientSums: sumComposedGradients
        case .depthwiseGradientProducts: multiplyDepthwiseGradient
        case .winogradGradientProducts: multiplyWinogradGradient
        }
    }
}
