/// A function of whole numbers that are known when compiling. `max` and `min` are those of tensors, too, element by
/// element: then an op computes them.
enum Function: String, CaseIterable {
    case log2, min, max

    /// Whether it takes one number; the others take any.
    var takesOne: Bool {
        switch self {
        case .log2: true
        case .min, .max: false
        }
    }
}
