import GraphKernelInterface

/// A step that makes no value of the graph but what another step reads: a packed filter, partial sums.
struct AuxiliaryStep {
    var kernel: KernelName
    /// Of what it makes.
    var role: Buffer.Role
    var sources: [Lowering.Input]
    /// nil for that of the step it serves.
    var geometry: StepGeometry?
    /// The result, f32, and what its buffer is called behind the step's name; the step itself is called
    /// `name_pack` or so by `suffix`.
    var rowCount = 1
    var rowElementCount: Int
    var suffix: String, resultSuffix: String
    /// Rows that one task makes.
    var rowsPerTask = 1
    /// Multiplications and additions for one row of the result.
    var operationsPerRow = 0
    var scratchByteCount = 0
}

extension AuxiliaryStep {
    /// Its constants; those of filters are free of images' sizes, so that sessions of all sizes know the same step by them.
    ///
    /// - Parameter served: of the step that it serves.
    func stepGeometry(serving served: StepGeometry) -> StepGeometry {
        let geometry = geometry ?? served
        guard role == .packedFilter else { return geometry }
        return switch geometry {
        case .convolution(let geometry): .convolution(geometry.ofFilter)
        case .composedFilter(let geometry): .composedFilter(geometry.ofFilter)
        default: geometry
        }
    }
}
