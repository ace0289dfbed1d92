/// Bounds that keep a small file from exhausting the machine.
public enum TensorLimits {
    /// No weight or input may hold more elements.
    public static let elementCount = 1 << 34
    /// No result may: in bands it need not lie in memory whole. Products of sizes stay below 2^63 so.
    public static let resultElementCount = 1 << 36
    /// Dimensions of a tensor, at most.
    public static let rank = 8

    /// - Parameter isResult: whether an operation makes the tensor.
    static func mostElements(isResult: Bool) -> Int { isResult ? resultElementCount : elementCount }

    /// - Parameter isResult: whether an operation makes the tensor.
    package static func check(_ type: TensorType, isResult: Bool) throws(OpError) {
        guard type.shape.rank <= rank else {
            throw .tooManyDimensions(type.shape.rank)
        }
        guard type.shape.dimensions.allSatisfy({ $0.complexity <= Size.complexityLimit }) else {
            throw .complexDimension
        }
        var count = 1
        for case let size? in type.shape.dimensions.map(\.constant) {
            guard size >= 1 else { throw .emptyTensor(type) }
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard !overflow, product <= mostElements(isResult: isResult) else {
                throw .tooManyElements(type, isResult: isResult)
            }
            count = product
        }
    }
}
