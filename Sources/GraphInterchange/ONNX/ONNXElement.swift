extension ForeignElement {
    /// By the numbers of `TensorProto.DataType`; those that are not there are texts, complex numbers and numbers of less
    /// than a byte.
    private static let onnxElements: [Int: ForeignElement] = [
        1: .f32, 2: .u8, 3: .i8, 4: .u16, 5: .i16, 6: .i32, 7: .i64, 9: .bool, 10: .f16, 11: .f64, 12: .u32, 13: .u64,
        16: .bf16,
    ]

    /// What ONNX's number of a type of elements stands for; nil for what is not read.
    public init?(onnx number: Int) {
        guard let element = Self.onnxElements[number] else { return nil }
        self = element
    }

    /// ONNX's number of the type.
    public var onnxNumber: Int { Self.onnxElements.first { $0.value == self }?.key ?? 0 }
}
