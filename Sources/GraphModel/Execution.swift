import GraphCompiler

/// How an entry is computed.
public enum Execution: Hashable, Sendable {
    /// By the compiled program, on kernels.
    ///
    /// - Parameters:
    ///   - bandRows: rows of the first input in a band; nil for whole images.
    ///   - algorithm: how convolutions are computed.
    case compiled(threadCount: Int, bandRows: Int?, algorithm: ConvolutionAlgorithm = .best)
    /// By the ops' reference implementation, node after node.
    case interpreted
}
