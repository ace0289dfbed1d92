/// The one form in which the runtime calls every kernel.
///
/// A call computes some rows of a step's outputs. Pointers are valid for the call alone. The runtime
/// has checked once, when the program was bound, that every range a call can reach lies inside its
/// buffer; kernels check nothing.
public struct KernelCall {
    /// The step's operands in the order that the kernel's header gives.
    public var inputs: UnsafePointer<TensorRows>
    /// The step's results, in the order of its outputs.
    public var outputs: UnsafePointer<TensorRows>
    /// The kernel family's constants: as a ``ConvolutionGeometry``.
    public var geometry: UnsafeRawPointer
    /// Applied to rows of the first input as they are read; empty when there is nothing to do.
    public var prologue: PointwiseCode
    /// Applied to the kernel's result before it is stored.
    public var epilogue: PointwiseCode
    /// 64-byte aligned, as many bytes as the kernel table says; this worker's alone.
    public var scratch: UnsafeMutableRawPointer
    /// Rows of the first output to compute, counted over the whole batch: image n begins at n·H.
    public var firstRow: Int
    /// The row behind the last one to compute.
    public var endRow: Int

    /// Each argument is the property of its name.
    public init(
        inputs: UnsafePointer<TensorRows>, outputs: UnsafePointer<TensorRows>, geometry: UnsafeRawPointer,
        prologue: PointwiseCode, epilogue: PointwiseCode, scratch: UnsafeMutableRawPointer,
        firstRow: Int, endRow: Int
    ) {
        self.inputs = inputs
        self.outputs = outputs
        self.geometry = geometry
        self.prologue = prologue
        self.epilogue = epilogue
        self.scratch = scratch
        self.firstRow = firstRow
        self.endRow = endRow
    }
}

/// A kernel: computes the rows that a call names, and touches nothing else.
public typealias Kernel = @Sendable (UnsafePointer<KernelCall>) -> Void

/// A tensor in memory, seen as rows.
///
/// An image `[N, H, W, C]` has N·H rows of W·C elements; a filter `[h, w, i, o]` has h·w rows of i·o;
/// a vector, matrix or scalar has one row. A rolling buffer keeps the last `rowCapacity` rows: row r
/// lies at r mod `rowCapacity`.
public struct TensorRows {
    /// Where row 0 begins; 64-byte aligned for buffers in the arena.
    public var base: UnsafeMutableRawPointer
    /// Bytes from one row to the next, a multiple of 64 for buffers in the arena.
    public var rowByteStride: Int
    /// Rows that the memory holds: all of the tensor, or those of a rolling buffer.
    public var rowCapacity: Int

    /// Each argument is the property of its name.
    public init(base: UnsafeMutableRawPointer, rowByteStride: Int, rowCapacity: Int) {
        self.base = base
        self.rowByteStride = rowByteStride
        self.rowCapacity = rowCapacity
    }

    /// Where a row begins, counted over the whole batch.
    @inlinable
    public func row(_ index: Int) -> UnsafeMutableRawPointer {
        base + (index % rowCapacity) * rowByteStride
    }
}
