/// What the prologue and the epilogue of a convolution ask of its scratch.
public struct ConvolutionProgramScratch {
    /// Bytes of scratch that each of the two needs.
    public var prologueByteCount: Int, epilogueByteCount: Int
    /// Results of the epilogue.
    public var resultCount: Int

    /// What programs ask for as the compiler has them; nil for none.
    public init(_ geometry: ConvolutionGeometry, prologue: PointwiseProgram?, epilogue: PointwiseProgram?) {
        prologueByteCount = prologue?.scratchByteCount(channels: geometry.inputChannels) ?? 0
        epilogueByteCount = epilogue?.scratchByteCount(channels: geometry.outputChannels) ?? 0
        resultCount = epilogue?.results.count ?? 0
    }

    /// What programs ask for as a kernel's call has them.
    public init(_ geometry: ConvolutionGeometry, _ call: KernelCall) {
        prologueByteCount = call.prologue.scratchByteCount(channels: geometry.inputChannels)
        epilogueByteCount = call.epilogue.scratchByteCount(channels: geometry.outputChannels)
        resultCount = call.epilogue.resultCount
    }
}
