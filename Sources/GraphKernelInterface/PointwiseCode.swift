/// A ``PointwiseProgram`` as kernels read it: no array, so nothing to retain.
///
/// Operand k of an epilogue is the kernel's own result for k = 0, and the call's input
/// `firstInput + k − 1` otherwise; a step of its own begins with operand 0 at input 0.
public struct PointwiseCode {
    /// The program's operands, `operandCount` of them.
    public var operands: UnsafePointer<PointwiseOperand>
    /// How many operands there are.
    public var operandCount: Int
    /// The program's instructions, `instructionCount` of them.
    public var instructions: UnsafePointer<PointwiseInstruction>
    /// How many instructions there are.
    public var instructionCount: Int
    /// The program's results, `resultCount` of them.
    public var results: UnsafePointer<PointwiseResult>
    /// How many results there are.
    public var resultCount: Int
    /// Index in the call's inputs of the first operand that comes from memory.
    public var firstInput: Int

    /// Each argument is the property of its name.
    public init(
        operands: UnsafePointer<PointwiseOperand>, operandCount: Int,
        instructions: UnsafePointer<PointwiseInstruction>, instructionCount: Int,
        results: UnsafePointer<PointwiseResult>, resultCount: Int, firstInput: Int
    ) {
        self.operands = operands
        self.operandCount = operandCount
        self.instructions = instructions
        self.instructionCount = instructionCount
        self.results = results
        self.resultCount = resultCount
        self.firstInput = firstInput
    }
}
