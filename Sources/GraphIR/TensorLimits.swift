/// Bounds that keep a small file from exhausting the machine.
public enum TensorLimits {
    /// No weight or input may hold more elements.
    public static let elementCount = 1 << 34
    /// No result may: in bands it does not lie in memory whole, and its elements are only counted. The rows of an image count
    /// as multiples of 16. The bytes of all values of a graph stay below 2^63 so.
    public static let resultElementCount = 1 << 42
    /// No convolution may multiply and add more often.
    public static let convolutionOperationCount = 1 << 56
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
        let sizes = type.shape.dimensions.compactMap(\.constant)
        guard sizes.allSatisfy({ $0 >= 1 }) else { throw .emptyTensor(type) }
        guard isWithin(mostElements(isResult: isResult), sizes) else { throw .tooManyElements(type, isResult: isResult) }
        // As the runtime lays rows out.
        if sizes.count == 4, !isWithin(resultElementCount / 16, [sizes[0], sizes[1], (sizes[2] * sizes[3] + 15) / 16]) {
            throw .tooManyElements(type, isResult: true)
        }
    }

    /// Whether a product of sizes is at most so large; sizes of at least 1.
    static func isWithin(_ limit: Int, _ sizes: [Int]) -> Bool {
        var product = 1
        for size in sizes {
            let (next, overflow) = product.multipliedReportingOverflow(by: size)
            guard !overflow, next <= limit else { return false }
            product = next
        }
        return true
    }
}
